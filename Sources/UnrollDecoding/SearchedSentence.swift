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
        let logProbability: Double
        /// Which of the samples it is, where there are several.
        let sample: Int
    }

    private struct Ended {
        let last: Int
        let logProbability: Double
        let score: Double
        let sample: Int
        let isComplete: Bool
    }

    /// What the decoder says of the next tokens: log p [rows, vocabulary], and where the rows looked [rows, time].
    struct Step {
        let logProbabilities: Tensor
        let weights: Tensor?
        /// The row of the sentence's first hypothesis; those of the others follow.
        var firstRow = 0

        /// log p of what may follow a hypothesis of the sentence; valid for the life of the step.
        func values(_ beam: Int) -> UnsafeBufferPointer<Float> {
            let vocabulary = logProbabilities.shape[1]
            let start = (firstRow + beam) * vocabulary
            return .init(rebasing: logProbabilities.buffer(of: Float.self)[start..<start + vocabulary])
        }
    }

    /// Its number among the sources.
    let index: Int
    /// Steps made so far, which is the number of tokens of each hypothesis that grows.
    private(set) var length = 0
    /// The hypotheses that grow, best first; none where the sentence is done.
    private(set) var beams = [Beam(row: 0, last: -1, logProbability: 0, sample: 0)]
    /// What every hypothesis begins with.
    let prefix: [Int32]
    /// One for each sample; none where the best are searched for.
    let samplers: [Sampler]
    private let sourceLength: Int
    private let maximumLength: Int
    private let search: BeamSearch
    private var links: [Link] = []
    private var ended: [Ended] = []

    init(_ source: [Int32], prefix: [Int32], index: Int, longest: Int?, _ search: BeamSearch) {
        self.index = index
        self.search = search
        self.prefix = prefix
        sourceLength = source.count
        maximumLength = min(max(search.options.maximumLength(source: source.count), prefix.count + 1), longest ?? .max)
        samplers =
            search.options.sampling.map { options in
                (0..<max(1, search.options.best)).map { Sampler(options, sample: $0, source: source, forbidden: search.forbidden) }
            } ?? []
    }

    var options: SearchOptions { search.options }

    var end: Int32 { search.end }

    /// The last token of each hypothesis that grows.
    var lastTokens: [Int32] { beams.map { $0.last < 0 ? search.start : links[$0.last].token } }

    /// Lets the hypotheses grow by a token, and ends what can grow no more or need not.
    mutating func advance(_ step: Step) {
        if length < prefix.count {
            force(prefix[length], step)
        } else if samplers.isEmpty {
            keepBest(step)
        } else {
            draw(step)
        }
        if length >= maximumLength { endUnfinished() }
    }

    /// Before the end of what is forced there is one hypothesis.
    private mutating func force(_ token: Int32, _ step: Step) {
        let logProbability = beams[0].logProbability + Double(step.values(0)[Int(token)])
        replace(logProbability.isFinite ? [(0, token, logProbability, 0)] : [], step)
    }

    /// Tokens that may not follow a hypothesis.
    func barred(after beam: Beam) -> [Int32] {
        var barred = search.forbidden
        if length < options.minimumLength { barred.append(end) }
        if let n = options.noRepeat { barred += tokensThatRepeat(n, in: path(to: beam.last).map(\.token)) }
        return barred
    }

    /// A hypothesis and the token that it goes on with; `</s>` ends it.
    typealias Continuation = (beam: Int, token: Int32, logProbability: Double, sample: Int)

    /// Replaces the hypotheses that grow by continuations of theirs. Without any, what there is so far stays as it is.
    mutating func replace(_ continuations: [Continuation], _ step: Step) {
        guard !continuations.isEmpty else { return endUnfinished() }
        length += 1
        let old = beams
        beams = []
        for continuation in continuations {
            let last = old[continuation.beam].last
            let row = step.firstRow + continuation.beam
            if continuation.token == end {
                end(last, continuation.logProbability, sample: continuation.sample, isComplete: true)
            } else {
                let attention = step.weights.map { $0.at(row).sliced(0..<min(sourceLength, $0.shape[1]), axis: 0).floats } ?? []
                links.append(Link(token: continuation.token, attention: attention, previous: last))
                beams.append(
                    Beam(
                        row: Int32(row), last: links.count - 1, logProbability: continuation.logProbability, sample: continuation.sample))
            }
        }
    }

    /// Ends a hypothesis as it is.
    mutating func end(_ beam: Beam, sample: Int, isComplete: Bool) {
        end(beam.last, beam.logProbability, sample: sample, isComplete: isComplete)
    }

    private mutating func end(_ last: Int, _ logProbability: Double, sample: Int, isComplete: Bool) {
        let score = options.normalised(logProbability, length: length)
        ended.append(Ended(last: last, logProbability: logProbability, score: score, sample: sample, isComplete: isComplete))
    }

    private var wanted: Int { max(1, options.best) }

    /// Nothing grows any more; what has not ended stands in where too few have.
    private mutating func endUnfinished() {
        if ended.count < wanted {
            for beam in beams { end(beam, sample: beam.sample, isComplete: false) }
        }
        beams = []
    }

    /// Drops what could not become one of the best: its log p only falls, and no length raises its score more than the largest.
    ///
    /// This changes no result: what is dropped is less likely than all that stays, and so is whatever it would have grown into.
    mutating func dropHopeless() {
        guard ended.count >= wanted else { return }
        let worst = ended.map(\.score).sorted(by: >)[wanted - 1]
        // Greedy search has nothing else in mind.
        beams = beams.filter { options.beam > 1 && options.normalised($0.logProbability, length: maximumLength) > worst }
    }

    /// What was found: samples in their order, else the best first; of equal ones the first stays first.
    var found: [Hypothesis] {
        let ordered = ended.enumerated().sorted { first, second in
            samplers.isEmpty
                ? (second.element.score, first.offset) < (first.element.score, second.offset)
                : first.element.sample < second.element.sample
        }
        return ordered.prefix(wanted).map { hypothesis($0.element) }
    }

    private func hypothesis(_ ended: Ended) -> Hypothesis {
        let path = path(to: ended.last)
        return Hypothesis(
            tokens: path.map(\.token), logProbability: ended.logProbability, score: ended.score,
            attention: path.map(\.attention).filter { !$0.isEmpty }, isComplete: ended.isComplete)
    }

    private func path(to last: Int) -> [Link] {
        var path: [Link] = []
        var place = last
        while place >= 0 {
            path.append(links[place])
            place = links[place].previous
        }
        return path.reversed()
    }
}
