/// Turns text into tokens and tokens into text.
///
/// Every tokenizer of this library but `WhitespaceTokenizer` is lossless: `text(from: tokens(in: string))` holds the same Unicode scalars as `string`, for every
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
}

extension Tokenizer {
    /// What a token adds to a text that ends with another token, as in text that is shown while it is made.
    public func text(of token: String, after previous: String?) -> String {
        guard let previous else { return text(from: [token]) }
        let before = text(from: [previous]).unicodeScalars.count
        return String(text(from: [previous, token]).unicodeScalars.dropFirst(before))
    }
}
