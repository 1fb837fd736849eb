import Foundation
import UnrollModels

/// What makes hypotheses of unequal length comparable: log p falls with every token, so that plain log p prefers short ones.
public enum LengthNormalisation: String, Sendable, Codable, CaseIterable {
    /// log p / ((5 + n) / 6)^α. Wu 2016.
    case gnmt
    /// log p / n^α: with α = 1 the mean over the tokens.
    case plain
    /// log p.
    case none
}

/// How a sequence is searched for.
public struct SearchOptions: Sendable, Codable, Equatable {
    /// Hypotheses kept at each step; 1 is greedy search.
    public var beam = 5
    /// How many of them are returned, best first; at most `beam`. With `sampling`, how many are drawn.
    public var best = 1
    /// By what log p is divided; n counts the tokens, and `</s>` where it was reached.
    public var lengthNormalisation = LengthNormalisation.gnmt
    /// α, its strength; 0 compares plain log p.
    public var lengthPenalty = 1.0
    /// The fewest tokens of an output: before them nothing ends.
    public var minimumLength = 0
    /// The most tokens of an output, whatever the source; nil for as many as `maximumFactor` and `maximumExtra` say. No less than `minimumLength`.
    public var maximumLength: Int?
    /// The longest output, `maximumFactor` tokens for each source token and `maximumExtra` more.
    public var maximumFactor = 2.0
    /// See `maximumFactor`.
    public var maximumExtra = 10
    /// No so many tokens stand twice in an output in the same order (Paulus 2018); any may where nil.
    public var noRepeat: Int?
    /// How hypotheses are drawn instead of searched for, `best` of them, in the order of drawing; nil for beam search.
    public var sampling: SamplingOptions?
    /// Whether `<unk>` may be produced, so that in its place the source's token can be taken which the decoder looked at most (Jean 2015, Luong 2015).
    public var replacesUnknown = false
    /// Whether hypotheses say where the decoder looked; they do at some cost.
    public var wantsAlignments = false

    /// Beam 5, the best one, GNMT's length normalisation with α = 1, no alignments.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        beam = try values.count(.beam, default: beam)
        best = try values.count(.best, default: best)
        lengthNormalisation = try values.value(.lengthNormalisation, default: lengthNormalisation)
        lengthPenalty = try values.value(.lengthPenalty, default: lengthPenalty)
        minimumLength = try values.count(.minimumLength, default: minimumLength, minimum: 0)
        if values.contains(.maximumLength) { maximumLength = try values.count(.maximumLength, default: 1) }
        maximumFactor = try values.value(.maximumFactor, default: maximumFactor)
        maximumExtra = try values.count(.maximumExtra, default: maximumExtra, minimum: 0)
        if values.contains(.noRepeat) { noRepeat = try values.count(.noRepeat, default: 1) }
        sampling = try values.decodeIfPresent(SamplingOptions.self, forKey: .sampling)
        replacesUnknown = try values.value(.replacesUnknown, default: replacesUnknown)
        wantsAlignments = try values.value(.wantsAlignments, default: wantsAlignments)
        if sampling == nil, best > beam { throw values.invalid(.best, "must be at most 'beam', \(beam), not \(best)") }
        guard lengthPenalty >= 0, lengthPenalty.isFinite else {
            throw values.invalid(.lengthPenalty, "must be at least 0, not \(lengthPenalty)")
        }
        guard maximumFactor >= 0, maximumFactor.isFinite else {
            throw values.invalid(.maximumFactor, "must be at least 0, not \(maximumFactor)")
        }
        if let maximumLength, maximumLength < minimumLength {
            throw values.invalid(.maximumLength, "must be at least 'minimumLength', \(minimumLength), not \(maximumLength)")
        }
    }

    /// The most tokens that the translation of so many may have.
    func maximumLength(source: Int) -> Int {
        let length = maximumFactor * Double(source) + Double(maximumExtra)
        return max(1, minimumLength, maximumLength ?? (length < 1e9 ? Int(length) : 1_000_000_000))
    }

    /// What a hypothesis of so many tokens is compared by.
    func normalised(_ logProbability: Double, length: Int) -> Double {
        guard lengthPenalty != 0 else { return logProbability }
        return switch lengthNormalisation {
        case .gnmt: logProbability / pow((5 + Double(length)) / 6, lengthPenalty)
        case .plain: logProbability / pow(Double(max(1, length)), lengthPenalty)
        case .none: logProbability
        }
    }
}
