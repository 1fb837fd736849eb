/// What stands between white space, for text that is split into tokens already, such as the Penn Treebank's.
///
/// The one tokenizer that does not give back every text: a run of white space becomes one blank, and none is kept at the ends.
public struct WhitespaceTokenizer: Tokenizer, Codable, Equatable {
    /// A whitespace tokenizer; there is nothing to choose.
    public init() {}

    /// The runs of what is not white space.
    public func tokens(in text: String) -> [String] {
        text.unicodeScalars.split { $0.properties.isWhitespace }.map { String($0) }
    }

    /// The tokens with a blank between them.
    public func text(from tokens: [String]) -> String { tokens.joined(separator: " ") }
}
