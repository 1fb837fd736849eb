/// Turns text into tokens and tokens into text.
///
/// Every tokenizer of this library but `WhitespaceTokenizer` and `SentencePieceTokenizer` is lossless: `text(from: tokens(in: string))` holds the same Unicode scalars as `string`, for every
/// string whatever: double blanks, tabs, leading and trailing blanks, no-break spaces, NUL, combining marks and direction marks included.
/// Nothing is normalised. Only a vocabulary that lacks a token loses something.
///
/// It is as important the other way round: tokens that a model produces give natural text, because the marks on the tokens themselves,
/// and no rule of a language, say where a blank stands.
public protocol Tokenizer: Sendable {
    /// The tokens of `text`, in order. Empty text has none.
    func tokens(in text: String) -> [String]

    /// The text that `tokens` spell.
    func text(from tokens: [String]) -> String

    /// What a token adds to a text that ends with other tokens, as in text that is shown while it is made.
    ///
    /// - Parameters:
    ///   - token: the new token.
    ///   - previous: those before it in the text, the last four of them or more; none where the text begins.
    func text(of token: String, after previous: [String]) -> String
}

extension Tokenizer {
    /// What a token adds, where only the last token before it matters.
    public func text(of token: String, after previous: [String]) -> String {
        guard let previous = previous.last else { return text(from: [token]) }
        let before = text(from: [previous]).unicodeScalars.count
        return String(text(from: [previous, token]).unicodeScalars.dropFirst(before))
    }
}
