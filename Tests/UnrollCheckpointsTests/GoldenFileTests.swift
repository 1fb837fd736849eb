import Foundation
import Testing
import UnrollTensors

@testable import UnrollCheckpoints

@Suite("A file of known bytes")
struct GoldenFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What the Python package `safetensors` 0.8 writes for these arrays (`safetensors.numpy.save(arrays, metadata)`), byte by byte.
    private static let header =
        #"{"__metadata__":{"note":"a \"quoted\" é / \\ \n \u0001"},"a.weight":{"dtype":"F64","shape":[2,2],"data_offsets":[0,32]},"#
        + #""b.bias":{"dtype":"F32","shape":[3],"data_offsets":[32,44]},"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[44,44]},"#
        + #""s":{"dtype":"F32","shape":[],"data_offsets":[44,48]},"ids":{"dtype":"I32","shape":[2],"data_offsets":[48,56]}}"# + "       "
    private static let data: [UInt8] = [
        0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0x08, 0x40, 0, 0, 0, 0, 0, 0, 0x10, 0x40,
        0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F,
        0, 0, 0x20, 0x40,
        7, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
    ]
    private static let metadata = ["note": "a \"quoted\" é / \\ \n \u{1}"]
    private static let tensors: [(name: String, tensor: Tensor)] = [
        ("b.bias", Tensor([1, -2, 0.5] as [Float], shape: [3])),
        ("a.weight", Tensor([1, 2, 3, 4] as [Double], shape: [2, 2])),
        ("ids", Tensor([7, -1] as [Int32], shape: [2])),
        ("empty", Tensor([] as [Float], shape: [0, 3])),
        ("s", Tensor([2.5] as [Float], shape: [])),
    ]

    @Test("is what these tensors are written as, in whatever order they come")
    func writing() throws {
        let expected = safetensors(Self.header, Self.data)
        #expect(expected.count % 8 == 0)
        for (name, tensors) in [("forward", Self.tensors), ("backward", Self.tensors.reversed())] {
            try TensorFile.write(tensors, metadata: Self.metadata, to: folder.file(name))
            #expect(try [UInt8](Data(contentsOf: folder.file(name))) == expected)
        }
    }

    @Test("is read tensor by tensor")
    func reading() throws {
        let file = try TensorFile(contentsOf: folder.file("golden", safetensors(Self.header, Self.data)))
        #expect(file.metadata == Self.metadata)
        #expect(file.entries.map(\.name) == ["a.weight", "b.bias", "empty", "s", "ids"])
        #expect(file.entries.map(\.type) == [.float64, .float32, .float32, .float32, .int32])
        #expect(file.entries.map(\.byteRange) == [0..<32, 32..<44, 44..<44, 44..<48, 48..<56])
        for (name, expected) in Self.tensors {
            let tensor = try file.tensor(name)
            #expect(tensor.shape == expected.shape)
            #expect(tensor.scalarType == expected.scalarType)
            #expect(tensor.doubles == expected.doubles)
        }
    }

    @Test("of half-precision numbers is read as single-precision ones")
    func halves() throws {
        let header =
            #"{ "b" : {"shape":[1,2] ,"data_offsets":[6,10],"dtype":"BF16"},"#
            + "\n" + #""h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}}"#
        let bytes = safetensors(header, [0x00, 0x3E, 0x01, 0x80, 0x00, 0x7C, 0xC0, 0x3F, 0x80, 0xC2])
        let file = try TensorFile(contentsOf: folder.file("halves", bytes))
        #expect(file.entries.map(\.name) == ["h", "b"])
        #expect(try file.tensor("h").floats == [1.5, -0x1p-24, .infinity])
        #expect(try file.tensor("b").floats == [1.5, -64])
        #expect(try file.tensor("b").shape == [1, 2])
    }

    @Test("of nothing at all is a file too")
    func nothing() throws {
        try TensorFile.write([], metadata: [:], to: folder.file("nothing"))
        #expect(try [UInt8](Data(contentsOf: folder.file("nothing"))) == safetensors("{}      "))
        let file = try TensorFile(contentsOf: folder.file("nothing"))
        #expect(file.entries.isEmpty)
        #expect(file.metadata.isEmpty)
        #expect(checkpointError { _ = try file.tensor("w") }?.kind == .missingTensor)
    }

    @Test("longer than one transfer of half-precision numbers is read to its end")
    func longHalves() throws {
        let count = 3 << 16 | 5
        let header = "{\"h\":{\"dtype\":\"BF16\",\"shape\":[\(count)],\"data_offsets\":[0,\(2 * count)]}}"
        // Sixteen bits that say which element it is, as far as a bfloat16 can without being a NaN.
        let patterns = (0..<count).map { UInt16(truncatingIfNeeded: $0 &* 7919) & 0xBFFF }
        let data = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let file = try TensorFile(contentsOf: folder.file("long", safetensors(header, data)))
        #expect(try file.tensor("h").floats == patterns.map { Float(bitPattern: UInt32($0) << 16) })
    }
}

@Suite("Half precision")
struct HalfPrecisionTests {
    #if !(os(macOS) && arch(x86_64))
        @Test("every half-precision number has the value that the processor gives it")
        func everyHalf() {
            for bits in UInt16.min...UInt16.max {
                let expected = Float(Float16(bitPattern: bits))
                let value = float(half: bits)
                if expected.isNaN { #expect(value.isNaN) } else { #expect(value.bitPattern == expected.bitPattern) }
            }
        }
    #endif
}
