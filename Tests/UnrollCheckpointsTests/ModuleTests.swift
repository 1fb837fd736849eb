import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollCheckpoints

/// Two layers that may share a matrix.
private struct Pair: Module {
    let first: Parameter
    let second: Parameter
    let bias: Parameter

    init(_ shape: Shape = [2, 3], isShared: Bool, _ scalarType: ScalarType = .float32, start: Double = 0) {
        func parameter(_ shape: Shape, _ start: Double) -> Parameter {
            Parameter(Tensor((0..<shape.count).map { start + Double($0) / 8 }, shape: shape, scalarType: scalarType))
        }
        first = parameter(shape, start)
        second = isShared ? first : parameter(shape, start + 10)
        bias = parameter([3], start + 20)
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("first.weight", first)
        visitor("second.weight", second)
        visitor("second.bias", bias)
    }

    var elements: [[Double]] { [first, second, bias].map(\.value.doubles) }
}

@Suite("A module")
struct ModuleTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func saved(_ module: some Module, metadata: [String: String] = [:]) throws -> TensorFile {
        try TensorFile.save(module, metadata: metadata, to: folder.file("model"))
        return try TensorFile(contentsOf: folder.file("model"))
    }

    @Test("comes back as it was, and equal modules make equal files", arguments: [false, true])
    func roundTrip(isShared: Bool) throws {
        let original = Pair(isShared: isShared, start: 3)
        let file = try saved(original, metadata: ["recipe": "x: 1\n"])
        let copy = Pair(isShared: isShared)
        try file.load(into: copy)
        #expect(copy.elements == original.elements)
        #expect(file.metadata["recipe"] == "x: 1\n")
        #expect(file.metadata["unroll.format"] == "1")
        try TensorFile.save(copy, metadata: file.metadata, to: folder.file("again"))
        #expect(try Data(contentsOf: folder.file("again")) == Data(contentsOf: folder.file("model")))
    }

    @Test("that shares a parameter stores it once, and it is found by either name")
    func sharing() throws {
        let file = try saved(Pair(isShared: true, start: 3))
        #expect(file.entries.map(\.name) == ["first.weight", "second.bias"])
        #expect(file.metadata["unroll.aliases"] == #"{"second.weight":"first.weight"}"#)
        #expect(file.aliases.map(\.name) == ["second.weight"])
        #expect(try file.tensor("second.weight").doubles == file.tensor("first.weight").doubles)
        let apart = Pair(isShared: false)
        try file.load(into: apart)
        #expect(apart.elements == Pair(isShared: true, start: 3).elements)
    }

    @Test("that shares a parameter takes two equal tensors, and refuses two different ones")
    func untied() throws {
        let (one, bias) = (Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]), Tensor([7, 8, 9] as [Float], shape: [3]))
        let (equal, other) = (Tensor(one.floats, shape: [2, 3]), Tensor([1, 2, 3, 4, 5, 7] as [Float], shape: [2, 3]))
        let module = Pair(isShared: true)
        let before = module.elements
        try TensorFile.write([("first.weight", one), ("second.weight", other), ("second.bias", bias)], metadata: [:], to: folder.file("a"))
        let error = checkpointError { try TensorFile(contentsOf: folder.file("a")).load(into: module) }
        #expect(error?.kind == .mismatch)
        #expect(error?.message.contains(#""first.weight" and "second.weight""#) == true)
        #expect(module.elements == before)
        try TensorFile.write([("first.weight", one), ("second.weight", equal), ("second.bias", bias)], metadata: [:], to: folder.file("b"))
        try TensorFile(contentsOf: folder.file("b")).load(into: module)
        #expect(module.first.value.floats == one.floats)
        try TensorFile.write([("second.weight", other), ("second.bias", bias)], metadata: [:], to: folder.file("c"))
        try TensorFile(contentsOf: folder.file("c")).load(into: module)
        #expect(module.first.value.floats == other.floats)
    }

    @Test("keeps its own scalar type", arguments: [(ScalarType.float32, ScalarType.float64), (.float64, .float32)])
    func conversion(from: ScalarType, to: ScalarType) throws {
        let original = Pair(isShared: false, from, start: 3)
        let copy = Pair(isShared: false, to)
        try saved(original).load(into: copy)
        #expect(copy.first.value.scalarType == to)
        #expect(copy.elements == original.elements)
    }

    @Test("is left as it was by a file of another shape, which names both shapes")
    func shapes() throws {
        let module = Pair([4, 3], isShared: false)
        let before = module.elements
        let error = try checkpointError(saved(Pair([3, 4], isShared: false, start: 3)), module)
        #expect(error.kind == .mismatch)
        #expect(error.message.contains(#""first.weight" has the shape [3, 4] in the file and [4, 3] in the model"#))
        #expect(module.elements == before)
    }

    @Test("is left as it was by a file with too little or too much, which names it")
    func names() throws {
        let module = Pair(isShared: false)
        let before = module.elements
        let (matrix, bias) = (Tensor.zeros([2, 3]), Tensor.zeros([3]))
        let extra = (0..<7).map { (name: "extra.\($0)", tensor: bias) }
        let complete = [("first.weight", matrix), ("second.weight", matrix), ("second.bias", bias)].map { (name: $0.0, tensor: $0.1) }
        try TensorFile.write(complete + extra, metadata: [:], to: folder.file("more"))
        let more = try checkpointError(TensorFile(contentsOf: folder.file("more")), module)
        #expect(more.kind == .leftOver)
        #expect(more.message.contains(#"holds "extra.0", "extra.1", "extra.2", "extra.3", "extra.4" and 2 more"#))
        try TensorFile.write(Array(complete.dropFirst() + extra.prefix(1)), metadata: [:], to: folder.file("less"))
        let less = try checkpointError(TensorFile(contentsOf: folder.file("less")), module)
        #expect(less.kind == .missingTensor)
        #expect(less.message.contains(#"lacks "first.weight", which the model has, and holds "extra.0""#))
        #expect(module.elements == before)
    }

    @Test("refuses whole numbers for weights")
    func wholeNumbers() throws {
        let tokens = Tensor([1, 2, 3] as [Int32], shape: [3])
        try TensorFile.write([("weight", tokens)], metadata: [:], to: folder.file("tokens"))
        struct Single: Module {
            let weight = Parameter(.zeros([3]))
            func visit(_ visitor: inout ParameterVisitor) { visitor("weight", weight) }
        }
        let error = try checkpointError(TensorFile(contentsOf: folder.file("tokens")), Single())
        #expect(error.kind == .mismatch)
        #expect(error.message.contains("I32"))
    }

    @Test("is found under a prefix, beside other tensors")
    func prefixes() throws {
        let original = Pair(isShared: true, start: 3)
        let weights = original.parameters.map { (name: "model." + $0.name, tensor: $0.parameter.value) }
        try TensorFile.write(weights + [(name: "step", tensor: Tensor([5] as [Int32], shape: []))], metadata: [:], to: folder.file("state"))
        let file = try TensorFile(contentsOf: folder.file("state"))
        let copy = Pair(isShared: true)
        try file.load(into: copy, prefix: "model.")
        #expect(copy.elements == original.elements)
        #expect(try checkpointError(file, copy).message.contains(#"lacks "first.weight""#))
    }

    private func checkpointError(_ file: TensorFile, _ module: some Module) throws -> CheckpointError {
        try #require(throws: CheckpointError.self) { try file.load(into: module) }
    }

    private func checkpointError(_ body: () throws -> Void) -> CheckpointError? { UnrollCheckpointsTests.checkpointError(body) }
}
