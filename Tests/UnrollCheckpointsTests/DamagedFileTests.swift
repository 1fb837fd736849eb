import Foundation
import Testing
import UnrollTensors

@testable import UnrollCheckpoints

@Suite("A damaged file")
struct DamagedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    struct Case: Sendable, CustomTestStringConvertible {
        let header: String
        var dataCount = 0
        let kind: CheckpointError.Kind
        let message: String
        var testDescription: String { message }
    }

    private static func tensor(_ type: String, _ shape: String, _ offsets: String) -> String {
        "{\"w\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
    }

    static let cases: [Case] = [
        Case(
            header: tensor("F32", "[1234]", "[0,4936]"), dataCount: 1000, kind: .cutShort,
            message: "its header promises 4,936 bytes of data, 1,000 are there; copy it again"),
        Case(header: tensor("F32", "[2]", "[0,8]"), dataCount: 9, kind: .malformed, message: "it describes 8 bytes of data, 9 are there"),
        Case(header: tensor("F32", "[2]", "[0,9]"), dataCount: 9, kind: .malformed, message: "takes 8 bytes, not 9"),
        Case(header: tensor("F32", "[2]", "[4,12]"), dataCount: 12, kind: .malformed, message: "leaves a gap"),
        Case(header: tensor("F32", "[2]", "[8,0]"), dataCount: 8, kind: .malformed, message: "not a start and an end"),
        Case(header: tensor("F32", "[2]", "[0,4,8]"), dataCount: 8, kind: .malformed, message: "not a start and an end"),
        Case(header: tensor("F4", "[2]", "[0,1]"), dataCount: 1, kind: .unsupported, message: #"the unknown type "F4""#),
        Case(header: tensor("F32", "[-1]", "[0,4]"), dataCount: 4, kind: .malformed, message: "a whole number is missing at byte 29"),
        Case(header: tensor("F32", "[1.0]", "[0,4]"), dataCount: 4, kind: .malformed, message: "']' is missing"),
        Case(header: tensor("F32", "[01]", "[0,4]"), dataCount: 4, kind: .malformed, message: "begins with 0"),
        Case(header: tensor("F32", "[1]", "[0,99999999999999999999]"), kind: .malformed, message: "a number is too large"),
        Case(header: tensor("F32", "[4294967296]", "[0,0]"), kind: .unsupported, message: "at most 2,147,483,647"),
        Case(header: tensor("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), dataCount: 4, kind: .unsupported, message: "9 axes"),
        Case(
            header: tensor("F32", "[2147483647,2147483647,2147483647,0]", "[0,0]"), kind: .malformed, message: "larger than any memory"),
        Case(header: tensor("F64", "[2147483647,2147483647]", "[0,0]"), kind: .malformed, message: "larger than any memory"),
        Case(header: #"{"w":{"dtype":"F32","shape":[1]}}"#, dataCount: 4, kind: .malformed, message: #"has no "data_offsets""#),
        Case(header: #"{"w":{"dtype":"F32","dtype":"F32"}}"#, kind: .malformed, message: #"the name "dtype" occurs twice"#),
        Case(header: #"{"w":{"dtype":"F32","size":[1]}}"#, kind: .malformed, message: #"the unknown key "size""#),
        Case(header: #"{"w":[]}"#, kind: .malformed, message: "'{' is missing at byte 5"),
        Case(header: #"{"w":{}}"#, kind: .malformed, message: #"has no "dtype""#),
        Case(header: "{\"w", kind: .malformed, message: "a string does not end"),
        Case(header: "{\"\\", kind: .malformed, message: "a string does not end"),
        Case(header: "{\"\\x\":{}}", kind: .malformed, message: "unknown escape"),
        Case(header: "{\"\\ud800\":{}}", kind: .malformed, message: "surrogate pair"),
        Case(header: "{\"\\ud800\\u0041\":{}}", kind: .malformed, message: "surrogate pair"),
        Case(header: "{\"\\udc00\":{}}", kind: .malformed, message: "surrogate pair"),
        Case(header: "{\"\\u00g0\":{}}", kind: .malformed, message: "hexadecimal"),
        Case(header: "{\"a\nb\":{}}", kind: .malformed, message: "control character"),
        Case(header: "{} {}", kind: .malformed, message: "something follows"),
        Case(header: #"{"__metadata__":{"a":1}}"#, kind: .malformed, message: "'\"' is missing"),
        Case(header: #"{"__metadata__":{"a":"1","a":"2"}}"#, kind: .malformed, message: #"the name "a" occurs twice"#),
        Case(header: "{\"__metadata__\":{\"\u{E9}\":\"1\",\"e\u{301}\":\"2\"}}", kind: .malformed, message: "different spellings"),
        Case(header: #"{"__metadata__":{},"__metadata__":{}}"#, kind: .malformed, message: #"the name "__metadata__" occurs twice"#),
        Case(header: #"{"__metadata__":{"unroll.format":"2"}}"#, kind: .newerFormat, message: "update Unroll"),
        Case(header: #"{"__metadata__":{"unroll.format":"0"}}"#, kind: .malformed, message: "a whole number from 1"),
        Case(header: #"{"__metadata__":{"unroll.format":"one"}}"#, kind: .malformed, message: "a whole number from 1"),
        Case(header: #"{"__metadata__":{"unroll.aliases":"[]"}}"#, kind: .malformed, message: "unroll.aliases"),
        Case(header: #"{"__metadata__":{"unroll.aliases":"{\"a\":\"b\"}"}}"#, kind: .malformed, message: "which is absent"),
        Case(
            header: #"{"__metadata__":{"unroll.aliases":"{\"a\":\"b\",\"c\":\"a\"}"},"#
                + #""b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
            kind: .malformed, message: "which is absent"),
        Case(
            header: #"{"__metadata__":{"unroll.aliases":"{\"b\":\"b\"}"},"b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
            kind: .malformed, message: "names both"),
        Case(
            header: #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
            dataCount: 12, kind: .malformed, message: #""w" overlaps"#),
        Case(
            header: #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            dataCount: 8, kind: .malformed, message: #""w" overlaps"#),
        Case(
            header: #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}"#,
            dataCount: 8, kind: .malformed, message: #""w" overlaps"#),
        Case(
            header: #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            dataCount: 8, kind: .malformed, message: #"the name "w" occurs twice"#),
    ]

    @Test("is refused with its fault and its path", arguments: cases)
    func refusal(_ damaged: Case) throws {
        let url = try folder.file("w", safetensors(damaged.header, [UInt8](repeating: 0, count: damaged.dataCount)))
        let error = try #require(throws: CheckpointError.self) { try TensorFile(contentsOf: url) }
        #expect(error.kind == damaged.kind)
        #expect(error.path == url.path)
        #expect(error.message.contains(damaged.message), "\(error)")
        #expect(error.description == "\(error.path): \(error.message)")
    }

    @Test("with bytes that are not UTF-8 is refused")
    func invalidText() throws {
        var bytes = safetensors(Self.tensor("F32", "[0]", "[0,0]"))
        bytes[10] = 0xFF
        let url = try folder.file("w", bytes)
        #expect(checkpointError { _ = try TensorFile(contentsOf: url) }?.message.contains("not valid UTF-8") == true)
    }

    @Test("whose beginning is no header is no safetensors file")
    func otherFiles() throws {
        let header = Self.tensor("F32", "[0]", "[0,0]")
        let huge = withUnsafeBytes(of: UInt64.max.littleEndian, Array.init)
        for bytes in [Array("A letter, not a model.".utf8), huge + Array(header.utf8), safetensors("[]"), safetensors("{") + [0]] {
            let url = try folder.file("w", bytes)
            #expect(checkpointError { _ = try TensorFile(contentsOf: url) }?.kind == .notSafetensors)
        }
    }

    @Test("that is missing, or a folder, or elsewhere, is named")
    func unreadable() throws {
        for url in [folder.file("missing"), folder.url, URL(string: "https://example.org/model")!] {
            let error = checkpointError { _ = try TensorFile(contentsOf: url) }
            #expect(error?.kind == .unreadable)
        }
        #expect(checkpointError { _ = try TensorFile(contentsOf: folder.file("missing")) }?.message.contains("no such file") == true)
    }

    @Test("that shrinks after it was opened is an error when it is read")
    func shrinking() throws {
        let url = try folder.file("w", safetensors(Self.tensor("F32", "[3]", "[0,12]"), [UInt8](repeating: 0, count: 12)))
        let file = try TensorFile(contentsOf: url)
        let handle = try FileHandle(forWritingTo: url)
        try handle.truncate(atOffset: 70)
        try handle.close()
        #expect(checkpointError { _ = try file.tensor("w") }?.kind == .cutShort)
    }

    @Test("with a type that is only listed opens, and says so when that tensor is read")
    func listedType() throws {
        let bytes = safetensors(Self.tensor("I64", "[1]", "[0,8]"), [UInt8](repeating: 0, count: 8))
        let file = try TensorFile(contentsOf: folder.file("w", bytes))
        #expect(file.entries.map(\.type) == [.int64])
        let error = checkpointError { _ = try file.tensor("w") }
        #expect(error?.kind == .unsupported)
        #expect(error?.message.contains("I64") == true)
    }

    @Test("shows no control characters to a terminal, and no endless names")
    func messages() throws {
        let name = "\\u001b[2J" + String(repeating: "x", count: 5000)
        let url = try folder.file("w", safetensors("{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[0]}}"))
        let error = try #require(throws: CheckpointError.self) { try TensorFile(contentsOf: url) }
        #expect(!error.message.contains("\u{1B}"))
        #expect(error.message.count < 400)
    }
}
