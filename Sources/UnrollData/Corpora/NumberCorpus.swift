/// Sequences of vectors to learn from or to measure with: kept, or made anew whenever they are asked for.
public struct NumberCorpus: Sendable {
    /// How many sequences there are.
    public let count: Int
    /// Numbers of a vector.
    public let features: Int
    /// Numbers to be said of a sequence.
    public let outputs: Int
    private let sequence: @Sendable (Int) -> NumberSequence

    /// The sequence at a place.
    public subscript(place: Int) -> NumberSequence { sequence(place) }

    /// Sequences that are kept in memory, all of the same features and targets.
    ///
    /// - Throws: `CorpusError` (`.empty`) where there is none.
    public init(_ sequences: [NumberSequence]) throws {
        guard let first = sequences.first else { throw CorpusError(.empty, "there is no sequence to learn from or to measure with.") }
        precondition(sequences.allSatisfy { $0.features == first.features && $0.targets.count == first.targets.count })
        (count, features, outputs) = (sequences.count, first.features, first.targets.count)
        sequence = { sequences[$0] }
    }

    /// Sequences of the adding problem.
    ///
    /// - Parameters:
    ///   - generator: what makes them.
    ///   - count: how many.
    ///   - stream: which of the generator's independent streams.
    public init(_ generator: AddingGenerator, count: Int, stream: UInt64) {
        (self.count, features, outputs) = (count, 2, 1)
        sequence = { generator.sequence($0, stream: stream) }
    }
}
