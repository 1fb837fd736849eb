import UnrollModels

/// The keys of `training` that the learning of algorithms has.
public struct AlgorithmOptions: TaskOptions {
    /// Sequences in a batch.
    public var batchSequences = 1

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        batchSequences = try values.count(.batchSequences, default: batchSequences)
    }

    /// Loss, wrong bits, and the cost of a sequence.
    public static var criteria: [Metric.Kind] { [.loss, .wrongBits, .bitsPerSequence] }

    /// What the batches are made by.
    public var identity: [String: String] { ["training.batch_sequences": String(batchSequences)] }
}

/// An algorithm recipe's `training` section.
public typealias AlgorithmTraining = TaskTraining<AlgorithmOptions>
