/// Sequences of vectors side by side, time-major and padded with zeros at their ends.
public struct NumberBatch: Sendable, Equatable {
    /// The vectors, `[time, count, features]`.
    public let values: [Float]
    /// The numbers to be said, `[count, outputs]`.
    public let targets: [Float]
    /// Each sequence's steps, `[count]`.
    public let lengths: [Int32]
    /// Steps of the longest.
    public let time: Int
    /// Sequences.
    public var count: Int { lengths.count }

    /// Lays sequences of the same features side by side.
    public init(_ sequences: [NumberSequence]) {
        let features = sequences.first?.features ?? 1
        let time = sequences.map(\.time).max() ?? 0
        var values = [Float](repeating: 0, count: time * sequences.count * features)
        for (column, sequence) in sequences.enumerated() {
            for step in 0..<sequence.time {
                for feature in 0..<features {
                    values[(step * sequences.count + column) * features + feature] = sequence.values[step * features + feature]
                }
            }
        }
        self.values = values
        self.time = time
        targets = sequences.flatMap(\.targets)
        lengths = sequences.map { Int32($0.time) }
    }
}

/// Batches of sequences of vectors, epoch after epoch, in an order that is a pure function of seed and epoch.
public struct NumberBatches: Sendable {
    /// The sequences.
    public let corpus: NumberCorpus
    private let batches: PlaceBatches

    /// Batches over a corpus.
    ///
    /// - Parameters:
    ///   - corpus: the sequences.
    ///   - size: how many sequences are in a batch; the last one of an epoch may have fewer.
    ///   - seed: of the order, another one in each epoch; where nil they come in the order of the corpus.
    public init(_ corpus: NumberCorpus, size: Int, seed: UInt64?) {
        self.corpus = corpus
        batches = PlaceBatches(count: corpus.count, size: size, seed: seed)
    }

    /// The batches of the position's epoch from there on; the closure gives nil at the epoch's end.
    public func reader(at position: BatchPosition = BatchPosition()) -> () -> NumberBatch? {
        let next = batches.reader(at: position)
        return { next().map { places in NumberBatch(places.map { corpus[$0] }) } }
    }
}
