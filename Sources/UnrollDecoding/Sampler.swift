import Foundation
import UnrollTensors

/// Draws tokens from probabilities: a function of the seed, the sample's number, the source where there is one, and the token's place alone, so that a
/// text comes out the same whatever is drawn beside it.
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
    ///   - source: tokens that the text is made from. Other ones draw independently of them.
    ///   - forbidden: tokens that are never drawn.
    public init(_ options: SamplingOptions, sample: Int = 0, source: [Int32] = [], forbidden: [Int32] = []) {
        precondition(options.temperature >= 0 && options.temperature.isFinite, "a temperature of \(options.temperature)")
        precondition(
            options.topK ?? 1 >= 1 && options.topP > 0, "a choice among \(options.topK ?? 1) tokens and a share of \(options.topP)")
        self.options = options
        key = source.reduce(RandomKey(seed: options.seed).split(sample)) { $0.split(Int($1)) }
        self.forbidden = forbidden
    }

    /// The token at a place of the sample; nil where none can be drawn, since each is forbidden or its probability is no number.
    ///
    /// - Parameters:
    ///   - logProbabilities: of all tokens, [vocabulary].
    ///   - place: counted from 0.
    ///   - barred: further tokens that are not drawn here.
    public func token(_ logProbabilities: [Float], at place: Int, except barred: [Int32] = []) -> Int32? {
        var candidates = candidates(logProbabilities, except: barred + forbidden)
        guard options.temperature > 0, let most = candidates.lazy.map(\.logProbability).max() else { return candidates.first?.token }
        for place in candidates.indices {
            candidates[place].weight = exp((candidates[place].logProbability - most) / options.temperature)
        }
        if options.topP < 1 { candidates = nucleus(candidates) }
        var rest = key.uniform(place) * candidates.reduce(0) { $0 + $1.weight }
        for candidate in candidates {
            rest -= candidate.weight
            if rest < 0 { return candidate.token }
        }
        // What rounding leaves over belongs to the last one.
        return candidates.last?.token
    }

    /// A token that may be drawn, with a number in proportion to its probability at the temperature: 1 for the likeliest.
    private struct Candidate {
        let token: Int32
        let logProbability: Double
        var weight = 1.0
    }

    /// The tokens that may be drawn: the likeliest first where so many are wanted, else in the order of their numbers.
    private func candidates(_ logProbabilities: [Float], except barred: [Int32]) -> [Candidate] {
        if let wanted = options.temperature == 0 ? 1 : options.topK {
            var candidates = Candidates(wanted: min(wanted, max(1, logProbabilities.count)))
            logProbabilities.withUnsafeBufferPointer { candidates.add($0, to: 0, beam: 0, except: barred) }
            return candidates.best.map { Candidate(token: $0.token, logProbability: $0.logProbability) }
        }
        return logProbabilities.indices.compactMap { token in
            let value = logProbabilities[token]
            return value.isFinite && !barred.contains(Int32(token)) ? Candidate(token: Int32(token), logProbability: Double(value)) : nil
        }
    }

    /// The fewest candidates that reach the share p of all weights, likeliest first, of equals the one with the smaller number first.
    private func nucleus(_ candidates: [Candidate]) -> [Candidate] {
        let all = candidates.reduce(0) { $0 + $1.weight }
        // All that weigh less than this come to less than what the share leaves over, so that they need not be put in order.
        let least = (1 - options.topP) * all / Double(candidates.count)
        let sorted = candidates.filter { $0.weight >= least }.sorted { ($1.weight, $0.token) < ($0.weight, $1.token) }
        var sum = 0.0
        for (index, candidate) in sorted.enumerated() {
            sum += candidate.weight
            if sum >= options.topP * all { return Array(sorted[...index]) }
        }
        return sorted
    }
}
