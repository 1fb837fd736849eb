/// Examples that go through a model together.
public struct Batch: Sendable, Equatable {
    /// The sources, `[source time, batch]`.
    public let source: PaddedSequences
    /// What the decoder reads: start, y1, …, yn; `[target time, batch]`.
    public let targetInput: PaddedSequences
    /// What the decoder must say: y1, …, yn, end; `[target time, batch]`.
    public let targetOutput: PaddedSequences
    /// Each example's place in the corpus (`Example.index`), `[batch]`.
    public let indices: [Int]
    /// Where this batch stands in the stream; the position after it is where to resume.
    public let position: BatchPosition

    /// The number of examples.
    public var count: Int { indices.count }

    init(_ examples: [Example], tokens: SpecialTokens, position: BatchPosition) {
        source = PaddedSequences(examples.map(\.source), padding: tokens.padding)
        targetInput = PaddedSequences(examples.map { [tokens.start] + $0.target }, padding: tokens.padding)
        targetOutput = PaddedSequences(examples.map { $0.target + [tokens.end] }, padding: tokens.padding)
        indices = examples.map(\.index)
        self.position = position
    }
}

/// A place in a stream of batches: all the state that is needed to go on.
public struct BatchPosition: Sendable, Hashable, Codable {
    /// The epoch, counted from 0.
    public var epoch: Int
    /// The batch within the epoch, counted from 0.
    public var batch: Int

    /// The place of batch `batch` of epoch `epoch`.
    public init(epoch: Int = 0, batch: Int = 0) {
        self.epoch = epoch
        self.batch = batch
    }
}

/// The tokens that batching itself puts in.
public struct SpecialTokens: Sendable, Equatable {
    /// Fills the places after a sequence's end.
    public let padding: Int32
    /// What the decoder reads first.
    public let start: Int32
    /// What the decoder says last.
    public let end: Int32

    /// The vocabulary's own ids for them.
    public init(padding: Int32 = 0, start: Int32, end: Int32) {
        self.padding = padding
        self.start = start
        self.end = end
    }
}

/// How batches are cut and in which order they come.
public struct BatchOptions: Sendable, Equatable {
    /// How large a batch is.
    public enum Size: Sendable, Equatable {
        /// As many examples as fit while longest · count stays at or below this number; the longest counts source and target (with its end
        /// token) alike. An example longer than that is a batch of its own.
        case tokens(Int)
        /// So many examples; a window's last batch may have fewer.
        case examples(Int)
    }

    /// How large a batch is.
    public var size: Size
    /// How many examples are shuffled and sorted by length together.
    public var windowSize: Int
    /// Whether examples and batches are shuffled; if not, the order is by window and length, equal in every epoch.
    public var shuffles: Bool
    /// The seed of every shuffle.
    public var seed: UInt64

    /// Options with the usual window of 20,000 examples.
    public init(size: Size, windowSize: Int = 20_000, shuffles: Bool = true, seed: UInt64 = 0) {
        self.size = size
        self.windowSize = windowSize
        self.shuffles = shuffles
        self.seed = seed
    }
}
