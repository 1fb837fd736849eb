/// The likeliest continuations of several hypotheses, best first. Equal ones stand in the order of their hypotheses and tokens.
struct Candidates {
    /// A hypothesis and what it may go on with.
    struct Candidate: Equatable {
        /// The hypothesis.
        let beam: Int
        let token: Int32
        /// log p of the hypothesis with the token.
        let logProbability: Double
    }

    /// The best of what was added, at most `wanted`.
    private(set) var best: [Candidate] = []
    private let wanted: Int

    init(wanted: Int) {
        self.wanted = wanted
        best.reserveCapacity(wanted + 1)
    }

    /// Adds what may follow a hypothesis. One with a smaller number must have been added before.
    ///
    /// - Parameters:
    ///   - logProbabilities: of all tokens; what is infinite or not a number never follows.
    ///   - logProbability: of the hypothesis.
    ///   - beam: its number.
    ///   - barred: tokens that may not follow.
    mutating func add(
        _ logProbabilities: UnsafeBufferPointer<Float>, to logProbability: Double, beam: Int, except barred: [Int32]
    ) {
        let values = UnsafeRawBufferPointer(logProbabilities)
        let stride = SIMD16<Float>.scalarCount
        let inBlocks = logProbabilities.count / stride * stride
        var limit = self.limit(above: logProbability)
        for start in Swift.stride(from: 0, to: logProbabilities.count, by: stride) {
            if start < inBlocks {
                let block = values.loadUnaligned(fromByteOffset: start * MemoryLayout<Float>.size, as: SIMD16<Float>.self)
                guard any(block .> limit) else { continue }
            }
            for token in start..<min(start + stride, logProbabilities.count) {
                let total = logProbability + Double(logProbabilities[token])
                guard total > threshold, total.isFinite, !barred.contains(Int32(token)) else { continue }
                insert(Candidate(beam: beam, token: Int32(token), logProbability: total))
                limit = self.limit(above: logProbability)
            }
        }
    }

    /// What the next one must exceed.
    private var threshold: Double { best.count < wanted ? -.infinity : best[wanted - 1].logProbability }

    /// No token whose own log p is at most this much can exceed the threshold: a sum is rounded by less than the margin.
    private func limit(above logProbability: Double) -> Float {
        let rest = threshold - logProbability
        return Float(rest - 1e-6 * max(1, abs(rest), abs(logProbability)))
    }

    private mutating func insert(_ candidate: Candidate) {
        let place = best.firstIndex { candidate.logProbability > $0.logProbability } ?? best.count
        best.insert(candidate, at: place)
        if best.count > wanted { best.removeLast() }
    }
}
