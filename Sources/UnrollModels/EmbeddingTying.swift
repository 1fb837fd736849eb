/// Which tables of a network that translates are one and the same.
public enum EmbeddingTying: String, Codable, Sendable, CaseIterable {
    /// None.
    case none
    /// The target embedding is the output layer's weight. Press & Wolf 2017.
    case output
    /// Source embedding, target embedding and output weight; needs one vocabulary for both languages.
    case all
}
