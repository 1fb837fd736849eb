import Foundation
import Testing

@testable import UnrollText

/// Files that are no SentencePiece model, or a damaged one.
@Suite struct SentencePieceFileTests {
    static let names = ["unigram", "unigram-bytes", "bpe", "bpe-unused", "char"]

    static func bytes(_ model: String) throws -> [UInt8] { Array(try Data(contentsOf: SentencePieceTests.url("\(model).model"))) }

    static func error(_ bytes: [UInt8]) -> TextError? {
        do {
            _ = try SentencePieceTokenizer(bytes, name: "x.model")
            return nil
        } catch {
            return error as? TextError
        }
    }

    @Test func whatIsNotThereOrNoModelIsSaid() throws {
        let missing = #expect(throws: TextError.self) { try SentencePieceTokenizer(contentsOf: "/nowhere/x.model") }
        #expect(missing?.kind == .unreadableModel)
        #expect(missing?.message.hasPrefix("/nowhere/x.model: there is no such file; name a SentencePiece model") == true)
        let folder = #expect(throws: TextError.self) { try SentencePieceTokenizer(contentsOf: FileManager.default.temporaryDirectory.path) }
        #expect(folder?.kind == .unreadableModel)
        for text in ["", "<unk>\t0\n<s>\t0\n", "{\"model\": {}}", "\u{FEFF}pieces"] {
            let error = Self.error(Array(text.utf8))
            #expect(error?.kind == .malformedModel)
            #expect(error?.message.hasPrefix("x.model: ") == true)
            #expect(error?.message.contains(".model") == true)
        }
    }

    @Test(arguments: names) func everyTruncationIsFound(_ name: String) throws {
        let bytes = try Self.bytes(name)
        for count in stride(from: 0, to: bytes.count, by: 23) {
            let error = Self.error(Array(bytes[..<count]))
            #expect(error?.kind == .malformedModel, "after \(count) bytes")
        }
        #expect(Self.error(Array(bytes.dropLast()))?.message.contains("was cut short") == true)
        #expect(Self.error(bytes) == nil)
    }

    /// What a flipped bit gives is refused, or is another model; it never traps.
    @Test(arguments: names) func flippedBitsNeverTrap(_ name: String) throws {
        let bytes = try Self.bytes(name)
        var generator = RandomText.Generator(state: 1)
        var refused = 0
        for round in 0..<150 {
            var damaged = bytes
            for _ in 0...round % 4 {
                damaged[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if round % 5 == 0 { damaged.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            guard let tokenizer = try? SentencePieceTokenizer(damaged, name: "damaged") else {
                refused += 1
                continue
            }
            for text in ["The cat sees ＡＢ! ﬁ ﷺ 猫 👍 a\0b", "<sep>  e\u{301} ▁▁"] {
                _ = tokenizer.text(ids: tokenizer.ids(in: text).filter { $0 >= 0 })
            }
        }
        #expect(refused > 20)
    }

    @Test func aDamagedTableIsFound() throws {
        let bytes = try Self.bytes("unigram")
        // The table's first four bytes say how long its trie is; a block of 256 units of four bytes divides it.
        let size = try #require(
            bytes.indices.first { bytes[$0...].starts(with: [0, 12, 0, 0]) || bytes[$0...].starts(with: [0, 8, 0, 0]) })
        for (place, byte) in [(0, UInt8(1)), (3, 127), (4, 255), (7, 255)] {
            var damaged = bytes
            damaged[size + place] = byte
            #expect(Self.error(damaged)?.message == "x.model: the table of normalisation is damaged; copy the file again")
        }
    }

    @Test func modelsThatContradictThemselvesAreRefused() {
        let unknown = ModelBytes.piece("<unk>", kind: 2)
        func message(_ pieces: [[UInt8]], type: UInt64 = 1, bytes: Bool = false) -> String? {
            Self.error(ModelBytes.model(pieces, type: type, fallsBackToBytes: bytes))?.message
        }
        #expect(message([unknown, ModelBytes.piece("a")]) == nil)
        #expect(
            message([unknown, ModelBytes.piece("a")], type: 9)?.hasPrefix("x.model: is a model of type 9, and known are 1 (unigram)")
                == true)
        #expect(message([ModelBytes.piece("a")])?.contains("has no unknown piece") == true)
        #expect(message([unknown, ModelBytes.piece("?", kind: 2)])?.contains("piece 1 is a second unknown piece") == true)
        #expect(message([unknown, ModelBytes.piece("a"), ModelBytes.piece("a")])?.contains("piece 2 is the same as piece 1") == true)
        #expect(message([unknown, ModelBytes.piece("")])?.contains("piece 1 is empty") == true)
        #expect(message([unknown, ModelBytes.piece("a\0b")])?.contains("piece 1 holds a NUL") == true)
        #expect(message([unknown, ModelBytes.piece("a", score: .nan)])?.contains("piece 1 has a score that is no number") == true)
        #expect(message([unknown, ModelBytes.piece(String(repeating: "a", count: 8000))])?.contains("piece 1 has 8000 bytes") == true)
        #expect(
            message([unknown, ModelBytes.piece("<0x41>", kind: 6)])?.contains("piece 1 is a byte, and the model has no byte fallback")
                == true)
        let bytes = (0..<256).map { ModelBytes.piece("<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">", kind: 6) }
        #expect(message([unknown] + bytes, bytes: true) == nil)
        #expect(message([unknown] + bytes.dropLast(), bytes: true)?.contains("no piece for byte 255") == true)
        #expect(
            message([unknown, ModelBytes.piece("<0xzz>", kind: 6)], bytes: true)?.contains("piece 1 is a byte that is not spelt as") == true
        )
        #expect(
            Self.error(ModelBytes.field(1, ModelBytes.field(1, [0xff])) + ModelBytes.parts(type: 1))?.message.contains("no valid UTF-8")
                == true)
    }

