import Testing

@testable import UnrollText

@Suite struct ReversibilityTests {
    static let tokenizers: [StoredTokenizer] = [
        .word(WordTokenizer()), .character(CharacterTokenizer()),
        .bytePair(BytePairTokenizer.learn(from: RandomText.strings(count: 300, seed: 1), merges: 400)),
        .bytePair(BytePairTokenizer.learn(from: ["the cat", "the mat"], merges: 5)),
        .bytePair(BytePairTokenizer.learn(from: [], merges: 5)),
    ]

    @Test(arguments: tokenizers) func troublesomePiecesAlone(_ tokenizer: StoredTokenizer) {
        for text in RandomText.troublesome + [""] {
            #expect(scalars(tokenizer.text(from: tokenizer.tokens(in: text))) == scalars(text))
        }
    }

    @Test(arguments: tokenizers) func troublesomePairs(_ tokenizer: StoredTokenizer) {
        for first in RandomText.troublesome {
            for second in RandomText.troublesome {
                let text = first + second
                let back = tokenizer.text(from: tokenizer.tokens(in: text))
                if scalars(back) != scalars(text) { Issue.record("\(scalars(text)) became \(scalars(back))") }
            }
        }
    }

    @Test(arguments: tokenizers) func randomStrings(_ tokenizer: StoredTokenizer) {
        for text in RandomText.strings(count: 4000, seed: 2) {
            let back = tokenizer.text(from: tokenizer.tokens(in: text))
            if scalars(back) != scalars(text) { Issue.record("\(scalars(text)) became \(scalars(back))") }
        }
    }

    @Test(arguments: tokenizers) func noTokenIsEmptyAndEmptyTextHasNone(_ tokenizer: StoredTokenizer) {
        #expect(tokenizer.tokens(in: "").isEmpty)
        #expect(tokenizer.text(from: []).isEmpty)
        for text in RandomText.strings(count: 1000, seed: 3) {
            #expect(!tokenizer.tokens(in: text).contains(""))
        }
    }

    @Test(arguments: tokenizers) func noTokenLooksSpecial(_ tokenizer: StoredTokenizer) {
        for special in Vocabulary.specialTokens {
            #expect(!tokenizer.tokens(in: special + " a" + special).contains(special))
        }
    }

    /// The tokens must be told apart by the vocabulary, or the text would not come back from numbers.
    @Test(arguments: tokenizers) func numbersGiveTheTextBack(_ tokenizer: StoredTokenizer) {
        let texts = RandomText.strings(count: 1000, seed: 4)
        var counter = TokenCounter()
        for text in texts { counter.add(tokenizer.tokens(in: text)) }
        let codec = TextCodec(tokenizer: tokenizer, vocabulary: Vocabulary(counter))
        for text in texts {
            let ids = codec.encode(text, start: true, end: true)
            #expect(ids.dropFirst().dropLast().allSatisfy { $0 > 3 })
            if scalars(codec.decode(ids)) != scalars(text) { Issue.record("\(scalars(text)) became \(scalars(codec.decode(ids)))") }
        }
    }

    @Test(arguments: tokenizers) func aHundredThousandCharacters(_ tokenizer: StoredTokenizer) {
        for unit in ["a", "the", " ", "e\u{301}", "1", "."] {
            let text = String(repeating: unit, count: 100_000 / unit.unicodeScalars.count)
            #expect(tokenizer.text(from: tokenizer.tokens(in: text)).utf8.elementsEqual(text.utf8))
        }
    }
}

extension StoredTokenizer: CustomTestStringConvertible {
    /// The type and the number of merges: printing all of them would bury the report.
    public var testDescription: String {
        if case .bytePair(let tokenizer) = self { "\(typeName) with \(tokenizer.merges.count) merges" } else { typeName }
    }
}
