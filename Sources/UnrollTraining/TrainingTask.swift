import Foundation
import UnrollData
import UnrollModules
import UnrollTensors

/// What there is to learn: a network, its data, its loss, and how it is measured.
public protocol TrainingTask {
    /// The network's type.
    associatedtype Network: Module
    /// What the loss is computed over at once.
    associatedtype Item

    /// The network whose parameters change.
    var network: Network { get }

    /// The items of one epoch from a position on; the closure returns nil at the epoch's end.
    func items(from position: BatchPosition) throws -> () throws -> Item?

    /// What the first item of an epoch is given in place of what an item before it left.
    var carriedAtStart: [Tensor] { get }

    /// The loss of an item.
    ///
    /// - Parameters:
    ///   - item: what it is computed over.
    ///   - carried: what the item before this one left, or `carriedAtStart`.
    ///   - context: of this call.
    func loss(_ item: Item, carried: [Tensor], _ context: Context) -> ItemLoss

    /// The loss in the units that a reader of this task knows.
    func metrics(ofLoss loss: Double) -> [Metric]

    /// What must be the same when a training is resumed, by name; the weights' names and shapes are compared anyway. A name that begins with
    /// `training.` is a recipe's key, and its values are shown.
    var identity: [String: String] { get throws }

    /// Measures the network as it is.
    func validate() throws -> Validation

    /// Writes the network as a model file.
    func writeModel(to url: URL) throws
}

extension TrainingTask {
    /// Nothing: each item stands for itself.
    public var carriedAtStart: [Tensor] { [] }

    /// The loss is all that is known.
    public func metrics(ofLoss loss: Double) -> [Metric] { [] }
}

/// The loss of an item, and what it leaves behind.
public struct ItemLoss {
    /// The mean over the item, per token in nats or whatever the task's loss is, times the factor.
    public let loss: Tensor
    /// How many tokens were learnt from; progress is counted in them.
    public let tokens: Int
    /// What the next item of the epoch is given, such as the states of a language model; constants of the same shapes each time.
    public let carried: [Tensor]
    /// What the mean was multiplied by, where a task differentiates a sum; progress tells the mean.
    public let factor: Double

    /// A loss over so many tokens.
    public init(_ loss: Tensor, tokens: Int, carried: [Tensor] = [], factor: Double = 1) {
        self.loss = loss
        self.tokens = tokens
        self.carried = carried
        self.factor = factor
    }
}

/// How a training's run ended.
public enum TrainingOutcome: Sendable, Equatable {
    /// All updates were made.
    case finished
    /// The validation had not improved for long enough.
    case stoppedEarly(step: Int)
    /// It was asked to stop; `resuming` goes on from here.
    case interrupted(step: Int)
}
