import Foundation
import Testing
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollCheckpoints

/// A table whose rows are looked up and which is multiplied by, and a matrix that is only multiplied by: 130 rows are more than one piece.
private struct Tied: Module {
    let embedding = Embedding(vocabulary: 130, width: 5, key: RandomKey(seed: 3))
    let layer = Linear(5, 70, key: RandomKey(seed: 4))
    let positions = Embedding(vocabulary: 9, width: 5, key: RandomKey(seed: 5))
    let output: OutputLayer

    init() { output = OutputLayer(5, vocabulary: 130, tied: embedding.weight, key: RandomKey(seed: 6)) }

    func callAsFunction(_ tokens: [Int32], _ context: Context) -> [Tensor] {
        let x = embedding(Tensor(tokens, shape: [tokens.count]), context)
        return [x, layer(x, context), output.logProbabilities(x, context)]
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        visitor("layer", layer)
        visitor("positions", positions)
        visitor("output", output)
    }
}

@Suite("Matrices that are packed as they are read")
struct PackedModelTests {
    private let folder: TemporaryFolder
    private let tokens: [Int32] = [129, 0, 64, 64]

    init() throws { folder = try TemporaryFolder() }

    /// A model that was saved in a precision, and two that were read from its file: packed, and not.
    private func models(_ precision: WeightPrecision) throws -> (saved: Tied, packed: Tied, plain: Tied) {
        let models = (saved: Tied(), packed: Tied(), plain: Tied())
        for parameter in [models.saved.embedding.weight, models.saved.layer.weight] { parameter.round(to: precision) }
        try TensorFile.save(models.saved, to: folder.file("model"))
        let file = try TensorFile(contentsOf: folder.file("model"))
        try file.load(into: models.packed, packing: true)
        try file.load(into: models.plain)
        return models
    }

    private func isPacked(_ parameter: Parameter) -> Bool { parameter.value.storage.whole != nil }

    @Test func theyAreThoseThatAreMultipliedByAndLookedUpAlone() throws {
        let packable = Tied().parameters.filter(\.isPackable).map(\.name)
        #expect(packable == ["embedding.weight", "layer.weight"])
        let models = try models(.float32)
        #expect(models.packed.parameters.filter { isPacked($0.parameter) }.map(\.name) == packable)
        #expect(!models.plain.parameters.contains { isPacked($0.parameter) })
    }

    @Test(arguments: WeightPrecision.allCases) func answersAndElementsAreTheSameToTheBit(_ precision: WeightPrecision) throws {
        let models = try models(precision)
        let expected = models.plain(tokens, .inference()), found = models.packed(tokens, .inference())
        for (one, other) in zip(expected, found) { #expect(one.isIdentical(to: other)) }
        #expect(models.packed.layer.weight.precision == precision)
        for (one, other) in zip(models.plain.snapshot, models.packed.snapshot) { #expect(one.isIdentical(to: other)) }
        // The elements exist now, and are read where they are.
        for (one, other) in zip(expected, models.packed(tokens, .inference())) { #expect(one.isIdentical(to: other)) }
        try TensorFile.save(models.packed, to: folder.file("again"))
        #expect(try Data(contentsOf: folder.file("again")) == Data(contentsOf: folder.file("model")))
    }

    @Test(arguments: WeightPrecision.allCases) func gradientsAndUpdatesAreTheSame(_ precision: WeightPrecision) throws {
        let models = try models(precision)
        func train(_ model: Tied) -> [Tensor] {
            let (_, gradients, _) = valueAndGradients(of: model) { context in
                (model(tokens, context).map { sum($0 * $0) }.reduce(Tensor.zeros([])) { $0 + $1 }, ())
            }
            for (named, gradient) in zip(model.parameters, gradients.values) {
                guard let gradient = gradient?.dense.floats else { continue }
                named.parameter.update { elements in
                    let elements = elements.assumingMemoryBound(to: Float.self)
                    for (place, slope) in gradient.enumerated() { elements[place] -= 0.1 * slope }
                }
            }
            return model.snapshot + model(tokens, .inference())
        }
        for (one, other) in zip(train(models.plain), train(models.packed)) { #expect(one.isIdentical(to: other)) }
        #expect(!isPacked(models.packed.layer.weight))
        #expect(models.packed.layer.weight.precision == .float32)
    }

    @Test func whatIsSetInTheirPlaceIsRead() throws {
        let models = try models(.int8)
        models.packed.layer.weight.set(.zeros([70, 5]))
        #expect(models.packed(tokens, .inference())[1].floats == [Float](repeating: 0, count: 4 * 70))
        let other = Tied()
        other.restore(models.packed.snapshot)
        #expect(other.embedding.weight.value.isIdentical(to: models.packed.embedding.weight.value))
        #expect(other.embedding.weight.precision == .float32)
    }

    @Test func aFileThatIsCutShortLeavesTheModelAsItWas() throws {
        try TensorFile.save(Tied(), to: folder.file("model"))
        let file = try TensorFile(contentsOf: folder.file("model"))
        let model = Tied()
        model.layer.weight.set(.zeros([70, 5]))
        let before = model.snapshot.map(\.floats)
        let handle = try FileHandle(forWritingTo: folder.file("model"))
        try handle.truncate(atOffset: 2_000)
        try handle.close()
        let error = checkpointError { try file.load(into: model, packing: true) }
        #expect(error?.kind == .cutShort)
        #expect(model.snapshot.map(\.floats) == before)
    }
}
