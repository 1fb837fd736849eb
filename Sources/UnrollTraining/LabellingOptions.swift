import UnrollData
import UnrollModels

/// How labelled sequences of different lengths are put into batches.
public struct LabelledBatchOptions: Codable, Sendable, Equatable {
    /// Tokens in a batch, padding included; used unless `batch_sentences` is given.
    public var batchTokens = 1024
    /// Sentences in a batch.
    public var batchSentences: Int?
    /// The longest sequence in training, in tokens; longer ones are left out and counted.
    public var maximumLength = 1_000
    /// ε of label smoothing.
    public var labelSmoothing = 0.0
    /// Steps of a sequence that gradients stay within; nil for all of it.
    public var bptt: Int?

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        batchTokens = try values.count(.batchTokens, default: batchTokens)
        if values.contains(.batchSentences) { batchSentences = try values.count(.batchSentences, default: 1) }
        maximumLength = try values.count(.maximumLength, default: maximumLength)
        labelSmoothing = try values.probability(.labelSmoothing, default: labelSmoothing)
        if values.contains(.bptt) { bptt = try values.count(.bptt, default: 1) }
    }

    /// What the batches are made by.
    var identity: [String: String] {
        [
            "training.batch_tokens": String(batchTokens), "training.batch_sentences": batchSentences.map(String.init) ?? "absent",
            "training.maximum_length": String(maximumLength),
        ]
    }

    /// Batches of sequences of tokens.
    ///
    /// - Throws: `CorpusError` where there is none.
    func stream(_ sequences: [[Int32]], seed: UInt64) throws -> BatchStream {
        // The stream only needs to know how long they are; what belongs to a sequence is found by its place.
        let examples = sequences.enumerated().map { Example(source: $0.element, target: [0], index: $0.offset) }
        let size: BatchOptions.Size = batchSentences.map { .examples($0) } ?? .tokens(batchTokens)
        return try BatchStream(EncodedCorpus(examples), tokens: .vocabulary, options: BatchOptions(size: size, seed: seed))
    }
}

/// The keys of `training` that classification has.
public struct ClassificationOptions: TaskOptions {
    /// How texts are put into batches, and the labels' smoothing.
    public var batches = LabelledBatchOptions()

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws { batches = try LabelledBatchOptions(from: decoder) }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws { try batches.encode(to: encoder) }

    /// Loss and accuracy.
    public static var criteria: [Metric.Kind] { [.loss, .accuracy] }

    /// What the batches are made by.
    public var identity: [String: String] { batches.identity }
}

/// The keys of `training` that tagging has.
public struct TaggingOptions: TaskOptions {
    /// How sentences are put into batches, and the tags' smoothing.
    public var batches = LabelledBatchOptions()

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws { batches = try LabelledBatchOptions(from: decoder) }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws { try batches.encode(to: encoder) }

    /// Loss, accuracy, and for tags of spans F1.
    public static var criteria: [Metric.Kind] { [.loss, .accuracy, .f1] }

    /// What the batches are made by.
    public var identity: [String: String] { batches.identity }
}

/// A classification recipe's `training` section.
public typealias ClassificationTraining = TaskTraining<ClassificationOptions>

/// A tagging recipe's `training` section.
public typealias TaggingTraining = TaskTraining<TaggingOptions>
