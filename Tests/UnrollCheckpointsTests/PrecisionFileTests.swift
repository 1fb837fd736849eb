import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollCheckpoints

@Suite("Weights of fewer bits in a file")
struct PrecisionFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func saved(_ precision: WeightPrecision) throws -> (layer: Linear, file: TensorFile) {
        let layer = Linear(5, 3, key: RandomKey(seed: 1))
        layer.weight.round(to: precision)
        try TensorFile.save(layer, to: folder.file("model"))
        return (layer, try TensorFile(contentsOf: folder.file("model")))
    }

    @Test(arguments: [
        (WeightPrecision.int8, ElementType.int8, 15, ["weight.scale"]), (.int8Dynamic, .int8, 15, ["weight.dynamic_scale"]),
        (.bfloat16, .bfloat16, 30, []), (.float32, .float32, 60, []),
    ])
    func comeBackToTheBit(precision: WeightPrecision, type: ElementType, bytes: Int, scales: [String]) throws {
        let (layer, file) = try saved(precision)
        let entry = try #require(file.entry("weight"))
        #expect((entry.type, entry.byteRange.count) == (type, bytes))
        #expect(file.entries.map(\.name).sorted() == ["bias", "weight"] + scales)
        let copy = Linear(5, 3, key: .blank)
        try file.load(into: copy)
        #expect(copy.weight.value.floats == layer.weight.value.floats)
        #expect(copy.weight.precision == precision)
        try TensorFile.save(copy, to: folder.file("again"))
        #expect(try Data(contentsOf: folder.file("again")) == Data(contentsOf: folder.file("model")))
    }

    @Test func integersNeedTheirFactors() throws {
        let (_, file) = try saved(.int8)
        let integers = try file.bytes(of: try #require(file.entry("weight")))
        for scales in [nil, Tensor([1, 1] as [Float], shape: [2]), Tensor([1, 1, 1] as [Double], shape: [3])] {
            var tensors: [StoredTensor] = [.init("bias", .zeros([3], .float32)), .init("weight", .int8, [3, 5], integers)]
            if let scales { tensors.append(StoredTensor("weight.scale", scales)) }
            try TensorFile.write(stored: tensors, metadata: [:], to: folder.file("wrong"))
            let layer = Linear(5, 3, key: RandomKey(seed: 2))
            let before = layer.snapshot.map(\.floats)
            let error = try #require(
                checkpointError { try TensorFile(contentsOf: folder.file("wrong")).load(into: layer) })
            #expect(error.kind == .mismatch)
            #expect(error.message.contains("\"weight\" is of type I8 and needs \"weight.scale\", F32 of shape [3]"))
            #expect(layer.snapshot.map(\.floats) == before)
        }
    }

    @Test(arguments: [-0.5, .nan, .infinity] as [Float]) func aFactorThatCannotBeIsRefused(_ factor: Float) throws {
        let (_, file) = try saved(.int8)
        let integers = try file.bytes(of: try #require(file.entry("weight")))
        try TensorFile.write(
            stored: [
                .init("bias", .zeros([3], .float32)), .init("weight", .int8, [3, 5], integers),
                .init("weight.scale", Tensor([1, factor, 1], shape: [3])),
            ], metadata: [:], to: folder.file("wrong"))
        for packing in [false, true] {
            let error = checkpointError {
                try TensorFile(contentsOf: folder.file("wrong")).load(into: Linear(5, 3, key: .blank), packing: packing)
            }
            #expect(error?.kind == .malformed && error?.message.contains("\"weight.scale\" has a factor that is negative") == true)
        }
    }

    @Test func aFileOfAnotherProgramInBFloat16IsReadInAsManyBits() throws {
        let halves: [UInt8] = [0x80, 0x3f, 0x20, 0xc0]
        try TensorFile.write(
            stored: [.init("weight", .bfloat16, [1, 2], halves), StoredTensor("bias", .zeros([1], .float32))], metadata: [:],
            to: folder.file("other"))
        let layer = Linear(2, 1, key: .blank)
        try TensorFile(contentsOf: folder.file("other")).load(into: layer)
        #expect(layer.weight.value.floats == [1, -2.5])
        #expect(layer.weight.precision == .bfloat16)
    }
}
