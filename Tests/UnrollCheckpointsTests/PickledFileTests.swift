import Foundation
import Testing
import UnrollModules
import UnrollTensors

@testable import UnrollCheckpoints

/// Files that `Scripts/golden/pytorch_files_golden.py` made.
@Suite("Files of PyTorch's own")
struct PickledFileTests {
    private let folder: TemporaryFolder
    private let golden: URL

    init() throws {
        folder = try TemporaryFolder()
        golden = try #require(Bundle.module.url(forResource: "Golden/pytorch", withExtension: nil))
    }

    private func opened(_ name: String) throws -> TensorFile { try TensorFile(pickled: golden.appendingPathComponent(name)) }

    @Test(arguments: ["archive.pt", "legacy.pt", "pairs.pt"]) func holdTheSameTensorsToTheBit(_ name: String) throws {
        let (file, expected) = (try opened(name), try TensorFile(contentsOf: golden.appendingPathComponent("expected.safetensors")))
        #expect(file.entries.map(\.name).sorted() == expected.entries.map(\.name).sorted())
        for entry in expected.entries {
            let found = try #require(file.entry(entry.name))
            #expect((found.type, found.shape) == (entry.type, entry.shape), "\(entry.name)")
            #expect(try file.bytes(of: found) == expected.bytes(of: entry), "\(entry.name)")
            #expect(try file.tensor(entry.name).isIdentical(to: expected.tensor(entry.name)), "\(entry.name)")
        }
    }

    @Test(arguments: ["archive.pt", "legacy.pt"]) func areStateDictionariesToo(_ name: String) throws {
        struct Rows: Module {
            let layer = Linear(5, 8, hasBias: false, key: .blank)
            func visit(_ visitor: inout ParameterVisitor) { visitor("ws", layer.weight) }
        }
        let (rows, url) = (Rows(), golden.appendingPathComponent(name))
        let error = checkpointError { try StateDictionary.load(contentsOf: url, into: rows) }
        #expect(error?.kind == .missingTensor && error?.message.contains("\"some\"") == true)
        try StateDictionary.load(contentsOf: url, into: rows, prefix: "ro")
        #expect(rows.layer.weight.value.floats == (0..<40).map { Float($0) / 3 })
    }

    @Test(arguments: [
        ("transposed.pt", "has \"turned\", which is not row-major; write it with .contiguous()"),
        ("negative.pt", "has \"turned\" as a view of other elements; write it with .clone()"),
        ("called.pt", "makes \"weight\" by calling \"__builtin__.print\", which is not done here; only plain tensors are read"),
        ("module.pt", "holds no dictionary of tensors; write one with torch.save(network.state_dict(), path)"),
        ("expected.safetensors", "is not a file that torch.save has written; name a state dictionary"),
    ])
    func thatHoldAnythingElseAreRefused(_ name: String, _ message: String) {
        let error = checkpointError { _ = try opened(name) }
        #expect(error?.kind == .unsupported)
        #expect(error?.message == message)
    }

    /// Whatever becomes of a file, it is read or refused, and never more of it than there is.
    @Test(arguments: ["archive.pt", "legacy.pt"]) func thatAreDamagedAreReadOrRefused(_ name: String) throws {
        let whole = try [UInt8](Data(contentsOf: golden.appendingPathComponent(name)))
        let url = folder.file("damaged")
        func read(_ bytes: [UInt8]) throws {
            try Data(bytes).write(to: url)
            do {
                let file = try TensorFile(pickled: url)
                for entry in file.entries { _ = try file.bytes(of: entry) }
            } catch is CheckpointError {}
        }
        for count in stride(from: 0, to: whole.count, by: 7) { try read(Array(whole.prefix(count))) }
        var random = RepeatableNumbers(state: 5)
        for _ in 0..<1_500 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try read(bytes)
        }
    }

    @Test func aPickleWithoutEndOrSenseIsRefused() {
        let nested =
            [0x80, 2] + [UInt8](repeating: UInt8(ascii: "]"), count: 9) + [UInt8](repeating: 0x85, count: 300_000) + [UInt8(ascii: ".")]
        #expect(throws: Never.self) { try Pickle(nested[...]) }
        let programs: [[UInt8]] = [
            [], [0x80, 2], [0x80, 2, UInt8(ascii: ".")], [UInt8(ascii: "t")], [UInt8(ascii: "h"), 0],
            [UInt8(ascii: "X"), 255, 255, 255, 127],
            [0x8d, 255, 255, 255, 255, 255, 255, 255, 255], [UInt8(ascii: "N"), UInt8(ascii: "R")], [0x28, 0x28, 0x74, 0x61, 0x2e],
            // A long text that is recalled and joined over and over again.
            [0x80, 2, UInt8(ascii: "X"), 0, 8, 0, 0] + [UInt8](repeating: 0x61, count: 2_048) + [0x71, 0, 0x68, 0, 0x93, 0x2e],
            [UInt8(ascii: "c"), UInt8(ascii: "o"), UInt8(ascii: "s")], [UInt8(ascii: "i"), 0x0a],
        ]
        for program in programs { #expect(throws: Pickle.Failure.self) { try Pickle(program[...]) } }
    }
}

/// A sequence of numbers that is the same at every run.
private struct RepeatableNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
