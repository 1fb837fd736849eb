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

    /// The loss per token, in nats, and how many tokens it was taken over.
    func loss(_ item: Item, _ context: Context) -> (loss: Tensor, tokens: Int)

    /// What must be the same when a training is resumed, by name; the weights' names and shapes are compared anyway.
    var identity: [String: String] { get throws }

    /// Measures the network as it is.
    func validate() throws -> Validation

    /// Writes the network as a model file.
    func writeModel(to url: URL) throws
}

/// What a validation found.
public struct Validation: Codable, Sendable, Equatable {
    /// Cross entropy per token, in nats, without label smoothing.
    public var loss: Double
    /// Corpus BLEU of the outputs, 0…100.
    public var bleu: Double?
    /// chrF2 of the outputs, 0…100.
    public var chrf: Double?
    /// The share of outputs equal to their reference.
    public var exactMatch: Double?

    /// A result.
    public init(loss: Double, bleu: Double? = nil, chrf: Double? = nil, exactMatch: Double? = nil) {
        self.loss = loss
        self.bleu = bleu
        self.chrf = chrf
        self.exactMatch = exactMatch
    }

    /// e^loss.
    public var perplexity: Double { exp(loss) }

    /// A number that grows with quality, by the criterion.
    func quality(_ criterion: TrainingConfiguration.Criterion) -> Double {
        switch criterion {
        case .loss: -loss
        case .bleu: bleu ?? -loss
        case .exactMatch: exactMatch ?? -loss
        }
    }
}
