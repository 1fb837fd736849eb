import UnrollModules
import UnrollTensors

/// Something whose speed is measured: it has sizes, its operations can be counted, and it makes one step after another.
protocol WorkloadKind: Sendable {
    /// The sizes, by the names that a command line changes them by.
    static var sizes: [WorkloadSize<Self>] { get }

    /// Floating-point operations of the matrix products of one step: two for each multiplication and addition.
    var operations: Double { get }
    /// Bytes that one step must read and write at least, where that is what is measured.
    var bytes: Double { get }
    /// How many parts of a step a time is given for.
    var parts: Int { get }

    /// Everything that a step needs, so that only steps remain to be made.
    func prepared(key: RandomKey) -> PreparedWorkload
}

extension WorkloadKind {
    var bytes: Double { 0 }
    var parts: Int { 1 }
}

/// One size of a kind of workload.
struct WorkloadSize<Kind>: Sendable {
    let name: String
    /// The smallest value.
    let least: Int
    let get: @Sendable (Kind) -> Int
    let set: @Sendable (inout Kind, Int) -> Void

    init(_ name: String, _ path: any WritableKeyPath<Kind, Int> & Sendable, least: Int = 1) {
        self.name = name
        self.least = least
        get = { $0[keyPath: path] }
        set = { $0[keyPath: path] = $1 }
    }
}

/// A workload that is ready to make steps.
public struct PreparedWorkload {
    /// What is learnt; empty where nothing is.
    public let parameters: [NamedParameter]
    /// Makes the next step.
    public let step: () -> WorkloadStep
}

/// One step that was made.
public struct WorkloadStep {
    /// Where the time of a training step went; nil for what does not train.
    public let phases: TrainingPhases?
    /// A number that everything computed went into, such as the loss. It is computed when asked for, outside of what is timed.
    public let result: () -> Double
}
