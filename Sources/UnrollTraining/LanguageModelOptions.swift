import UnrollModels

/// The keys of `training` that only language models have.
public struct LanguageModelOptions: TaskOptions {
    /// Parts of the text that are read side by side, each with a state of its own.
    public var batchStreams = 20
    /// Steps of truncated back-propagation through time: tokens of a stream in one update of a recurrent network, 35 where nil. A Transformer reads as
    /// many as its context has.
    public var bptt: Int?

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        batchStreams = try values.count(.batchStreams, default: batchStreams)
        if values.contains(.bptt) { bptt = try values.count(.bptt, default: 1) }
    }

    /// Tokens of a stream in one update of a recurrent network.
    public var pieceLength: Int { bptt ?? 35 }

    /// The loss, and with it the perplexity.
    public static var criteria: [Metric.Kind] { [.loss] }

    /// How the text is cut.
    public var identity: [String: String] {
        ["training.batch_streams": String(batchStreams), "training.bptt": String(pieceLength)]
    }
}

/// A language model recipe's `training` section.
public typealias LanguageModelTraining = TaskTraining<LanguageModelOptions>
