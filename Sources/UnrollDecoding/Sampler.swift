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
        let candidates = candidates(logProbabilities, except: barred + forbidden)
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
    private func candidates(_ logProbabilities: [Float], except barred: [Int32]) -> [Candidate] {
        if let wanted = options.temperature == 0 ? 1 : options.topK {
            var candidates = Candidates(wanted: min(wanted, max(1, logProbabilities.count)))
            logProbabilities.withUnsafeBufferPointer { candidates.add($0, to: 0, beam: 0, except: barred) }
            return candidates.best.map { ($0.token, $0.logProbability) }
        }
        var found: [Candidate] = []
        for (token, value) in logProbabilities.enumerated() where value.isFinite && !barred.contains(Int32(token)) {
            found.append((Int32(token), Double(value)))
        }
        found.sort { ($1.logProbability, $0.token) < ($0.logProbability, $1.token) }
        return found
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
