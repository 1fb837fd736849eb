/// What the file of a SentencePiece model says (Kudo and Richardson 2018, "SentencePiece: A simple and language independent subword tokenizer and
/// detokenizer for Neural Text Processing").
struct SentencePieceModel: Sendable {
    /// How text is divided into pieces.
    enum Algorithm: UInt64, Sendable {
        /// The division whose pieces have the highest sum of scores (Kudo 2018).
        case unigram = 1
        /// Neighbours are joined, those first that make the piece with the highest score (Sennrich 2016).
        case bytePairs = 2
        /// What stands between blanks.
        case words = 3
        /// Unicode scalars.
        case characters = 4
    }

    /// All pieces, in the order of their numbers.
    var pieces: [SentencePiece] = []
    /// How text is divided.
    var algorithm = Algorithm.unigram
    /// Whether what is in no piece becomes its bytes.
    var fallsBackToBytes = false
    /// What the unknown piece reads in a text.
    var unknownSurface = " \u{2047} "
    /// What is done to text before it is divided.
    var normalizer = SentencePieceNormalizer()
    /// What is done to text that was put together; nil for nothing.
    var denormalizer: SentencePieceNormalizer?
}

/// A piece of a SentencePiece model.
public struct SentencePiece: Sendable, Equatable {
    /// What a piece is for.
    public enum Kind: UInt64, Sendable {
        /// A part of text.
        case normal = 1
        /// What stands for all that no piece spells.
        case unknown = 2
        /// A sign that no text holds, such as `</s>`.
        case control = 3
        /// A part of text that is always one piece.
        case userDefined = 4
        /// A piece that is never used.
        case unused = 5
        /// A byte of a scalar that no other piece spells, written `<0xE2>`.
        case byte = 6
    }

    /// What it spells, with `▁` for a blank.
    public var text = ""
    /// log p of it, or, in byte-pair models, minus its rank.
    public var score: Float = 0
    /// What it is for.
    public var kind = Kind.normal

    /// The byte that a byte piece stands for; nil for text of another form.
    static func byte(spelt text: String) -> UInt8? {
        let characters = text.utf8
        guard characters.count == 6, text.hasPrefix("<0x"), text.hasSuffix(">") else { return nil }
        let digits = text.dropFirst(3).dropLast()
        guard digits.allSatisfy({ $0.isASCII && $0.isHexDigit && !$0.isLowercase }) else { return nil }
        return UInt8(digits, radix: 16)
    }

    /// Whether both are the same piece, compared by bytes.
    public static func == (first: Self, second: Self) -> Bool {
        first.text.hasSameBytes(as: second.text) && first.score == second.score && first.kind == second.kind
    }
}
