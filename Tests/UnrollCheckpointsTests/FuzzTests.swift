import Foundation
import Testing
import UnrollTensors

@testable import UnrollCheckpoints

@Suite("A file with any byte changed or any end missing")
struct FuzzTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let header =
        #"{"__metadata__":{"unroll.aliases":"{\"t\":\"a\"}","unroll.format":"1"},"a":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},"#
        + #""b\u00e9":{"dtype":"F16","shape":[3],"data_offsets":[16,22]},"c":{"dtype":"I32","shape":[],"data_offsets":[22,26]}}  "#
    private static let data = (0..<26).map { UInt8($0) }

    /// Opens the file and reads every tensor that can be; what was read agrees with what Foundation's own JSON reader says.
    private func read(_ bytes: [UInt8]) throws {
        let url = try folder.file("fuzzed", bytes)
        let file = try TensorFile(contentsOf: url)
        let headerCount = Int(bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        var json = try #require(JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + headerCount)])) as? [String: [String: Any]])
        #expect(json.removeValue(forKey: "__metadata__") as? [String: String] ?? [:] == file.metadata)
        #expect(json.count == file.entries.count)
        var end = 0
        for entry in file.entries {
            let described = try #require(json[entry.name])
            #expect(described["dtype"] as? String == entry.type.rawValue)
            #expect(described["shape"] as? [Int] == entry.shape.array)
            #expect(described["data_offsets"] as? [Int] == [entry.byteRange.lowerBound, entry.byteRange.upperBound])
            #expect(entry.byteRange.lowerBound == end)
            end = entry.byteRange.upperBound
            if entry.type.scalarType != nil { #expect(try file.tensor(entry.name).count == entry.shape.count) }
        }
        #expect(8 + headerCount + end == bytes.count)
        for alias in file.aliases { #expect(file.entry(alias.name) == file.entry(alias.original)) }
    }

    @Test("is an error, or is read as what it now says")
    func changedBytes() throws {
        let whole = safetensors(Self.header, Self.data)
        try read(whole)
        var (errors, reads) = (0, 0)
        for position in 0..<(8 + Self.header.utf8.count) {
            for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF] as [UInt8] {
                var bytes = whole
                bytes[position] ^= change
                do {
                    try read(bytes)
                    reads += 1
                } catch is CheckpointError { errors += 1 }
            }
        }
        // Most changes are noticed; some only rename a tensor or a key of the metadata.
        #expect(errors > 5 * reads)
        #expect(reads > 0)
    }

    @Test("is an error at every length")
    func truncations() throws {
        let whole = safetensors(Self.header, Self.data)
        for count in whole.indices {
            let url = try folder.file("short", Array(whole[..<count]))
            #expect(checkpointError { _ = try TensorFile(contentsOf: url) }?.kind == .cutShort, "\(count) bytes")
        }
        let url = try folder.file("long", whole + [0])
        #expect(checkpointError { _ = try TensorFile(contentsOf: url) }?.kind == .malformed)
    }

    @Test("whose header takes every value of every byte never traps")
    func everyByte() {
        var accepted = 0
        let bytes = Array(Self.header.utf8)
        for position in bytes.indices {
            for value in UInt8.min...UInt8.max {
                var changed = bytes
                changed[position] = value
                do {
                    let header = try Header(changed, dataCount: Self.data.count, path: "fuzzed")
                    #expect(header.entries.reduce(0) { $0 + $1.byteRange.count } == Self.data.count)
                    accepted += 1
                } catch { #expect(error is CheckpointError) }
            }
        }
        // At least the file itself, once for each of its bytes.
        #expect(accepted >= bytes.count)
    }
}
