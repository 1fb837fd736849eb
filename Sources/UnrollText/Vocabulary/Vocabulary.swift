/// The numbers of the tokens.
///
/// Four special tokens come first: `<pad>` 0, `<unk>` 1, `<s>` 2, `</s>` 3. They have numbers only, and are reached by these alone: a token that a
/// text spells `<pad>` is an ordinary token, unknown or with a number of its own from 4 up. Tokens are told apart by their bytes.
public struct Vocabulary: Sendable {
    /// The number of the padding.
    public static let padding: Int32 = 0
    /// The number of every token that the vocabulary lacks.
    public static let unknown: Int32 = 1
    /// The number of the start of a sequence.
    public static let start: Int32 = 2
    /// The number of the end of a sequence.
    public static let end: Int32 = 3
    /// The special tokens in the order of their numbers.
    public static let specialTokens = ["<pad>", "<unk>", "<s>", "</s>"]

    /// All tokens in the order of their numbers, the special ones first.
    public let tokens: [String]
    private let ordinary: ByteStringTable

    /// How many tokens there are, the special ones among them.
    public var count: Int { tokens.count }

    /// The vocabulary of the special tokens and then `ordinaryTokens` in this order.
    ///
    /// - Throws: `TextError` where a token occurs twice.
    public init(ordinaryTokens: some Sequence<String>) throws {
        var ordinary = ByteStringTable()
        var tokens = Self.specialTokens
        for token in ordinaryTokens {
            let index = token.withBytes { ordinary.insert($0) }
            guard index == tokens.count - Self.specialTokens.count else {
                throw TextError(
                    .malformedVocabulary,
                    "the token \"\(token)\" has the numbers \(index + Self.specialTokens.count) and \(tokens.count); each token may occur once"
                )
            }
            tokens.append(token)
        }
        self.tokens = tokens
        self.ordinary = ordinary
    }

    /// The vocabulary of what was counted: the most frequent tokens first, equally frequent ones in the order of their bytes.
    ///
    /// - Parameters:
    ///   - counter: The counted tokens.
    ///   - minimumFrequency: Tokens seen less often are left out.
    ///   - maximumSize: How many tokens there are at most, the four special ones among them; nil for no limit.
    public init(_ counter: TokenCounter, minimumFrequency: Int = 1, maximumSize: Int? = nil) {
        let ranked = counter.ranked(minimumFrequency: minimumFrequency)
        let room = maximumSize.map { max(0, $0 - Self.specialTokens.count) } ?? ranked.count
        var ordinary = ByteStringTable(minimumCapacity: min(room, ranked.count))
        let kept = ranked.prefix(room).map(\.token)
        for token in kept { _ = token.withBytes { ordinary.insert($0) } }
        self.tokens = Self.specialTokens + kept
        self.ordinary = ordinary
    }

    /// The number of a token of a text; `unknown` where the vocabulary lacks it. Never a special number otherwise.
    public func id(of token: String) -> Int32 {
        token.withBytes { ordinary.index(of: $0) }.map { Int32($0 + Self.specialTokens.count) } ?? Self.unknown
    }

    /// The numbers of tokens of a text.
    public func ids(for tokens: some Sequence<String>) -> [Int32] {
        tokens.map(id(of:))
    }

    /// The token of a number. A number that the vocabulary does not have is a mistake in the program, and traps.
    public func token(for id: Int32) -> String {
        precondition(id >= 0 && Int(id) < tokens.count, "there is no token \(id) in a vocabulary of \(tokens.count)")
        return tokens[Int(id)]
    }

    /// The tokens of numbers, special ones included. A number that the vocabulary does not have traps.
    public func tokens(for ids: some Sequence<Int32>) -> [String] {
        ids.map(token(for:))
    }
}

extension Vocabulary: Equatable {
    /// Whether both give the same tokens the same numbers.
    public static func == (first: Self, second: Self) -> Bool {
        first.tokens.elementsEqual(second.tokens) { $0.hasSameBytes(as: $1) }
    }
}

extension Vocabulary: Codable {
    /// Writes all tokens as a plain array of strings, the special ones first.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(tokens)
    }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `TextError` where the special tokens are not first or a token occurs twice, and the decoder's own errors.
    public init(from decoder: any Decoder) throws {
        let tokens = try decoder.singleValueContainer().decode([String].self)
        guard tokens.prefix(Self.specialTokens.count).elementsEqual(Self.specialTokens) else {
            throw TextError(
                .malformedVocabulary,
                "\(location(decoder.codingPath)): a vocabulary must start with \(Self.specialTokens.joined(separator: ", ")), "
                    + "this one starts with \(tokens.prefix(Self.specialTokens.count).joined(separator: ", "))")
        }
        do {
            try self.init(ordinaryTokens: tokens.dropFirst(Self.specialTokens.count))
        } catch let error as TextError {
            throw TextError(error.kind, "\(location(decoder.codingPath)): \(error.message)")
        }
    }
}
