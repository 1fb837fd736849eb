extension BLEU {
    /// The counts of one sentence, or the sum over many: BLEU is a function of the sum.
    public struct Statistics: Sendable, Codable, Equatable {
        /// Words of the hypotheses.
        public var hypothesisLength = 0
        /// Words of the references, for each sentence those of the reference that is closest in length.
        public var referenceLength = 0
        /// For each order from 1 to 4 the n-grams of the hypotheses that a reference has too, each as often as a reference has it at most.
        public var matches = [0, 0, 0, 0]
        /// For each order from 1 to 4 the n-grams of the hypotheses.
        public var totals = [0, 0, 0, 0]

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
            sum.hypothesisLength += other.hypothesisLength
            sum.referenceLength += other.referenceLength
            for order in sum.matches.indices {
                sum.matches[order] += other.matches[order]
                sum.totals[order] += other.totals[order]
            }
        }
    }

    /// A BLEU score with what it is made of.
    public struct Score: Sendable, Codable, Equatable, CustomStringConvertible {
        /// BLEU, from 0 to 100.
        public let score: Double
        /// The precisions of the orders 1 to 4, smoothed, from 0 to 100.
        public let precisions: [Double]
        /// What the score is multiplied by because the hypotheses are shorter than the references, from 0 to 1.
        public let brevityPenalty: Double
        /// The counts.
        public let statistics: Statistics
        /// What was measured and how.
        public let signature: String

        /// Everything in one line, as sacreBLEU prints it.
        public var description: String {
            let precisions = precisions.map { ScoreSignature.fixed($0, decimals: 1) }.joined(separator: "/")
            let (length, referenceLength) = (statistics.hypothesisLength, statistics.referenceLength)
            let ratio = referenceLength > 0 ? Double(length) / Double(referenceLength) : 0
            return "BLEU|\(signature) = \(ScoreSignature.fixed(score, decimals: 2)) \(precisions) "
                + "(BP = \(ScoreSignature.fixed(brevityPenalty, decimals: 3)) ratio = \(ScoreSignature.fixed(ratio, decimals: 3)) "
                + "hyp_len = \(length) ref_len = \(referenceLength))"
        }
    }
}
