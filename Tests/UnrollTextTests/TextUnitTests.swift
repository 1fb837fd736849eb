import Testing

@testable import UnrollText

@Suite("What a language model reads") struct TextUnitTests {
    @Test func whitespaceParts() {
        let tokenizer = WhitespaceTokenizer()
        #expect(tokenizer.tokens(in: " no it  was n't\tblack \n") == ["no", "it", "was", "n't", "black"])
        #expect(tokenizer.tokens(in: " \u{A0} ").isEmpty)
        #expect(tokenizer.text(from: ["<unk>", "N", "years"]) == "<unk> N years")
    }

    @Test func linesEndAndTextsGoOn() {
        #expect(TextUnit.line.pieces(of: ["a b", "", " \t", "c"]) == ["a b", "c"])
        #expect(TextUnit.text.pieces(of: ["a b", "", "c"]) == ["a b\n\nc\n"])
        #expect(TextUnit.text.pieces(of: []).isEmpty)
        let words = TextCodec(tokenizer: .whitespace(WhitespaceTokenizer()), learningFrom: ["a b", "c a"])
        #expect(words.vocabulary.tokens == Vocabulary.specialTokens + ["a", "b", "c"])
        #expect(words.encode(pieces: ["a b", "c x"], unit: .line) == [4, 5, 3, 6, 1, 3])
        let characters = TextCodec(tokenizer: .character(CharacterTokenizer()), learningFrom: ["ab\n"])
        #expect(characters.vocabulary.tokens(for: characters.encode(pieces: ["ab\n"], unit: .text)) == ["a", "b", "\n"])
    }

    @Test func partsAreCutBetweenLinesOrCharacters() {
        let lines = ["a", "b", "c", "d", "e"]
        #expect(TextUnit.line.parted(lines, share: 0.3) == (["a", "b", "c"], ["d", "e"]))
        let text = TextUnit.text.parted(["abcdefg\nhi\n"], share: 0.1)
        #expect(text == (["abcdefg\nh"], ["i\n"]))
    }

    @Test(arguments: [
        StoredTokenizer.word(WordTokenizer()), .character(CharacterTokenizer()),
        .bytePair(BytePairTokenizer.learn(from: ["the cat sat", "the mat"], merges: 8)),
    ])
    func tokenByTokenGivesTheWholeText(_ tokenizer: StoredTokenizer) {
        for text in ["He said: \"No, (1,000 times) no!\"", "the cat sat on the mat", "a", "", "don't - stop ."] {
            let tokens = tokenizer.tokens(in: text)
            var shown = ""
            for (place, token) in tokens.enumerated() { shown += tokenizer.text(of: token, after: Array(tokens[..<place].suffix(4))) }
            #expect(shown == text)
        }
        #expect(WhitespaceTokenizer().text(of: "b", after: ["a"]) == " b")
    }
}
