/// One token for each Unicode scalar, blanks included.
///
/// Scalars and not grapheme clusters: the number of clusters has no bound (any letter with any marks, families of emoji), so that a cluster
/// unseen in training would be unknown as a whole, while its scalars are usually known. What a cluster is also changes with the version
/// of Unicode, which would make a stored model depend on the toolchain. It holds for digits and letters of all scripts alike.
public struct CharacterTokenizer: Tokenizer, Codable, Equatable {
    /// A character tokenizer; there is nothing to choose.
    public init() {}

    /// The scalars of `text`, each as a string.
    public func tokens(in text: String) -> [String] {
        text.unicodeScalars.map(String.init)
    }

    /// The tokens one after the other.
    public func text(from tokens: [String]) -> String {
        var text = String.UnicodeScalarView()
        for token in tokens { text.append(contentsOf: token.unicodeScalars) }
        return String(text)
    }
}
