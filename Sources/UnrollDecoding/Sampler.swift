import Foundation
import UnrollTensors

/// Draws tokens from probabilities: a function of the seed, the sample's number and the token's place alone, so that a text comes out the same whatever
/// is drawn beside it.
///
///     p ∝ exp(log p / τ)      the k likeliest      then the fewest of them that reach the share p
public struct Sampler: Sendable {
    /// How it draws.
    public let options: SamplingOptions
    private let key: RandomKey
    private let forbidden: [Int32]

    /// A sampler; `forbidden` tokens, such as padding, are never drawn.
    ///
    /// - Parameters:
    ///   - options: temperature, limits and seed.
    ///   - sample: which of the seed's samples it draws.
    ///   - forbidden: tokens that are never drawn.
    public init(_ options: SamplingOptions, sample: Int = 0, forbidden: [Int32] = []) {
        precondition(options.temperature >= 0 && options.temperature.isFinite, "a temperature of \(options.temperature)")
        precondition(
            options.topK ?? 1 >= 1 && options.topP > 0, "a choice among \(options.topK ?? 1) tokens and a share of \(options.topP)")
        self.options = options
        key = RandomKey(seed: options.seed).split(sample)
        self.forbidden = forbidden
    }

    /// The token at a place of the sample; nil where none can be drawn, since each is forbidden or its probability is no number.
    ///
    /// - Parameters:
    ///   - logProbabilities: of all tokens, [vocabulary].
    ///   - place: counted from 0.
    public func token(_ logProbabilities: [Float], at place: Int) -> Int32? {
        let candidates = candidates(logProbabilities)
        guard options.temperature > 0, !candidates.isEmpty else { return candidates.first?.token }
        var weights = weights(candidates)
        if options.topP < 1 { weights.removeLast(weights.count - nucleus(weights)) }
        var rest = key.uniform(place) * weights.reduce(0, +)
        for (candidate, weight) in zip(candidates, weights) {
            rest -= weight
            if rest < 0 { return candidate.token }
        }
        // What rounding leaves over belongs to the last one.
        return candidates[weights.count - 1].token
    }

    private typealias Candidate = (token: Int32, logProbability: Double)

    /// The tokens that may be drawn, likeliest first, of equals the one with the smaller number.
    private func candidates(_ logProbabilities: [Float]) -> [Candidate] {
        var found: [Candidate] = []
        for (token, value) in logProbabilities.enumerated() where value.isFinite && !forbidden.contains(Int32(token)) {
            found.append((Int32(token), Double(value)))
        }
        found.sort { ($1.logProbability, $0.token) < ($0.logProbability, $1.token) }
        return Array(found.prefix(options.temperature == 0 ? 1 : options.topK ?? .max))
    }

    /// Numbers in proportion to the probabilities at the temperature; the first is 1.
    private func weights(_ candidates: [Candidate]) -> [Double] {
        candidates.map { exp(($0.logProbability - candidates[0].logProbability) / options.temperature) }
    }

    /// How many of the first weights reach the share p of them all.
    private func nucleus(_ weights: [Double]) -> Int {
        let wanted = options.topP * weights.reduce(0, +)
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
            sum += weight
            if sum >= wanted { return index + 1 }
        }
        return weights.count
    }
}
