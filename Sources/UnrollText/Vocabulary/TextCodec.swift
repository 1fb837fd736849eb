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
    /// unknown. Its size is set when its merges are learnt, and `texts` and both limits are then not looked at. So does a SentencePiece model.
    ///
    /// - Parameters:
    ///   - tokenizer: What splits text.
    ///   - texts: The training text, in the language or languages of this vocabulary.
    ///   - minimumFrequency: Tokens seen less often become unknown.
    ///   - maximumSize: How many tokens there are at most, the four special ones among them; nil for no limit.
    public init(tokenizer: StoredTokenizer, learningFrom texts: some Sequence<String>, minimumFrequency: Int = 1, maximumSize: Int? = nil) {
        switch tokenizer {
        case .bytePair(let bytePair): self.init(bytePair)
        case .sentencePiece(let sentencePiece): self.init(sentencePiece)
        case .word, .character, .whitespace:
            var counter = TokenCounter()
            for text in texts { counter.add(tokenizer.tokens(in: text)) }
            self.init(tokenizer: tokenizer, vocabulary: Vocabulary(counter, minimumFrequency: minimumFrequency, maximumSize: maximumSize))
        }
    }

    /// The codec of a byte-pair tokenizer and all of its pieces.
    public init(_ tokenizer: BytePairTokenizer) {
        self.init(tokenizer: .bytePair(tokenizer), pieces: tokenizer.pieces)
    }

    /// The codec of a SentencePiece model and all pieces that a text can become, in the model's order.
    ///
    /// The model's own special pieces (`<unk>`, `<s>`, `</s>`, `<pad>` and other control symbols) are left out: the vocabulary has its own.
    public init(_ tokenizer: SentencePieceTokenizer) {
        self.init(tokenizer: .sentencePiece(tokenizer), pieces: tokenizer.ordinaryPieces)
    }

    private init(tokenizer: StoredTokenizer, pieces: [String]) {
        do {
            self.init(tokenizer: tokenizer, vocabulary: try Vocabulary(ordinaryTokens: pieces))
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

    /// Whether a text has at most so many tokens.
    public func fits(_ text: String, tokens: Int) -> Bool {
        // Most texts need not be divided to know: no tokenizer makes more tokens than there are scalars and one for the start of a word, but for
        // SentencePiece's, whose tables can put many scalars in place of one.
        if case .sentencePiece = tokenizer { return encode(text).count <= tokens }
        return text.unicodeScalars.count < tokens || encode(text).count <= tokens
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
