import UnrollData
import UnrollModels

/// The keys of `training` that question answering has.
public struct QuestionAnsweringOptions: TaskOptions {
    /// Questions in a batch.
    public var batchQuestions = 32
    /// Whether the loss is the sum over a batch, as in the papers, or its mean: learning rate and `clip_norm` are in the same measure.
    public var lossSum = true
    /// Epochs at the beginning in which the hops read without the softmax: the linear start of Sukhbaatar 2015.
    public var linearEpochs = 0
    /// Gaps in the ages of sentences, at most so many for each sentence (Sukhbaatar 2015: 0.1).
    public var timeNoise = 0.0
    /// How much the cross entropy of each hop with its supporting sentence counts, beside that of the answer (Weston 2014); 0 leaves it out.
    public var supervision = 0.0

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        batchQuestions = try values.count(.batchQuestions, default: batchQuestions)
        lossSum = try values.value(.lossSum, default: lossSum)
        linearEpochs = try values.count(.linearEpochs, default: linearEpochs, minimum: 0)
        timeNoise = try values.value(.timeNoise, default: timeNoise)
        guard (0...1).contains(timeNoise) else { throw values.invalid(.timeNoise, "must be from 0 to 1, not \(timeNoise)") }
        supervision = try values.value(.supervision, default: supervision)
        guard supervision >= 0, supervision.isFinite else {
            throw values.invalid(.supervision, "must be at least 0, not \(supervision)")
        }
    }

    /// Loss, accuracy, the mean of the tasks' errors, and how many tasks failed.
    public static var criteria: [Metric.Kind] { [.loss, .accuracy, .meanError, .failedTasks] }

    /// What the batches are made by.
    public var identity: [String: String] {
        [
            "training.batch_questions": String(batchQuestions), "training.linear_epochs": String(linearEpochs),
            "training.time_noise": String(timeNoise), "training.supervision": String(supervision), "training.loss_sum": String(lossSum),
        ]
    }
}

/// A question answering recipe's `training` section.
public typealias QuestionAnsweringTraining = TaskTraining<QuestionAnsweringOptions>
