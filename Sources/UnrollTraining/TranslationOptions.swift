import UnrollModels

/// The keys of `training` that only translation has.
public struct TranslationOptions: TaskOptions {
    /// Tokens in a batch, padding included; used unless `batch_sentences` is given.
    public var batchTokens = 4096
    /// Sentences in a batch.
    public var batchSentences: Int?
    /// The longest source and target in training; longer examples are left out and counted.
    public var maximumLength = 100
    /// ε of label smoothing.
    public var labelSmoothing = 0.0
    /// Steps of a sequence that gradients stay within; nil for all of it.
    public var bptt: Int?
    /// Validation sentences that are translated for the scores; all where absent.
    public var validationSentences: Int?
    /// Width of the beam in validation.
    public var validationBeam = 1

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
        if values.contains(.validationSentences) { validationSentences = try values.count(.validationSentences, default: 1) }
        validationBeam = try values.count(.validationBeam, default: validationBeam)
    }

    /// Loss, BLEU and exact match.
    public static var criteria: [Metric.Kind] { [.loss, .bleu, .exactMatch] }

    /// What the batches are made by.
    public var identity: [String: String] {
        [
            "training.batch_tokens": String(batchTokens), "training.batch_sentences": batchSentences.map(String.init) ?? "absent",
            "training.maximum_length": String(maximumLength),
        ]
    }
}

/// A translation recipe's `training` section.
public typealias TranslationTraining = TaskTraining<TranslationOptions>
