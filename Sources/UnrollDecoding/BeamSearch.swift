import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors

/// How a sequence is searched for.
public struct SearchOptions: Sendable, Codable, Equatable {
    /// Hypotheses kept at each step; 1 is greedy search.
    public var beam = 5
    /// How many of them are returned, best first; at most `beam`.
    public var best = 1
    /// α of the length normalisation: a finished hypothesis scores log p / ((5 + length) / 6)^α (Wu 2016); 0 compares plain log p.
    public var lengthPenalty = 1.0
    /// The longest output, `maximumFactor` tokens for each source token and `maximumExtra` more.
    public var maximumFactor = 2.0
    /// See `maximumFactor`.
    public var maximumExtra = 10

    /// Beam 5, the best one, length normalisation 1.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        beam = try values.count(.beam, default: beam)
        best = try values.count(.best, default: best)
        lengthPenalty = try values.value(.lengthPenalty, default: lengthPenalty)
        maximumFactor = try values.value(.maximumFactor, default: maximumFactor)
        maximumExtra = try values.count(.maximumExtra, default: maximumExtra, minimum: 0)
        if best > beam { throw values.invalid(.best, "must be at most 'beam', \(beam), not \(best)") }
        guard lengthPenalty >= 0, lengthPenalty.isFinite else {
            throw values.invalid(.lengthPenalty, "must be at least 0, not \(lengthPenalty)")
        }
        guard maximumFactor >= 0, maximumFactor.isFinite else {
            throw values.invalid(.maximumFactor, "must be at least 0, not \(maximumFactor)")
        }
    }

    func maximumLength(source: Int) -> Int {
        let length = maximumFactor * Double(source) + Double(maximumExtra)
        return max(1, length < 1e9 ? Int(length) : 1_000_000_000)
    }

    func normalised(_ logProbability: Double, length: Int) -> Double {
        lengthPenalty == 0 ? logProbability : logProbability / pow((5 + Double(length)) / 6, lengthPenalty)
    }
}

/// One sequence that a search has found.
public struct Hypothesis: Sendable {
    /// The tokens, without `<s>` and `</s>`.
    public let tokens: [Int32]
    /// log p of all tokens, the closing `</s>` included where it was reached.
    public let logProbability: Double
    /// log p after length normalisation; what hypotheses are ordered by.
    public let score: Double
    /// For each token of the output the weights over the source's tokens; empty without attention.
    public let attention: [[Float]]
    /// Whether it ended by itself, and not at the maximum length.
    public let isComplete: Bool
}

/// Beam search (Graves 2012; Sutskever 2014) for several sources at once. Each comes out as it would alone, to the bit.
public struct BeamSearch: Sendable {
    /// How far and how wide.
    public let options: SearchOptions
    private let start: Int32
    private let end: Int32
    private let forbidden: [Int32]

    /// A search; `forbidden` tokens, such as padding, are never produced.
    public init(_ options: SearchOptions, start: Int32, end: Int32, forbidden: [Int32]) {
        self.options = options
        self.start = start
        self.end = end
        self.forbidden = forbidden
    }

    /// A token of a growing hypothesis and the place of the one before it, so that beams share what they have in common.
    private struct Link {
        let token: Int32
        let attention: [Float]
        let previous: Int
    }

    private struct Beam {
        /// The place of the last token among the sentence's links; −1 before the first one.
        var last: Int
        var logProbability: Double
    }

    private struct Sentence {
        let index: Int
        let sourceLength: Int
        let maximumLength: Int
        var links: [Link] = []
        var beams = [Beam(last: -1, logProbability: 0)]
        var finished: [Hypothesis] = []
        /// Whether no hypothesis can go on.
        var isStuck = false
    }

    /// The best hypotheses for each source, best first.
    ///
    /// - Parameters:
    ///   - sources: tokens without special ones; an empty one gives an empty hypothesis.
    ///   - decoder: the model.
    ///   - context: of an inference call.
    public func callAsFunction<Decoder: StepwiseDecoder>(
        _ sources: [[Int32]], _ decoder: Decoder, _ context: Context
    ) -> [[Hypothesis]] {
        var results = [[Hypothesis]](
            repeating: [Hypothesis(tokens: [], logProbability: 0, score: 0, attention: [], isComplete: true)], count: sources.count)
        var alive = sources.indices.filter { !sources[$0].isEmpty }.map {
            Sentence(
                index: $0, sourceLength: sources[$0].count,
                maximumLength: min(options.maximumLength(source: sources[$0].count), decoder.longestSequence ?? .max))
        }
        guard !alive.isEmpty else { return results }
        var state = decoder.start(alive.map { sources[$0.index] }, context)
        var tokens = alive.map { _ in start }
        var length = 0
        while !alive.isEmpty {
            length += 1
            let step = decoder.step(tokens, state, context)
            let logProbabilities = step.logProbabilities.converted(to: .float32)
            var rows: [Int32] = []
            tokens = []
            var next: [Sentence] = []
            var firstRow = 0
            for var sentence in alive {
                let parents = expand(&sentence, logProbabilities, step.weights, firstRow: firstRow, length: length)
                firstRow = parents.firstRow
                if isDecided(sentence) || sentence.beams.isEmpty || sentence.isStuck || length >= sentence.maximumLength {
                    results[sentence.index] = best(sentence, length: sentence.isStuck ? length - 1 : length)
                    continue
                }
                rows += parents.rows
                tokens += sentence.beams.map { sentence.links[$0.last].token }
                next.append(sentence)
            }
            alive = next
            if !alive.isEmpty { state = decoder.gathered(step.state, rows: rows) }
        }
        return results
    }

