/// A tokenizer and the vocabulary of its tokens: text to numbers and back.
public struct TextCodec: Sendable, Codable, Equatable {
    /// What splits text.
    public let tokenizer: StoredTokenizer
    /// What numbers the tokens.
    public let vocabulary: Vocabulary

    /// A codec from its parts.
    public init(tokenizer: StoredTokenizer, vocabulary: Vocabulary) {
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
    }

    /// A codec whose vocabulary is learnt from `texts`.
    ///
    /// A byte-pair tokenizer brings its own vocabulary, all of its pieces: one left out would make every word through which it is joined
    /// unknown. Its size is set when its merges are learnt, and `texts` and both limits are then not looked at.
    ///
    /// - Parameters:
    ///   - tokenizer: What splits text.
    ///   - texts: The training text, in the language or languages of this vocabulary.
    ///   - minimumFrequency: Tokens seen less often become unknown.
    ///   - maximumSize: How many tokens there are at most, the four special ones among them; nil for no limit.
    public init(tokenizer: StoredTokenizer, learningFrom texts: some Sequence<String>, minimumFrequency: Int = 1, maximumSize: Int? = nil) {
        if case .bytePair(let bytePair) = tokenizer {
            self.init(bytePair)
            return
        }
        var counter = TokenCounter()
        for text in texts { counter.add(tokenizer.tokens(in: text)) }
        self.init(tokenizer: tokenizer, vocabulary: Vocabulary(counter, minimumFrequency: minimumFrequency, maximumSize: maximumSize))
    }

    /// The codec of a byte-pair tokenizer and all of its pieces.
    public init(_ tokenizer: BytePairTokenizer) {
        do {
            self.init(tokenizer: .bytePair(tokenizer), vocabulary: try Vocabulary(ordinaryTokens: tokenizer.pieces))
        } catch {
            preconditionFailure("the pieces of a tokenizer are distinct: \(error)")
        }
    }

    /// The numbers of the tokens of `text`, without start and end unless they are asked for.
    public func encode(_ text: String, start: Bool = false, end: Bool = false) -> [Int32] {
        var ids = vocabulary.ids(for: tokenizer.tokens(in: text))
        if start { ids.insert(Vocabulary.start, at: 0) }
        if end { ids.append(Vocabulary.end) }
        return ids
    }

    /// The text of numbers up to the first end, if there is one. Padding and start give nothing; an unknown token reads `unknown`.
    ///
    /// A number that the vocabulary does not have is a mistake in the program, and traps.
    public func decode(_ ids: some Sequence<Int32>, unknown: String = "<unk>") -> String {
        var tokens: [String] = []
        for id in ids {
            switch id {
            case Vocabulary.end: return tokenizer.text(from: tokens)
            case Vocabulary.padding, Vocabulary.start: continue
            case Vocabulary.unknown: tokens.append(unknown)
            default: tokens.append(vocabulary.token(for: id))
            }
        }
        return tokenizer.text(from: tokens)
    }
}
