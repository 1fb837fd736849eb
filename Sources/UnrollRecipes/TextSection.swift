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
        /// The subwords of a SentencePiece model (Kudo & Richardson 2018).
        case sentencePiece = "sentencepiece"
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
    /// The file of the SentencePiece model.
    public var model: String?

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
        model = try values.decodeIfPresent(String.self, forKey: .model)
        if tokenizer == .sentencePiece, model == nil {
            throw values.invalid(.tokenizer, "must have 'model' beside it to be 'sentencepiece': the path of a SentencePiece model")
        }
        if tokenizer != .sentencePiece, model != nil {
            throw values.invalid(.model, "must stand beside 'tokenizer: sentencepiece', since it is the path of a SentencePiece model")
        }
    }
}

/// How the text of both sides of a translation becomes tokens.
public struct PairTextSection: Codable, Sendable, Equatable {
    /// What holds for each side.
    public var tokens = TextSection()
    /// Whether both sides have one vocabulary.
    public var shared = false
    /// The file of the target's SentencePiece model, where it is another than the source's.
    public var targetModel: String?

    /// Words, two vocabularies.
    public init() {}

    private enum CodingKeys: CodingKey {
        case shared, targetModel
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        tokens = try TextSection(from: decoder)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        shared = try values.value(.shared, default: shared)
        targetModel = try values.decodeIfPresent(String.self, forKey: .targetModel)
        if targetModel != nil, tokens.tokenizer != .sentencePiece || shared {
            throw values.invalid(
                .targetModel, "must stand beside 'tokenizer: sentencepiece' and 'shared: false', since it is the target's own model")
        }
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try tokens.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(shared, forKey: .shared)
        try values.encodeIfPresent(targetModel, forKey: .targetModel)
    }
}

extension TextSection {
    /// The tokeniser and the vocabulary that some texts give, which are not read where a file has both.
    ///
    /// - Throws: `TextError` for a file that is no SentencePiece model.
    func codec(learningFrom texts: @autoclosure () throws -> [String]) throws -> TextCodec {
        let split: StoredTokenizer
        switch tokenizer {
        case .bytePair:
            return TextCodec(BytePairTokenizer.learn(from: try texts(), merges: merges, minimumCharacterFrequency: minimumFrequency))
        case .sentencePiece:
            return TextCodec(try SentencePieceTokenizer(contentsOf: (model ?? "").asDataPath))
        case .word: split = .word(WordTokenizer())
        case .character: split = .character(CharacterTokenizer())
        case .whitespace: split = .whitespace(WhitespaceTokenizer())
        }
        return TextCodec(tokenizer: split, learningFrom: try texts(), minimumFrequency: minimumFrequency, maximumSize: maximumSize)
    }
}
