/// What a training tells while it runs.
public enum TrainingEvent: Sendable {
    /// Every few updates.
    case progress(TrainingProgress)
    /// After a validation; whether it is the best so far.
    case validated(step: Int, Validation, isBest: Bool, seconds: Double)
    /// A training goes on after an earlier one.
    case resumed(step: Int)
}

/// Where a training stands. Means are over the updates since the last report.
public struct TrainingProgress: Sendable {
    /// The update, counted from 1.
    public let step: Int
    /// The last update.
    public let totalSteps: Int
    /// The epoch, counted from 1.
    public let epoch: Int
    /// Mean training loss, label smoothing included; per token in nats where tokens are learnt.
    public let loss: Double
    /// The same in the task's other units, such as the perplexity.
    public let metrics: [Metric]
    /// Tokens learnt from in a second.
    public let tokensPerSecond: Double
    /// Mean norm of the gradient before clipping.
    public let gradientNorm: Double
    /// The same for each parameter by its name; empty unless `gradient_norms` asks for it.
    public let gradientNorms: [(name: String, norm: Double)]
    /// The learning rate of the last update.
    public let learningRate: Double
    /// Seconds left at the present pace.
    public let secondsLeft: Double
}
