import Foundation
import Testing

@testable import UnrollText

/// Pieces and texts equal to the reference library's; `Scripts/golden/sentencepiece_golden.py` trains the models and writes the file.
@Suite struct SentencePieceTests {
    struct Golden: Decodable {
        let texts: [String]
        let models: [Model]
    }

    struct Model: Decodable, CustomTestStringConvertible {
        let model: String
        let size: Int
        let pieces: [[Piece]]
        let decoded: [String]
        let decodings: [Decoding]
        let spellings: [Spelling]
        let long: [Long]

        var testDescription: String { model }
    }

    /// A piece by its number, or a run of unknown scalars by its text.
    enum Piece: Decodable, Equatable {
        case number(Int32)
        case unknown([UInt8])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int32.self) {
                self = .number(number)
            } else {
                self = .unknown(Array(try value.decode(String.self).utf8))
            }
        }
    }

    struct Decoding: Decodable {
        let ids: [Int32]
        let text: String
    }

    struct Spelling: Decodable {
        let tokens: [String]
        let text: String
    }

    struct Long: Decodable {
        let unit: String
        let count: Int
        let length: Int
        let fingerprint: String
    }

    static let golden: Golden = {
        guard let data = try? Data(contentsOf: url("sentencepiece.json")), let golden = try? JSONDecoder().decode(Golden.self, from: data)
        else { fatalError("Golden/sentencepiece.json is missing or broken; run Scripts/golden/sentencepiece_golden.py") }
        return golden
    }()

    static func url(_ name: String) -> URL {
        guard let folder = Bundle.module.url(forResource: "Golden", withExtension: nil) else { fatalError("the folder Golden is missing") }
        return folder.appendingPathComponent(name)
    }

    static func tokenizer(_ model: String) throws -> SentencePieceTokenizer {
        try SentencePieceTokenizer(contentsOf: url("\(model).model").path)
    }

    /// The tokens as the golden file has them.
    static func pieces(_ tokenizer: SentencePieceTokenizer, _ text: String) -> [Piece] {
        zip(tokenizer.ids(in: text), tokenizer.tokens(in: text)).map { $0 == tokenizer.unknown ? .unknown(Array($1.utf8)) : .number($0) }
    }

    @Test func thereAreModelsOfEverySort() {
        #expect(
            Self.golden.models.map(\.model) == [
                "unigram", "unigram-bytes", "unigram-suffix", "bpe", "bpe-bytes", "bpe-unused", "word", "char",
            ])
        #expect(Self.golden.texts.count > 180)
    }

    @Test(arguments: golden.models) func textsAreDividedAsTheLibraryDivides(_ model: Model) throws {
        let tokenizer = try Self.tokenizer(model.model)
        #expect(tokenizer.pieces.count == model.size)
        for (text, expected) in zip(Self.golden.texts, model.pieces) {
            let found = Self.pieces(tokenizer, text)
            if found != expected { Issue.record("\(scalars(text)) became \(found), and not \(expected)") }
        }
    }

    @Test(arguments: golden.models) func piecesArePutTogetherAsTheLibraryDoes(_ model: Model) throws {
        let tokenizer = try Self.tokenizer(model.model)
        for (text, expected) in zip(Self.golden.texts, model.decoded) {
            let back = tokenizer.text(ids: tokenizer.ids(in: text))
            if !back.hasSameBytes(as: expected) {
                Issue.record("\(scalars(text)) came back as \(scalars(back)), and not \(scalars(expected))")
            }
        }
        for decoding in model.decodings {
            let text = tokenizer.text(ids: decoding.ids)
            if !text.hasSameBytes(as: decoding.text) {
                Issue.record("\(decoding.ids) reads \(scalars(text)), and not \(scalars(decoding.text))")
            }
        }
        for spelling in model.spellings {
            let text = tokenizer.text(from: spelling.tokens)
            if !text.hasSameBytes(as: spelling.text) {
                Issue.record("\(spelling.tokens) read \(scalars(text)), and not \(scalars(spelling.text))")
            }
        }
    }

    /// Some of these texts go beyond the sum at which the library begins to count anew.
    @Test(arguments: golden.models) func aHundredThousandCharacters(_ model: Model) throws {
        let tokenizer = try Self.tokenizer(model.model)
        for long in model.long {
            let ids = tokenizer.ids(in: String(repeating: long.unit, count: long.count))
            #expect(ids.count == long.length, "\(long.unit)")
            #expect(Self.fingerprint(ids) == long.fingerprint, "\(long.unit)")
        }
    }

    /// FNV-1a over the numbers, each as four bytes, little-endian.
    static func fingerprint(_ ids: [Int32]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for id in ids {
            for shift in stride(from: Int32(0), to: 32, by: 8) { hash = (hash ^ UInt64(id >> shift & 0xff)) &* 0x100_0000_01b3 }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test(arguments: golden.models) func aCodecSurvivesJSONAndNumbersWhatTextBecomes(_ model: Model) throws {
        let tokenizer = try Self.tokenizer(model.model)
        let codec = TextCodec(tokenizer: .sentencePiece(tokenizer), learningFrom: [])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(codec)
        let back = try JSONDecoder().decode(TextCodec.self, from: data)
        #expect(back == codec)
        #expect(try encoder.encode(back) == data)
        for (text, expected) in zip(Self.golden.texts, model.pieces) {
            let ids = back.encode(text)
            #expect(ids.count == expected.count)
            for (id, piece) in zip(ids, expected) {
                if case .number(let number) = piece, tokenizer.pieces[Int(number)].kind != .unused {
                    #expect(back.vocabulary.token(for: id).hasSameBytes(as: tokenizer.pieces[Int(number)].text))
                } else {
                    #expect(id == Vocabulary.unknown)
                }
            }
        }
    }

    @Test func theModelsOwnSpecialPiecesAreNotTheVocabularys() throws {
        let tokenizer = try Self.tokenizer("bpe")
        let codec = TextCodec(tokenizer)
        #expect(tokenizer.pieces.prefix(5).map(\.text) == ["<unk>", "<s>", "</s>", "<pad>", "<mask>"])
        #expect(codec.vocabulary.tokens.prefix(6) == ["<pad>", "<unk>", "<s>", "</s>", "<sep>", "ＡＢ!"])
        #expect(codec.vocabulary.count == tokenizer.pieces.count - 1)
        #expect(codec.decode(codec.encode("The cat sees the red boat.", start: true, end: true)) == "The cat sees the red boat.")
        // An unknown token reads as the model says, or as is asked.
        #expect(codec.decode(codec.encode("The 👍")) == "The  \u{2047} ")
        #expect(codec.decode(codec.encode("The 👍"), unknown: "?") == "The ?")
        #expect(codec.fits("ﷺ", tokens: codec.encode("ﷺ").count) && !codec.fits("ﷺ", tokens: 2))
    }

    /// Bytes add nothing until their scalar is whole, and blanks stand where the whole text has them.
    @Test(arguments: golden.models) func tokenByTokenGivesTheWholeText(_ model: Model) throws {
        let tokenizer = try Self.tokenizer(model.model)
        let replaces = tokenizer.model.denormalizer != nil
        for text in Self.golden.texts where !replaces {
            let tokens = tokenizer.tokens(in: text)
            var shown = ""
            for (place, token) in tokens.enumerated() { shown += tokenizer.text(of: token, after: Array(tokens[..<place].suffix(4))) }
            let whole = tokenizer.text(from: tokens)
            if !shown.hasSameBytes(as: whole) { Issue.record("\(scalars(whole)) is shown as \(scalars(shown))") }
        }
    }

    @Test func bytesAreShownWithTheLastOfTheirScalar() throws {
        let tokenizer = try Self.tokenizer("unigram-bytes")
        let tokens = ["<0xF0>", "<0x9F>", "<0x91>", "<0x8D>", "<0xE2>", "▁a", "<0x80>"]
        let shown = tokens.indices.map { tokenizer.text(of: tokens[$0], after: Array(tokens[..<$0].suffix(4))) }
        #expect(shown == ["", "", "", "👍", "", "\u{FFFD} a", "\u{FFFD}"])
    }
}
