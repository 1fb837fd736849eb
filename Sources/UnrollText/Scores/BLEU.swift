#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// BLEU (Papineni et al. 2002), equal to sacreBLEU's default: tokenizer 13a, cased, n-grams up to 4, exponential smoothing (Post 2018).
///
///     BLEU = 100 · BP · exp(1/4 Σₙ ln pₙ),   BP = 1 where c ≥ r, else exp(1 − r/c)
///
/// with the clipped precisions pₙ over the whole corpus, its length c and that of the closest references r. The k-th precision that is zero
/// counts as 1 / (2ᵏ · total). Text must be detokenised: plain sentences as a person writes them.
public struct BLEU: Sendable {
    /// Leaves out orders for which the hypothesis is too short: right for single sentences, off for a corpus.
    public let effectiveOrder: Bool

    static let maximumOrder = 4

    /// The score, by default that of a corpus.
    public init(effectiveOrder: Bool = false) {
        self.effectiveOrder = effectiveOrder
    }

    /// The counts of one sentence against its references.
    ///
    /// - Parameters:
    ///   - hypothesis: What a system produced.
    ///   - references: One or several right answers; with none nothing matches.
    public func statistics(of hypothesis: String, against references: [String]) -> Statistics {
        var words = ByteStringTable()
        var trie = NGramTrie()
        var allowed: [Int] = []
        var statistics = Statistics()
        let symbols = Tokenizer13a.words(in: hypothesis, numberedBy: &words)
        var closest: Int?
        for reference in references {
            let symbolsOfReference = Tokenizer13a.words(in: reference, numberedBy: &words)
            let counts = trie.counts(of: symbolsOfReference, maximumOrder: Self.maximumOrder)
            allowed.append(contentsOf: repeatElement(0, count: counts.count - allowed.count))
            for node in counts.indices { allowed[node] = max(allowed[node], counts[node]) }
            let length = symbolsOfReference.count
            let best = closest ?? length
            let (difference, least) = (abs(symbols.count - length), abs(symbols.count - best))
            closest = difference < least || (difference == least && length < best) ? length : best
        }
        statistics.hypothesisLength = symbols.count
        statistics.referenceLength = closest ?? 0
        let counts = trie.counts(of: symbols, maximumOrder: Self.maximumOrder)
        for node in counts.indices.dropFirst() {
            let order = trie.orders[node]
            statistics.totals[order - 1] += counts[node]
            if node < allowed.count { statistics.matches[order - 1] += min(counts[node], allowed[node]) }
        }
        return statistics
    }

    /// The score of summed counts.
    ///
    /// - Parameters:
    ///   - statistics: The sum over the sentences.
    ///   - referenceCount: How many references each sentence had, for the signature.
    public func score(of statistics: Statistics, referenceCount: Int = 1) -> Score {
        let (hypothesisLength, referenceLength) = (statistics.hypothesisLength, statistics.referenceLength)
        var brevityPenalty = 1.0
        if hypothesisLength < referenceLength {
            brevityPenalty = hypothesisLength > 0 ? exp(1 - Double(referenceLength) / Double(hypothesisLength)) : 0
        }
        var precisions = [Double](repeating: 0, count: Self.maximumOrder)
        var score = 0.0
        if statistics.matches.contains(where: { $0 > 0 }) {
            var smoothing = 1.0
            var order = Self.maximumOrder
            for index in precisions.indices {
                let total = statistics.totals[index]
                if total == 0 { break }
                if effectiveOrder { order = index + 1 }
                if statistics.matches[index] == 0 {
                    smoothing *= 2
                    precisions[index] = 100 / (smoothing * Double(total))
                } else {
                    precisions[index] = 100 * Double(statistics.matches[index]) / Double(total)
                }
            }
            // A precision of zero makes the score zero, which it should be only for lack of n-grams of that order.
            let logarithms = precisions.prefix(order).map { $0 == 0 ? -9_999_999_999 : log($0) }
            // Four logarithms of 100 come back as a little more than it.
            score = min(100, brevityPenalty * exp(logarithms.reduce(0, +) / Double(order)))
        }
        return Score(
            score: score, precisions: precisions, brevityPenalty: brevityPenalty, statistics: statistics,
            signature: signature(referenceCount: referenceCount))
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
        ScoreSignature.joined([
            "nrefs": "\(referenceCount)", "case": "mixed", "eff": effectiveOrder ? "yes" : "no", "tok": "13a", "smooth": "exp",
        ])
    }
}
