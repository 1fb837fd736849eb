import Foundation

/// A tokenizer and the vocabulary of its tokens: text to numbers and back.
public struct TextCodec: Sendable, Codable, Equatable {
    /// What splits text.
    public let tokenizer: StoredTokenizer
    /// What numbers the tokens.
    public let vocabulary: Vocabulary
    /// Whether the numbers of every text that has any close with `</s>`, as the sources of Marian's models do.
    public let closesTexts: Bool
    /// Whether `>>fra<<` or its like at the beginning of a text is one token: it tells a model of several languages which of them to write.
    public let readsLanguageCodes: Bool

    /// A codec from its parts.
    public init(tokenizer: StoredTokenizer, vocabulary: Vocabulary, closesTexts: Bool = false, readsLanguageCodes: Bool = false) {
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.closesTexts = closesTexts
        self.readsLanguageCodes = readsLanguageCodes
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
        var ids = vocabulary.ids(for: openTokens(in: text))
        let closes = end || closesTexts && !ids.isEmpty
        if start { ids.insert(Vocabulary.start, at: 0) }
        if closes { ids.append(Vocabulary.end) }
        return ids
    }

    /// The tokens of `text`, one for each of its numbers, as the text spells them.
    public func tokens(in text: String) -> [String] {
        let tokens = openTokens(in: text)
        return closesTexts && !tokens.isEmpty ? tokens + [vocabulary.token(for: Vocabulary.end)] : tokens
    }

    /// The codes of languages that the vocabulary has.
    public var languageCodes: [String] { vocabulary.tokens.filter(Self.isLanguageCode) }

    /// Whether a token is the code of a language.
    package static func isLanguageCode(_ token: String) -> Bool { token.hasPrefix(">>") && token.hasSuffix("<<") && token.count > 4 }

    private func openTokens(in text: String) -> [String] {
        guard readsLanguageCodes, text.hasPrefix(">>"), let end = text.range(of: "<<")?.upperBound else {
            return tokenizer.tokens(in: text)
        }
        return [String(text[..<end])] + tokenizer.tokens(in: String(text[end...]))
    }

    /// Whether a text has at most so many tokens.
    public func fits(_ text: String, tokens: Int) -> Bool {
        // Most texts need not be divided to know: no tokenizer makes more tokens than there are scalars and one for the start of a word, but for
        // SentencePiece's, whose tables can put many scalars in place of one.
        if case .sentencePiece = tokenizer { return encode(text).count <= tokens }
        return text.unicodeScalars.count + (closesTexts ? 1 : 0) < tokens || encode(text).count <= tokens
    }

    /// The text of numbers up to the first end, if there is one. Padding and start give nothing; an unknown token reads `unknown`.
    ///
    /// A number that the vocabulary does not have is a mistake in the program, and traps.
    public func decode(_ ids: some Sequence<Int32>, unknown: String = "<unk>") -> String {
        var tokens: [String] = []
        for id in ids {
            switch id {
            case Vocabulary.end: return text(from: tokens)
            case Vocabulary.padding, Vocabulary.start: continue
            case Vocabulary.unknown: tokens.append(unknown)
            default: tokens.append(vocabulary.token(for: id))
            }
        }
        return text(from: tokens)
    }

    /// The text of tokens, whatever model they come from.
    package func text(from tokens: [String]) -> String {
        if case .sentencePiece(let tokenizer) = tokenizer { return tokenizer.text(fromAny: tokens) }
        return tokenizer.text(from: tokens)
    }
}

extension TextCodec {
    private enum Key: String, CodingKey {
        case tokenizer, vocabulary, closesTexts, readsLanguageCodes
    }

    /// Writes the parts; of the truth values those that hold.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tokenizer, forKey: .tokenizer)
        try container.encode(vocabulary, forKey: .vocabulary)
        if closesTexts { try container.encode(closesTexts, forKey: .closesTexts) }
        if readsLanguageCodes { try container.encode(readsLanguageCodes, forKey: .readsLanguageCodes) }
    }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: what tokenizer and vocabulary throw, and the decoder's own errors.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            tokenizer: try container.decode(StoredTokenizer.self, forKey: .tokenizer),
            vocabulary: try container.decode(Vocabulary.self, forKey: .vocabulary),
            closesTexts: try container.decodeIfPresent(Bool.self, forKey: .closesTexts) ?? false,
            readsLanguageCodes: try container.decodeIfPresent(Bool.self, forKey: .readsLanguageCodes) ?? false)
    }
}
