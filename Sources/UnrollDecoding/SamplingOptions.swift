import UnrollModels

/// How the next token is drawn from a model's probabilities.
public struct SamplingOptions: Sendable, Codable, Equatable {
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

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        temperature = try values.value(.temperature, default: temperature)
        if values.contains(.topK) { topK = try values.count(.topK, default: 1) }
        topP = try values.value(.topP, default: topP)
        seed = try values.value(.seed, default: seed)
        guard temperature >= 0, temperature.isFinite else {
            throw values.invalid(.temperature, "must be at least 0, not \(temperature)")
        }
        guard topP > 0, topP <= 1 else { throw values.invalid(.topP, "must be above 0 and at most 1, not \(topP)") }
    }
}
