/// One sequence that a search has found.
public struct Hypothesis: Sendable {
    /// The tokens, without `<s>` and `</s>`.
    public let tokens: [Int32]
    /// log p of all tokens, the closing `</s>` included where it was reached.
    public let logProbability: Double
    /// log p after length normalisation; what hypotheses are ordered by.
    public let score: Double
    /// For each token of the output the weights over the source's tokens; empty without attention, or where no alignments were asked for.
    public let attention: [[Float]]
    /// Whether it ended by itself, and not at the maximum length.
    public let isComplete: Bool
}
