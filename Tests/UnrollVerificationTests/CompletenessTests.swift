import Testing
import UnrollVerification

/// The catalogue holds whatever the sources declare.
@Suite struct CompletenessTests {
    /// Public functions that have no derivative to check.
    private static let withoutDerivative: Set<String> = ["argmax()"]
    /// Modules that are made only as a part of another one.
    private static let parts = ["RecurrentDecoder": "SequenceToSequence"]

    private static func operations() throws -> [String] {
        try (SourceSignatures.texts("UnrollTensors/Operations") + SourceSignatures.texts("UnrollTensors/Fused"))
            .flatMap(SourceSignatures.functions)
    }

    private static func base(_ signature: String) -> String { String(signature.prefix { $0 != "(" }) }

    private static let functionSubjects = Set(
        Catalogue.all.filter { $0.group == .operation || $0.group == .fused }.map(\.subject))

    @Test func everyOperationIsInTheCatalogue() throws {
        let declared = try Self.operations().filter { !Self.base($0).hasSuffix("Reference") && !Self.withoutDerivative.contains($0) }
        #expect(declared.count > 40)
        let missing = Set(declared).subtracting(Self.functionSubjects)
        #expect(missing.isEmpty, "not in the catalogue: \(missing.sorted())")
        let unknown = Self.functionSubjects.subtracting(declared)
        #expect(unknown.isEmpty, "in the catalogue but not in the sources: \(unknown.sorted())")
    }

    @Test func everyReferenceIsCheckedAgainst() throws {
        let references = try Self.operations().map(Self.base).filter { $0.hasSuffix("Reference") }.map { $0.dropLast("Reference".count) }
        #expect(!references.isEmpty)
        for name in references {
            let entries = Catalogue.all.filter { Self.base($0.subject) == name }
            #expect(!entries.isEmpty && entries.allSatisfy { $0.hasReference && $0.group == .fused }, "\(name)")
        }
        let fused = Set(Catalogue.all.filter { $0.group == .fused }.map { Self.base($0.subject) })
        #expect(fused == Set(references.map(String.init)))
    }

    @Test func everyModuleIsInTheCatalogue() throws {
        let texts = try SourceSignatures.texts("UnrollModules") + SourceSignatures.texts("UnrollModels")
        let declared = texts.flatMap { SourceSignatures.structs(conformingTo: ["Module", "Layer", "RecurrentCell", "GatedCell"], in: $0) }
        #expect(declared.count > 10)
        let subjects = Set(Catalogue.all.map(\.subject))
        let missing = declared.filter { !subjects.contains(Self.parts[$0] ?? $0) }
        #expect(missing.isEmpty, "not in the catalogue: \(missing.sorted())")
    }

    @Test func signaturesAreReadFromSource() {
        let text = """
            public func one(_ x: Tensor, by y: [Int: (Double) -> Int] = [1: { $0 }], last: Int) -> Tensor {
                public static func + (a: Tensor, b: Double) -> Tensor {}
                public static prefix func - (x: Tensor) -> Tensor {}
            func hidden() {}
            public func two<T>(
                _ x: T,
                count: Int = 3
            ) {}
            public func none() {}
            public struct A<B>: Sendable, Module {
            public struct C: Sendable {
            """
        #expect(SourceSignatures.functions(in: text) == ["one(_:by:last:)", "+(Tensor, Double)", "-(Tensor)", "two(_:count:)", "none()"])
        #expect(SourceSignatures.structs(conformingTo: ["Module"], in: text) == ["A"])
    }
}
