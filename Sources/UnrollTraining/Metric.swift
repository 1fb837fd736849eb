/// One number that says how good a network is, and what it is called.
public struct Metric: Codable, Sendable, Equatable {
    /// What can be measured, by the names that recipes, `metrics.jsonl` and `unroll evaluate --json` use.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// What training makes small; cross entropy in nats, or the mean squared error.
        case loss
        /// e^loss.
        case perplexity
        /// loss / ln 2, where the tokens are characters.
        case bitsPerCharacter = "bits_per_character"
        /// Corpus BLEU, 0…100.
        case bleu
        /// chrF2, 0…100.
        case chrf
        /// The share of outputs equal to their reference.
        case exactMatch = "exact_match"
        /// The share of right answers.
        case accuracy
        /// The share of right spans among those found.
        case precision
        /// The share of right spans among those to be found.
        case recall
        /// The harmonic mean of precision and recall.
        case f1
        /// The mean of (y − target)².
        case meanSquaredError = "mean_squared_error"
        /// The mean of |y − target|.
        case meanAbsoluteError = "mean_absolute_error"
        /// The mean of several tasks' shares of wrong answers.
        case meanError = "mean_error"
        /// How many tasks have more than 5% of wrong answers.
        case failedTasks = "failed_tasks"
        /// Bits of a sequence that come out wrong, in the mean.
        case wrongBits = "wrong_bits"
        /// −log₂ of the probability of what is to be said, of a sequence in the mean.
        case bitsPerSequence = "bits_per_sequence"
        /// The same of those who know how the sequences were made, but not with which numbers.
        case optimalBits = "optimal_bits"

        /// The name for a reader.
        public var title: String {
            switch self {
            case .loss, .perplexity, .accuracy, .precision, .recall: rawValue
            case .bitsPerCharacter: "bits/character"
            case .bleu: "BLEU"
            case .chrf: "chrF"
            case .exactMatch: "exact"
            case .f1: "F1"
            case .meanSquaredError: "MSE"
            case .meanAbsoluteError: "MAE"
            case .meanError: "mean error"
            case .failedTasks: "failed tasks"
            case .wrongBits: "wrong bits"
            case .bitsPerSequence: "bits/sequence"
            case .optimalBits: "optimum"
            }
        }

        /// Whether it lies in 0…1 and is read as a percentage.
        public var isShare: Bool {
            switch self {
            case .exactMatch, .accuracy, .precision, .recall, .f1, .meanError: true
            default: false
            }
        }

        /// Whether it is the loss in another unit.
        public var followsFromLoss: Bool { self == .perplexity || self == .bitsPerCharacter }

        /// Whether less of it is better.
        var isBetterSmaller: Bool {
            switch self {
            case .loss, .perplexity, .bitsPerCharacter, .meanSquaredError, .meanAbsoluteError, .meanError, .failedTasks: true
            case .wrongBits, .bitsPerSequence, .optimalBits: true
            default: false
            }
        }
    }

    /// What was measured.
    public let kind: Kind
    /// How much.
    public let value: Double

    /// A number under its name.
    public init(_ kind: Kind, _ value: Double) {
        self.kind = kind
        self.value = value
    }
}

/// What a validation found.
public struct Validation: Codable, Sendable, Equatable {
    /// What training makes small, without label smoothing: cross entropy per token or example in nats, or the mean squared error.
    public var loss: Double
    /// What else says how good the network is, in the order in which a reader wants it.
    public var metrics: [Metric]

    /// A result.
    public init(loss: Double, metrics: [Metric] = []) {
        self.loss = loss
        self.metrics = metrics
    }

    /// The metric of a kind; nil where it was not measured.
    public subscript(kind: Metric.Kind) -> Double? {
        kind == .loss ? loss : metrics.first { $0.kind == kind }?.value
    }

    /// A number that grows with quality, by a criterion; by the loss where the criterion was not measured.
    func quality(_ criterion: Metric.Kind) -> Double {
        guard let value = self[criterion] else { return -loss }
        return criterion.isBetterSmaller ? -value : value
    }
}
