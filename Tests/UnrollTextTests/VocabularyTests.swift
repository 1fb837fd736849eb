import Foundation
import Testing

@testable import UnrollText

@Suite struct VocabularyTests {
    static func counter(_ tokens: String...) -> TokenCounter {
        var counter = TokenCounter()
        counter.add(tokens)
        return counter
    }

    @Test func frequentTokensComeFirstAndTiesGoByBytes() {
        // In the order of bytes "Z" comes before "a", "é" of two scalars before "f" and "é" of one scalar after it.
        let vocabulary = Vocabulary(Self.counter("b", "\u{e9}", "f", "z", "a", "e\u{301}", "Z", "b", "z", "b"))
        let expected = ["<pad>", "<unk>", "<s>", "</s>", "b", "z", "Z", "a", "e\u{301}", "f", "\u{e9}"]
        #expect(vocabulary.tokens.map(scalars) == expected.map(scalars))
        #expect(vocabulary.ids(for: ["\u{e9}", "b", "nope"]) == [10, 4, 1])
        #expect(vocabulary.tokens(for: [3, 10, 4]) == ["</s>", "\u{e9}", "b"])
        #expect(vocabulary.count == 11)
    }

    @Test func rareTokensAndThoseBeyondTheSizeAreLeftOut() {
        let counter = Self.counter("a", "a", "a", "b", "b", "c", "c", "d")
        #expect(Vocabulary(counter, minimumFrequency: 2).tokens.dropFirst(4) == ["a", "b", "c"])
        #expect(Vocabulary(counter, maximumSize: 6).tokens.dropFirst(4) == ["a", "b"])
        #expect(Vocabulary(counter, minimumFrequency: 3, maximumSize: 6).tokens.dropFirst(4) == ["a"])
        #expect(Vocabulary(counter, maximumSize: 2).tokens == Vocabulary.specialTokens)
        #expect(Vocabulary(TokenCounter()).count == 4)
        #expect(counter.count(of: "b") == 2)
        #expect(counter.count(of: "x") == 0)
        #expect(counter.distinctCount == 4)
    }

    @Test func whatLooksSpecialInATextIsNot() throws {
        let without = Vocabulary(Self.counter("a"))
        #expect(without.ids(for: Vocabulary.specialTokens) == [1, 1, 1, 1])
        let with = Vocabulary(Self.counter("a", "<pad>", "</s>", "</s>"))
        #expect(with.ids(for: ["</s>", "<pad>", "<s>"]) == [4, 5, 1])
        #expect(with.token(for: 5) == "<pad>")
        #expect(try JSONDecoder().decode(Vocabulary.self, from: JSONEncoder().encode(with)) == with)
    }

    @Test func canonicalEquivalentsAreDifferentTokens() throws {
        let vocabulary = try Vocabulary(ordinaryTokens: ["\u{e9}", "e\u{301}", "\u{c5}", "\u{212b}"])
        #expect(vocabulary.ids(for: ["\u{212b}", "e\u{301}", "\u{e9}", "\u{c5}"]) == [7, 5, 4, 6])
        #expect(scalars(vocabulary.token(for: 7)) == [0x212b])
    }

    @Test func itIsAPlainArrayInJSON() throws {
        let vocabulary = try Vocabulary(ordinaryTokens: ["a", "\u{0}", "\u{301}"])
        let data = try JSONEncoder().encode(vocabulary)
        #expect(try JSONDecoder().decode([String].self, from: data).map(scalars) == vocabulary.tokens.map(scalars))
        #expect(try JSONDecoder().decode(Vocabulary.self, from: data) == vocabulary)
    }

    @Test(arguments: [#"[]"#, #"["a","b","c","d"]"#, #"["<pad>","<unk>","<s>"]"#, #"["<pad>","<unk>","<s>","</s>","a","b","a"]"#])
    func brokenVocabulariesAreNamed(_ json: String) {
        let error = #expect(throws: TextError.self) { try JSONDecoder().decode(Vocabulary.self, from: Data(json.utf8)) }
        #expect(error?.kind == .malformedVocabulary)
    }

    @Test func twiceTheSameTokenNamesBothNumbers() {
        let error = #expect(throws: TextError.self) { try Vocabulary(ordinaryTokens: ["a", "b", "a"]) }
        #expect(error?.message == "the token \"a\" has the numbers 4 and 6; each token may occur once")
    }
}

@Suite struct TextCodecTests {
    @Test func startAndEndAreAddedOnRequestAndDroppedInText() {
        let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a cat.", "a dog."])
        let ids = codec.vocabulary.ids(for: ["a", "cat", "￭."])
        #expect(codec.encode("a cat.") == ids)
        #expect(codec.encode("a cat.", start: true, end: true) == [2] + ids + [3])
        #expect(codec.encode("", end: true) == [3])
        #expect(codec.decode([2] + ids + [3, 0, 0] + ids) == "a cat.")
        #expect(codec.decode([0, 0] + ids) == "a cat.")
        #expect(codec.decode([]) == "")
    }

    @Test func unknownTokensReadAsAsked() {
        let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a cat.", "a dog."], minimumFrequency: 2)
        #expect(codec.encode("a cat.").filter { $0 == Vocabulary.unknown }.count == 1)
        #expect(codec.decode(codec.encode("a cat.")) == "a <unk>.")
        #expect(codec.decode(codec.encode("a cat."), unknown: "⁇") == "a ⁇.")
    }

    @Test func everyPieceOfABytePairTokenizerHasANumber() {
        let texts = ["the mann", "the man", "the manner of the mantle"]
        let codec = TextCodec(tokenizer: .bytePair(.learn(from: texts, merges: 50)), learningFrom: texts)
        for text in texts + ["eht nam", "manthe"] {
            #expect(!codec.encode(text).contains(Vocabulary.unknown))
            #expect(codec.decode(codec.encode(text)) == text)
        }
        #expect(codec.decode(codec.encode("the x")) == "the <unk>")
    }

    @Test func theLimitOfSizeHolds() {
        let codec = TextCodec(tokenizer: .character(CharacterTokenizer()), learningFrom: ["aaabbc"], maximumSize: 6)
        #expect(codec.vocabulary.tokens.dropFirst(4) == ["a", "b"])
    }

    @Test(arguments: ReversibilityTests.tokenizers) func aCodecSurvivesJSON(_ tokenizer: StoredTokenizer) throws {
        let codec = TextCodec(tokenizer: tokenizer, learningFrom: RandomText.strings(count: 200, seed: 8))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(codec)
        let back = try JSONDecoder().decode(TextCodec.self, from: data)
        #expect(back == codec)
        #expect(back.tokenizer.typeName == tokenizer.typeName)
        #expect(try encoder.encode(back) == data)
        for text in RandomText.strings(count: 100, seed: 9) { #expect(back.encode(text) == codec.encode(text)) }
    }

    @Test func storedTokenizersAreTagged() throws {
        #expect(String(decoding: try JSONEncoder().encode(StoredTokenizer.word(WordTokenizer())), as: UTF8.self) == #"{"type":"word"}"#)
        let json = #"{"tokenizer":{"type":"wort"},"vocabulary":["<pad>","<unk>","<s>","</s>"]}"#
        let error = #expect(throws: TextError.self) { try JSONDecoder().decode(TextCodec.self, from: Data(json.utf8)) }
        #expect(error?.kind == .unknownTokenizer)
        #expect(error?.message.hasPrefix("tokenizer.type: there is no tokenizer \"wort\"") == true)
    }
}