    /// Replaces a sentence's beams by their best continuations; returns the rows these come from and the next sentence's first row.
    private func expand(
        _ sentence: inout Sentence, _ logProbabilities: Tensor, _ weights: Tensor?, firstRow: Int, length: Int
    ) -> (rows: [Int32], firstRow: Int) {
        let candidates = bestCandidates(sentence, logProbabilities, firstRow: firstRow)
        let nextRow = firstRow + sentence.beams.count
        // Every continuation is impossible or not a number: what there is so far stays as it is.
        guard !candidates.isEmpty else {
            sentence.isStuck = true
            return ([], nextRow)
        }
        var beams: [Beam] = []
        var rows: [Int32] = []
        for (rank, candidate) in candidates.enumerated() {
            let previous = sentence.beams[candidate.beam].last
            if candidate.token == end {
                // One that ends counts only among the best: further down it would crowd out better ones that still grow.
                if rank < options.beam {
                    sentence.finished.append(
                        hypothesis(sentence, previous, candidate.logProbability, length: length, isComplete: true))
                }
            } else if beams.count < options.beam {
                let row = firstRow + candidate.beam
                let attention = weights.map { attentionRow($0, row, sentence.sourceLength) } ?? []
                sentence.links.append(Link(token: candidate.token, attention: attention, previous: previous))
                beams.append(Beam(last: sentence.links.count - 1, logProbability: candidate.logProbability))
                rows.append(Int32(row))
            }
        }
        sentence.beams = beams
        return (rows, nextRow)
    }

    /// Whether nothing that still grows could become one of the best: its log p only falls, and no length raises its score more than the largest.
    private func isDecided(_ sentence: Sentence) -> Bool {
        guard sentence.finished.count >= options.best, let growing = sentence.beams.first else { return false }
        // Greedy search has nothing else in mind.
        guard options.beam > 1 else { return true }
        let reachable = options.normalised(growing.logProbability, length: sentence.maximumLength)
        return sentence.finished.count { $0.score >= reachable } >= options.best
    }

    private func attentionRow(_ weights: Tensor, _ row: Int, _ sourceLength: Int) -> [Float] {
        weights.at(row).sliced(0..<min(sourceLength, weights.shape[1]), axis: 0).floats
    }

    private struct Candidate {
        let beam: Int
        let token: Int32
        let logProbability: Double

        /// Equal ones are ordered by beam and token, so that the order never depends on how they were found.
        func isBetter(than other: Candidate) -> Bool {
            if logProbability != other.logProbability { return logProbability > other.logProbability }
            return (beam, token) < (other.beam, other.token)
        }
    }

    /// The 2 · beam best continuations of a sentence, best first: enough that `beam` of them do not end.
    private func bestCandidates(_ sentence: Sentence, _ logProbabilities: Tensor, firstRow: Int) -> [Candidate] {
        let vocabulary = logProbabilities.shape[1]
        let wanted = 2 * min(options.beam, sentence.beams.count * vocabulary)
        let values = logProbabilities.buffer(of: Float.self)
        var best: [Candidate] = []
        best.reserveCapacity(wanted + 1)
        for (beam, hypothesis) in sentence.beams.enumerated() {
            let row = (firstRow + beam) * vocabulary
            for token in 0..<vocabulary {
                let total = hypothesis.logProbability + Double(values[row + token])
                if best.count == wanted, total <= best[wanted - 1].logProbability { continue }
                if forbidden.contains(Int32(token)) || !total.isFinite { continue }
                let candidate = Candidate(beam: beam, token: Int32(token), logProbability: total)
                let place = best.firstIndex { candidate.isBetter(than: $0) } ?? best.count
                best.insert(candidate, at: place)
                if best.count > wanted { best.removeLast() }
            }
        }
        return best
    }

    private func hypothesis(
        _ sentence: Sentence, _ last: Int, _ logProbability: Double, length: Int, isComplete: Bool
    ) -> Hypothesis {
        var tokens: [Int32] = []
        var attention: [[Float]] = []
        var place = last
        while place >= 0 {
            let link = sentence.links[place]
            tokens.append(link.token)
            if !link.attention.isEmpty { attention.append(link.attention) }
            place = link.previous
        }
        return Hypothesis(
            tokens: tokens.reversed(), logProbability: logProbability, score: options.normalised(logProbability, length: length),
            attention: attention.reversed(), isComplete: isComplete)
    }

    /// The finished hypotheses by score; unfinished ones stand in where too few have ended.
    private func best(_ sentence: Sentence, length: Int) -> [Hypothesis] {
        var all = sentence.finished
        if all.count < options.best {
            all += sentence.beams.map { hypothesis(sentence, $0.last, $0.logProbability, length: length, isComplete: false) }
        }
        let ordered = all.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(\.element)
        return Array(ordered.prefix(max(1, options.best)))
    }
}
