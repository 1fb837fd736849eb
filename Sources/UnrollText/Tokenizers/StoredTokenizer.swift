/// A tokenizer that a model file holds: one of the library's own, stored under its type's name.
///
/// As JSON it is `{"type":"word"}`, `{"type":"character"}`, `{"type":"whitespace"}`, `{"alphabet":"…","merges":["a b",…],"type":"bytePair"}` or
/// `{"model":"…","type":"sentencePiece"}`. Write it with sorted keys, so that the same tokenizer gives the same bytes.
public enum StoredTokenizer: Tokenizer, Codable, Equatable {
    /// Words, numbers and symbols.
    case word(WordTokenizer)
    /// Unicode scalars.
    case character(CharacterTokenizer)
    /// What stands between white space.
    case whitespace(WhitespaceTokenizer)
    /// Learnt subwords.
    case bytePair(BytePairTokenizer)
    /// The subwords of a SentencePiece model.
    case sentencePiece(SentencePieceTokenizer)

    /// The name of the type, as it is stored: `word`, `character`, `whitespace`, `bytePair` or `sentencePiece`.
    public var typeName: String {
        switch self {
        case .word: "word"
        case .character: "character"
        case .whitespace: "whitespace"
        case .bytePair: "bytePair"
        case .sentencePiece: "sentencePiece"
        }
    }

    /// The tokenizer itself.
    public var tokenizer: any Tokenizer {
        switch self {
        case .word(let tokenizer): tokenizer
        case .character(let tokenizer): tokenizer
        case .whitespace(let tokenizer): tokenizer
        case .bytePair(let tokenizer): tokenizer
        case .sentencePiece(let tokenizer): tokenizer
        }
    }

    /// The tokens of `text`, in order.
    public func tokens(in text: String) -> [String] { tokenizer.tokens(in: text) }

    /// The text that `tokens` spell.
    public func text(from tokens: [String]) -> String { tokenizer.text(from: tokens) }

    /// What a token adds to a text that ends with other tokens.
    public func text(of token: String, after previous: [String]) -> String { tokenizer.text(of: token, after: previous) }

    private enum Key: String, CodingKey {
        case type
    }

    /// Writes the type's name and what the tokenizer itself writes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(typeName, forKey: .type)
        switch self {
        case .word, .character, .whitespace: break
        case .bytePair(let tokenizer): try tokenizer.encode(to: encoder)
        case .sentencePiece(let tokenizer): try tokenizer.encode(to: encoder)
        }
    }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `TextError` for a type that is not known, and what the tokenizer itself throws.
    public init(from decoder: any Decoder) throws {
        let type = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .type)
        switch type {
        case "word": self = .word(WordTokenizer())
        case "character": self = .character(CharacterTokenizer())
        case "whitespace": self = .whitespace(WhitespaceTokenizer())
        case "bytePair": self = .bytePair(try BytePairTokenizer(from: decoder))
        case "sentencePiece": self = .sentencePiece(try SentencePieceTokenizer(from: decoder))
        default:
            throw TextError(
                .unknownTokenizer,
                "\(location(decoder.codingPath + [Key.type])): there is no tokenizer \"\(type)\"; known are word, character, whitespace, bytePair "
                    + "and sentencePiece (a newer version of the library may have written this file)")
        }
    }
}
