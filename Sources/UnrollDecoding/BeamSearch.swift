import UnrollModels
import UnrollModules

/// Beam search (Graves 2012; Sutskever 2014) for several sources at once. Each comes out as it would alone, to the bit.
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
            SearchedSentence(sources[$0], index: $0, longest: decoder.longestSequence, self)
        }
        guard !alive.isEmpty else { return results }
        var state = decoder.start(alive.map { sources[$0.index] }, context)
        while true {
            let step = decoder.step(alive.flatMap(\.lastTokens), state, wantsWeights: options.wantsAlignments, context)
            let logProbabilities = step.logProbabilities.converted(to: .float32)
            var firstRow = 0
            for place in alive.indices {
                let rows = alive[place].beams.count
                alive[place].advance(logProbabilities, step.weights, firstRow: firstRow)
                firstRow += rows
                if alive[place].beams.isEmpty { results[alive[place].index] = alive[place].best }
            }
            alive.removeAll(where: \.beams.isEmpty)
            guard !alive.isEmpty else { return results }
            state = decoder.gathered(step.state, rows: alive.flatMap { $0.beams.map(\.row) })
        }
    }
}
