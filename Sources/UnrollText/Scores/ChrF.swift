/// chrF2 (Popović 2015), equal to sacreBLEU's default: n-grams of 1 to 6 scalars without white space, no word n-grams, β = 2.
///
///     chrF = 100 · (1 + β²) P R / (β² P + R)
///
/// with the precision P and the recall R averaged over those orders for which both sides have n-grams. Of several references the one with the
/// best score for the sentence counts.
public struct ChrF: Sendable {
    static let maximumOrder = 6
    private static let beta = 2.0

    /// The score; there is nothing to choose.
    public init() {}

    /// The counts of one sentence against its references.
    ///
    /// - Parameters:
    ///   - hypothesis: What a system produced.
    ///   - references: One or several right answers; with none nothing matches.
    public func statistics(of hypothesis: String, against references: [String]) -> Statistics {
        var trie = NGramTrie()
        let scalars = Self.scalars(of: hypothesis)
        let counts = trie.counts(of: scalars, maximumOrder: Self.maximumOrder)
        var best = Statistics()
        var bestScore = -1.0
        for reference in references {
            let scalarsOfReference = Self.scalars(of: reference)
            let countsOfReference = trie.counts(of: scalarsOfReference, maximumOrder: Self.maximumOrder)
            var statistics = Statistics()
            for order in 1...Self.maximumOrder {
                statistics.referenceTotals[order - 1] = max(0, scalarsOfReference.count - order + 1)
                // Hits are not counted where the reference is too short to have any.
                if scalarsOfReference.count >= order { statistics.hypothesisTotals[order - 1] = max(0, scalars.count - order + 1) }
            }
            for node in counts.indices.dropFirst() {
                statistics.matches[trie.orders[node] - 1] += min(counts[node], countsOfReference[node])
            }
            let score = Self.value(of: statistics)
            if score > bestScore {
                bestScore = score
                best = statistics
            }
        }
        return best
    }

    /// The score of summed counts.
    ///
    /// - Parameters:
    ///   - statistics: The sum over the sentences.
    ///   - referenceCount: How many references each sentence had, for the signature.
    public func score(of statistics: Statistics, referenceCount: Int = 1) -> Score {
        Score(score: Self.value(of: statistics), statistics: statistics, signature: signature(referenceCount: referenceCount))
    }

    /// The score of a corpus.
    ///
    /// - Parameters:
    ///   - hypotheses: What a system produced, a line for each sentence.
    ///   - references: One or several files of references, each with a line for each hypothesis.
    /// - Throws: `TextError` where there is nothing to score or the numbers of lines differ.
    public func score(of hypotheses: [String], against references: [[String]]) throws -> Score {
        try ScoredLines.checkCounts(hypotheses: hypotheses, references: references)
        var sum = Statistics()
        for (index, hypothesis) in hypotheses.enumerated() {
            sum += statistics(of: hypothesis, against: references.map { $0[index] })
        }
        return score(of: sum, referenceCount: references.count)
    }

    /// What was measured and how, as sacreBLEU writes it.
    public func signature(referenceCount: Int) -> String {
        ScoreSignature.joined(["nrefs": "\(referenceCount)", "case": "mixed", "eff": "yes", "nc": "6", "nw": "0", "space": "no"])
    }

    private static func scalars(of line: String) -> [UInt32] {
        let bytes = Array(line.utf8)
        return PythonWhitespace.words(in: bytes).flatMap { String(decoding: bytes[$0], as: UTF8.self).unicodeScalars.map(\.value) }
    }

    private static func value(of statistics: Statistics) -> Double {
        var precision = 0.0
        var recall = 0.0
        var orders = 0.0
        for order in 0..<maximumOrder where statistics.hypothesisTotals[order] > 0 && statistics.referenceTotals[order] > 0 {
            precision += Double(statistics.matches[order]) / Double(statistics.hypothesisTotals[order])
            recall += Double(statistics.matches[order]) / Double(statistics.referenceTotals[order])
            orders += 1
        }
        guard precision + recall > 0 else { return 0 }
        precision /= orders
        recall /= orders
        let factor = beta * beta
        return 100 * ((1 + factor) * precision * recall / (factor * precision + recall))
    }
}

extension ChrF {
    /// The counts of one sentence, or the sum over many: chrF is a function of the sum.
    public struct Statistics: Sendable, Codable, Equatable {
        /// For each order from 1 to 6 the n-grams of the hypotheses.
        public var hypothesisTotals = [0, 0, 0, 0, 0, 0]
        /// For each order from 1 to 6 the n-grams of the references.
        public var referenceTotals = [0, 0, 0, 0, 0, 0]
        /// For each order from 1 to 6 the n-grams that both have.
        public var matches = [0, 0, 0, 0, 0, 0]

        /// The counts of no sentence.
        public init() {}

        /// The counts of both together.
        public static func + (first: Self, second: Self) -> Self {
            var sum = first
            sum += second
            return sum
        }

        /// Adds the counts of other sentences.
        public static func += (sum: inout Self, other: Self) {
            for order in sum.matches.indices {
                sum.hypothesisTotals[order] += other.hypothesisTotals[order]
                sum.referenceTotals[order] += other.referenceTotals[order]
                sum.matches[order] += other.matches[order]
            }
        }
    }

    /// A chrF2 score with what it is made of.
    public struct Score: Sendable, Codable, Equatable, CustomStringConvertible {
        /// chrF2, from 0 to 100.
        public let score: Double
        /// The counts.
        public let statistics: Statistics
        /// What was measured and how.
        public let signature: String

        /// Everything in one line, as sacreBLEU prints it.
        public var description: String { "chrF2|\(signature) = \(ScoreSignature.fixed(score, decimals: 2))" }
    }
}
