/// How the next token is drawn from a language model's probabilities.
public struct SamplingOptions: Sendable, Equatable {
    /// τ: probabilities become p^(1/τ), normalised. Below 1 likely tokens become likelier; 0 takes the likeliest.
    public var temperature = 1.0
    /// Draw among so many likeliest tokens only (Fan 2018); among all where nil.
    public var topK: Int?
    /// Draw among the fewest likeliest tokens whose probabilities sum to at least this (nucleus sampling, Holtzman 2020); among all at 1.
    public var topP = 1.0
    /// The seed; the same one draws the same text.
    public var seed: UInt64 = 1

    /// The model's own probabilities.
    public init() {}
}
