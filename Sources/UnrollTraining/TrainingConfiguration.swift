import UnrollModels

/// How long, in what portions and by which rule a model is trained; the recipe's `training` section.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
    /// What the best model is chosen by.
    public enum Criterion: String, Codable, Sendable, CaseIterable {
        /// The smallest validation loss.
        case loss
        /// The highest BLEU of the validation set.
        case bleu
        /// The highest share of validation outputs that are right as a whole.
        case exactMatch = "exact_match"
    }

    /// The seed of everything random: first weights, dropout, the order of the data.
    public var seed: UInt64 = 1
    /// Updates to make; the run ends there.
    public var steps = 10_000
    /// Tokens in a batch, padding included; used unless `batch_sentences` is given.
    public var batchTokens = 4096
    /// Sentences in a batch.
    public var batchSentences: Int?
    /// Batches whose gradients are averaged for one update.
    public var accumulate = 1
    /// The longest source and target in training; longer examples are left out and counted.
    public var maximumLength = 100
    /// The update rule.
    public var optimizer = OptimizerSettings()
    /// The learning rate over the run.
    public var schedule = Schedule()
    /// The largest global norm of the gradient; none where absent.
    public var clipNorm: Double?
    /// The largest element of the gradient; none where absent.
    public var clipValue: Double?
    /// ε of label smoothing.
    public var labelSmoothing = 0.0
    /// Updates between two validations.
    public var validateEvery = 1000
    /// Validation sentences that are translated for the scores; all where absent.
    public var validationSentences: Int?
    /// Width of the beam in validation.
    public var validationBeam = 1
    /// What the best model is chosen by.
    public var best = Criterion.loss
    /// Validations without improvement before the run stops early; never where absent.
    public var patience: Int?
    /// Updates between two lines of progress and of the metrics file.
    public var logEvery = 50
    /// Updates between two saved states, from which `--resume` goes on.
    public var saveEvery = 1000

    /// 10,000 updates with Adam.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        seed = try values.value(.seed, default: seed)
        steps = try values.count(.steps, default: steps)
        batchTokens = try values.count(.batchTokens, default: batchTokens)
        if values.contains(.batchSentences) { batchSentences = try values.count(.batchSentences, default: 1) }
        accumulate = try values.count(.accumulate, default: accumulate)
        maximumLength = try values.count(.maximumLength, default: maximumLength)
        optimizer = try values.value(.optimizer, default: optimizer)
        schedule = try values.value(.schedule, default: schedule)
        if values.contains(.clipNorm) { clipNorm = try values.positive(.clipNorm, default: 1) }
        if values.contains(.clipValue) { clipValue = try values.positive(.clipValue, default: 1) }
        labelSmoothing = try values.probability(.labelSmoothing, default: labelSmoothing)
        validateEvery = try values.count(.validateEvery, default: validateEvery)
        if values.contains(.validationSentences) { validationSentences = try values.count(.validationSentences, default: 1) }
        validationBeam = try values.count(.validationBeam, default: validationBeam)
        best = try values.value(.best, default: best)
        if values.contains(.patience) { patience = try values.count(.patience, default: 1) }
        logEvery = try values.count(.logEvery, default: logEvery)
        saveEvery = try values.count(.saveEvery, default: saveEvery)
    }
}
