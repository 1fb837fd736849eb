/// What is wrong with text, a stored tokenizer, a stored vocabulary or the files of an evaluation, and what to do about it.
public struct TextError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The sort of fault, for code that reacts to it.
    public enum Kind: String, Sendable {
        /// A stored tokenizer names a type that this version does not know.
        case unknownTokenizer
        /// The merges of a byte-pair tokenizer do not build on its alphabet.
        case malformedMerges
        /// A list of tokens is no vocabulary: the special tokens are not first, or a token occurs twice.
        case malformedVocabulary
        /// The file of a SentencePiece model cannot be read.
        case unreadableModel
        /// A file is no SentencePiece model, or a damaged one.
        case malformedModel
        /// A SentencePiece model is of a type that this version does not know.
        case unsupportedModel
        /// Hypotheses and references differ in their number of lines.
        case unequalLineCounts
        /// There is no sentence, or no reference, to score.
        case nothingToScore
    }

    /// The sort of fault.
    public let kind: Kind
    /// The sentence for a person: what, where, and what to do.
    public let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

/// The place inside a stored file, as `codec.tokenizer.merges`, for messages.
func location(_ codingPath: [any CodingKey]) -> String {
    codingPath.isEmpty ? "the top level" : codingPath.map(\.stringValue).joined(separator: ".")
}
