import UnrollModels
import UnrollText

/// How text becomes tokens.
public struct TextSection: Codable, Sendable, Equatable {
    /// The tokenizers.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Words, punctuation apart.
        case word
        /// Unicode scalars.
        case character
        /// What stands between white space, for text that is split into tokens already.
        case whitespace
        /// Subwords learnt from the training text by byte-pair encoding (Sennrich 2016).
        case bytePair = "byte_pair"
    }

    /// The tokenizer.
    public var tokenizer = Kind.word
    /// Pairs that byte-pair encoding joins.
    public var merges = 8_000
    /// Tokens (with byte-pair encoding: characters) seen less often in training become `<unk>`.
    public var minimumFrequency = 1
    /// The most tokens of a vocabulary.
    public var maximumSize: Int?
    /// The sentences or lines at the beginning of the training data that the vocabulary is learnt from.
    public var sample = 1_000_000

    /// Words.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        tokenizer = try values.value(.tokenizer, default: tokenizer)
        merges = try values.count(.merges, default: merges, minimum: 0)
        minimumFrequency = try values.count(.minimumFrequency, default: minimumFrequency)
        if values.contains(.maximumSize) { maximumSize = try values.count(.maximumSize, default: 5, minimum: 5) }
        sample = try values.count(.sample, default: sample)
    }
}

/// How the text of both sides of a translation becomes tokens.
public struct PairTextSection: Codable, Sendable, Equatable {
    /// What holds for each side.
    public var tokens = TextSection()
    /// Whether both sides have one vocabulary.
    public var shared = false

    /// Words, two vocabularies.
    public init() {}

    private enum CodingKeys: CodingKey {
        case shared
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        tokens = try TextSection(from: decoder)
        shared = try decoder.container(keyedBy: CodingKeys.self).value(.shared, default: shared)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try tokens.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(shared, forKey: .shared)
    }
}

extension TextSection {
    /// The tokeniser and the vocabulary that some texts give.
    func codec(learningFrom texts: [String]) -> TextCodec {
        let split: StoredTokenizer
        switch tokenizer {
        case .bytePair:
            return TextCodec(BytePairTokenizer.learn(from: texts, merges: merges, minimumCharacterFrequency: minimumFrequency))
        case .word: split = .word(WordTokenizer())
        case .character: split = .character(CharacterTokenizer())
        case .whitespace: split = .whitespace(WhitespaceTokenizer())
        }
        return TextCodec(tokenizer: split, learningFrom: texts, minimumFrequency: minimumFrequency, maximumSize: maximumSize)
    }
}
