import UnrollModels

/// How long and by which rule a model is trained: what the `training` sections of all tasks share.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
    /// The seed of everything random: first weights, dropout, the order of the data.
    public var seed: UInt64 = 1
    /// Updates to make; the run ends there.
    public var steps = 10_000
    /// Batches whose gradients are averaged for one update.
    public var accumulate = 1
    /// The update rule.
    public var optimizer = OptimizerSettings()
    /// The learning rate over the run.
    public var schedule = Schedule()
    /// The largest global norm of the gradient; none where absent.
    public var clipNorm: Double?
    /// The largest element of the gradient; none where absent.
    public var clipValue: Double?
    /// The average of the weights that is measured and written in their place; the weights themselves where absent.
    public var average: AverageSettings?
    /// Updates between two validations.
    public var validateEvery = 1000
    /// What the best model is chosen by.
    public var best = Metric.Kind.loss
    /// Validations without improvement before the run stops early; never where absent.
    public var patience: Int?
    /// Updates between two lines of progress and of the metrics file.
    public var logEvery = 50
    /// Updates between two saved states, from which `--resume` goes on.
    public var saveEvery = 1000
    /// Models of the last saves that stay beside the others, as `step-4000.safetensors`: checkpoints to be averaged.
    public var keep = 0
    /// Whether the metrics file has the norm of each parameter's gradient, for `unroll inspect` to draw.
    public var gradientNorms = false

    enum CodingKeys: CodingKey {
        case seed, steps, accumulate, optimizer, schedule, clipNorm, clipValue, average, validateEvery, best, patience, logEvery
        case saveEvery, keep, gradientNorms
    }

    /// 10,000 updates with Adam.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        seed = try values.value(.seed, default: seed)
        steps = try values.count(.steps, default: steps)
        accumulate = try values.count(.accumulate, default: accumulate)
        optimizer = try values.value(.optimizer, default: optimizer)
        schedule = try values.value(.schedule, default: schedule)
        if values.contains(.clipNorm) { clipNorm = try values.positive(.clipNorm, default: 1) }
        if values.contains(.clipValue) { clipValue = try values.positive(.clipValue, default: 1) }
        if values.contains(.average) { average = try values.value(.average, default: AverageSettings()) }
        validateEvery = try values.count(.validateEvery, default: validateEvery)
        best = try values.value(.best, default: best)
        if values.contains(.patience) { patience = try values.count(.patience, default: 1) }
        logEvery = try values.count(.logEvery, default: logEvery)
        saveEvery = try values.count(.saveEvery, default: saveEvery)
        keep = try values.count(.keep, default: keep, minimum: 0)
        gradientNorms = try values.value(.gradientNorms, default: gradientNorms)
    }
}
