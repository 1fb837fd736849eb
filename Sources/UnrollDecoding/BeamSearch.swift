import UnrollModels
import UnrollModules

/// Beam search (Graves 2012; Sutskever 2014), or sampling where the options have it, for several sources at once. Each comes out as it would alone, to
/// the bit.
public struct BeamSearch: Sendable {
    /// How far and how wide.
    public let options: SearchOptions
    let start: Int32
    let end: Int32
    let forbidden: [Int32]

    /// A search; `forbidden` tokens, such as padding, are never produced.
    public init(_ options: SearchOptions, start: Int32, end: Int32, forbidden: [Int32]) {
        self.options = options
        self.start = start
        self.end = end
        self.forbidden = forbidden
    }

    /// The best hypotheses for each source, best first, or its samples in their order.
    ///
    /// - Parameters:
    ///   - sources: tokens without special ones; an empty one gives an empty hypothesis.
    ///   - prefixes: for each source the tokens that its hypotheses begin with, whatever else is forbidden; none where nil. Their log p counts.
    ///   - decoder: the model.
    ///   - context: of an inference call.
    public func callAsFunction<Decoder: StepwiseDecoder>(
        _ sources: [[Int32]], prefixes: [[Int32]]? = nil, _ decoder: Decoder, _ context: Context
    ) -> [[Hypothesis]] {
        run(sources, prefixes, order: Array(sources.indices), rows: sources.count, decoder, context)
    }

    /// Searches for sources in the order of their lengths, so many at a time, and returns what was found in the order given. Where sentences have ended, the
    /// next ones take their places.
    ///
    /// - Parameters:
    ///   - sources: tokens without special ones.
    ///   - prefixes: for each source the tokens that its hypotheses begin with; none where nil.
    ///   - decoder: the model.
    ///   - rows: the most sentences at a time; it changes the time taken, never a result.
    public func batches<Decoder: StepwiseDecoder>(
        _ sources: [[Int32]], prefixes: [[Int32]]? = nil, _ decoder: Decoder, rows: Int = 32
    ) -> [[Hypothesis]] {
        precondition(rows > 0, "sentences are searched for \(rows) at a time")
        let order = sources.indices.sorted { (sources[$0].count, $0) < (sources[$1].count, $1) }
        return run(sources, prefixes, order: order, rows: rows, decoder, .inference())
    }

    private func run<Decoder: StepwiseDecoder>(
        _ sources: [[Int32]], _ prefixes: [[Int32]]?, order: [Int], rows: Int, _ decoder: Decoder, _ context: Context
    ) -> [[Hypothesis]] {
        var results = [[Hypothesis]](
            repeating: [Hypothesis(tokens: [], logProbability: 0, score: 0, attention: [], isComplete: true)], count: sources.count)
        var waiting = order.filter { !sources[$0].isEmpty }[...]
        var alive: [SearchedSentence] = []
        var state: Decoder.State?
        while true {
            let free = rows - alive.count
            // Sentences that enter together are read together, and to join them costs a copy of what the others remember.
            if !waiting.isEmpty, alive.isEmpty || free >= max(1, rows / 4) {
                let entering = waiting.prefix(free)
                waiting = waiting.dropFirst(free)
                let started = decoder.start(entering.map { sources[$0] }, context)
                state = state.map { decoder.joined($0, started) } ?? started
                alive += entering.map {
                    SearchedSentence(sources[$0], prefix: prefixes?[$0] ?? [], index: $0, longest: decoder.longestSequence, self)
                }
            }
            guard let current = state else { return results }
            let result = decoder.step(
                alive.flatMap(\.lastTokens), current, wantsWeights: options.wantsAlignments || options.replacesUnknown, context)
            var step = SearchedSentence.Step(
                logProbabilities: result.logProbabilities.converted(to: .float32), weights: result.weights)
            for place in alive.indices {
                let rows = alive[place].beams.count
                alive[place].advance(step)
                step.firstRow += rows
                if alive[place].beams.isEmpty { results[alive[place].index] = alive[place].found }
            }
            alive.removeAll(where: \.beams.isEmpty)
            state = alive.isEmpty ? nil : decoder.gathered(result.state, rows: alive.flatMap { $0.beams.map(\.row) })
        }
    }
}
