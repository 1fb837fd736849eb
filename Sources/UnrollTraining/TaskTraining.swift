import UnrollModels

/// The keys of a recipe's `training` section that only one task has, or several but not all.
public protocol TaskOptions: Codable, Sendable, Equatable {
    /// The defaults.
    init()

    /// What the best model of such a task can be chosen by.
    static var criteria: [Metric.Kind] { get }

    /// What may not change when a training is resumed, by its key, `training.batch_tokens`: the order of the data.
    var identity: [String: String] { get }
}

/// A recipe's `training` section: the keys that all tasks share and those of one task, in one mapping.
///
/// Both kinds of key are read and written as if they were this type's own.
@dynamicMemberLookup
public struct TaskTraining<Options: TaskOptions>: Codable, Sendable, Equatable {
    /// What all tasks share.
    public var run = TrainingConfiguration()
    /// The task's own.
    public var options = Options()

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        run = try TrainingConfiguration(from: decoder)
        options = try Options(from: decoder)
        guard Options.criteria.contains(run.best) else {
            let values = try decoder.container(keyedBy: TrainingConfiguration.CodingKeys.self)
            let choices = Options.criteria.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw values.invalid(.best, "must be \(choices) for this task, not '\(run.best.rawValue)'")
        }
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try run.encode(to: encoder)
        try options.encode(to: encoder)
    }

    /// A key that all tasks share.
    public subscript<Value>(dynamicMember path: WritableKeyPath<TrainingConfiguration, Value>) -> Value {
        get { run[keyPath: path] }
        set { run[keyPath: path] = newValue }
    }

    /// A key of the task's own.
    public subscript<Value>(dynamicMember path: WritableKeyPath<Options, Value>) -> Value {
        get { options[keyPath: path] }
        set { options[keyPath: path] = newValue }
    }
}