    @Test func aModelWithoutAnUnknownPieceStillHasItsBytes() throws {
        let bytes = (0..<256).map { ModelBytes.piece("<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">", kind: 6) }
        for type in [UInt64(1), 2, 4] {
            let model = ModelBytes.model(bytes + [ModelBytes.piece("a"), ModelBytes.piece("\0")], type: type, fallsBackToBytes: true)
            let tokenizer = try SentencePieceTokenizer(model, name: "x.model")
            #expect(tokenizer.ids(in: "aé") == [0xe2, 0x96, 0x81, 256, 0xc3, 0xa9])
            #expect(tokenizer.text(ids: tokenizer.ids(in: "é\0a")) == "▁é\0a")
        }
    }

    @Test func unknownFieldsArePassedOver() throws {
        let model = ModelBytes.model([ModelBytes.piece("<unk>", kind: 2), ModelBytes.piece("▁a") + [0xc0, 0x0c, 1]], type: 1)
        let more = ModelBytes.field(200, [1, 2, 3]) + model + [0xc1, 0x0c, 1, 2, 3, 4, 5, 6, 7, 8]
        #expect(try SentencePieceTokenizer(more, name: "x.model").tokens(in: "a") == ["▁a"])
    }

    @Test func aBrokenCodecIsNamed() {
        for (model, part) in [("%%%", "is no base64"), ("AAAA", "is no SentencePiece model"), ("", "is no SentencePiece model")] {
            let json = #"{"tokenizer":{"model":"\#(model)","type":"sentencePiece"},"vocabulary":["<pad>","<unk>","<s>","</s>"]}"#
            let error = #expect(throws: TextError.self) { try JSONDecoder().decode(TextCodec.self, from: Data(json.utf8)) }
            #expect(error?.kind == .malformedModel)
            #expect(error?.message.hasPrefix("tokenizer.model: ") == true)
            #expect(error?.message.contains(part) == true)
        }
    }
}

/// The bytes of small models, made field by field.
enum ModelBytes {
    static func varint(_ value: UInt64) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }

    static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }

    static func piece(_ text: String, score: Float = -1, kind: UInt64 = 1) -> [UInt8] {
        field(1, Array(text.utf8)) + [0x15] + (0..<4).map { UInt8(truncatingIfNeeded: score.bitPattern >> (8 * UInt32($0))) } + [0x18]
            + varint(kind)
    }

    /// The parts behind the pieces.
    static func parts(type: UInt64, fallsBackToBytes: Bool = false) -> [UInt8] {
        field(2, [0x18] + varint(type) + (fallsBackToBytes ? [0x98, 0x02, 1] : [])) + field(3, [])
    }

    static func model(_ pieces: [[UInt8]], type: UInt64, fallsBackToBytes: Bool = false) -> [UInt8] {
        pieces.flatMap { field(1, $0) } + parts(type: type, fallsBackToBytes: fallsBackToBytes)
    }
}
