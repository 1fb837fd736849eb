import UnrollTensors

/// A sentence on the way through a search: its hypotheses that grow, and those that have ended.
struct SearchedSentence {
    /// A token of a growing hypothesis and the place of the one before it, so that hypotheses share what they have in common.
    private struct Link {
        let token: Int32
        let attention: [Float]
        let previous: Int
    }

    /// A hypothesis that grows.
    struct Beam {
        /// The row that it has grown from, among those of all sentences.
        let row: Int32
        /// The place of its last token among the sentence's links; −1 before the first one.
        fileprivate let last: Int
        fileprivate let logProbability: Double
    }

    private struct Ended {
        let last: Int
        let logProbability: Double
        let score: Double
        let isComplete: Bool
    }

    /// Its number among the sources.
    let index: Int
    private let sourceLength: Int
    private let maximumLength: Int
    private let search: BeamSearch
    /// Steps made so far, which is the number of tokens of each hypothesis that grows.
    private var length = 0
    private var links: [Link] = []
    private var ended: [Ended] = []
    /// The hypotheses that grow, best first; none where the sentence is done.
    private(set) var beams = [Beam(row: 0, last: -1, logProbability: 0)]

    init(_ source: [Int32], index: Int, longest: Int?, _ search: BeamSearch) {
        self.index = index
        self.search = search
        sourceLength = source.count
        maximumLength = min(search.options.maximumLength(source: source.count), longest ?? .max)
    }

    /// The last token of each hypothesis that grows.
    var lastTokens: [Int32] { beams.map { $0.last < 0 ? search.start : links[$0.last].token } }

    /// Replaces the hypotheses by their best continuations, and ends what can grow no more or need not.
    ///
    /// - Parameters:
    ///   - logProbabilities: of the next tokens, [rows, vocabulary].
    ///   - weights: where the rows looked, [rows, time].
    ///   - firstRow: that of the first hypothesis; the others follow.
    mutating func advance(_ logProbabilities: Tensor, _ weights: Tensor?, firstRow: Int) {
        let candidates = bestCandidates(logProbabilities, firstRow: firstRow)
        // Every continuation is impossible or not a number: what there is so far stays as it is.
        guard !candidates.isEmpty else { return endUnfinished() }
        length += 1
        var grown: [Beam] = []
        for (rank, candidate) in candidates.enumerated() {
            let previous = beams[candidate.beam].last
            if candidate.token == search.end {
                // One that ends counts only among the best: further down it would crowd out better ones that still grow.
                if rank < options.beam { end(previous, candidate.logProbability, isComplete: true) }
            } else if grown.count < options.beam {
                let row = firstRow + candidate.beam
                let attention = weights.map { $0.at(row).sliced(0..<min(sourceLength, $0.shape[1]), axis: 0).floats } ?? []
                links.append(Link(token: candidate.token, attention: attention, previous: previous))
                grown.append(Beam(row: Int32(row), last: links.count - 1, logProbability: candidate.logProbability))
            }
        }
        beams = grown
        dropHopeless()
        if length >= maximumLength { endUnfinished() }
    }

    private var options: SearchOptions { search.options }

    private var wanted: Int { max(1, options.best) }

    /// The 2 · beam best continuations: enough that `beam` of them do not end.
    private func bestCandidates(_ logProbabilities: Tensor, firstRow: Int) -> [Candidates.Candidate] {
        let vocabulary = logProbabilities.shape[1]
        var candidates = Candidates(wanted: 2 * min(options.beam, beams.count * vocabulary))
        let barred = length < options.minimumLength ? search.forbidden + [search.end] : search.forbidden
        let values = logProbabilities.buffer(of: Float.self)
        for (number, beam) in beams.enumerated() {
            let start = (firstRow + number) * vocabulary
            candidates.add(.init(rebasing: values[start..<start + vocabulary]), to: beam.logProbability, beam: number, except: barred)
        }
        return candidates.best
    }

    private mutating func end(_ last: Int, _ logProbability: Double, isComplete: Bool) {
        let score = options.normalised(logProbability, length: length)
        ended.append(Ended(last: last, logProbability: logProbability, score: score, isComplete: isComplete))
    }

    /// Nothing grows any more; what has not ended stands in where too few have.
    private mutating func endUnfinished() {
        if ended.count < wanted {
            for beam in beams { end(beam.last, beam.logProbability, isComplete: false) }
        }
        beams = []
    }

    /// Drops what could not become one of the best: its log p only falls, and no length raises its score more than the largest.
    ///
    /// This changes no result: what is dropped is less likely than all that stays, and so is whatever it would have grown into.
    private mutating func dropHopeless() {
        guard ended.count >= wanted else { return }
        let worst = ended.map(\.score).sorted(by: >)[wanted - 1]
        // Greedy search has nothing else in mind.
        beams = beams.filter { options.beam > 1 && options.normalised($0.logProbability, length: maximumLength) > worst }
    }

    /// What was found, best first; of equal ones the first stays first.
    var best: [Hypothesis] {
        let ordered = ended.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
        return ordered.prefix(wanted).map { hypothesis($0.element) }
    }

    private func hypothesis(_ ended: Ended) -> Hypothesis {
        var tokens: [Int32] = []
        var attention: [[Float]] = []
        var place = ended.last
        while place >= 0 {
            let link = links[place]
            tokens.append(link.token)
            if !link.attention.isEmpty { attention.append(link.attention) }
            place = link.previous
        }
        return Hypothesis(
            tokens: tokens.reversed(), logProbability: ended.logProbability, score: ended.score, attention: attention.reversed(),
            isComplete: ended.isComplete)
    }
}
