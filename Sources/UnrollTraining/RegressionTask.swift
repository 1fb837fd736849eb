import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors

/// The keys of `training` that regression has.
public struct RegressionOptions: TaskOptions {
    /// Sequences in a batch.
    public var batchSequences = 32
    /// Steps of a sequence that gradients stay within; nil for all of it.
    public var bptt: Int?

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        batchSequences = try values.count(.batchSequences, default: batchSequences)
        if values.contains(.bptt) { bptt = try values.count(.bptt, default: 1) }
    }

    /// The loss, which is the mean squared error.
    public static var criteria: [Metric.Kind] { [.loss] }

    /// What the batches are made by.
    public var identity: [String: String] { ["training.batch_sequences": String(batchSequences)] }
}

/// A regression recipe's `training` section.
public typealias RegressionTraining = TaskTraining<RegressionOptions>

/// Learning the numbers that belong to a sequence of vectors, by the mean squared error.
public struct RegressionTask: TrainingTask {
    private let model: RegressionModel
    private let batches: NumberBatches
    private let validation: NumberCorpus
    private let options: RegressionOptions

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns.
    ///   - training: the sequences to learn from.
    ///   - validation: the sequences to measure with.
    ///   - options: the batches' size.
    ///   - seed: of their order.
    public init(_ model: RegressionModel, training: NumberCorpus, validation: NumberCorpus, options: RegressionOptions, seed: UInt64) {
        self.model = model
        self.validation = validation
        self.options = options
        batches = NumberBatches(training, size: options.batchSequences, seed: seed)
    }

    /// What learns.
    public var network: SequenceRegressor { model.network }

    /// The batches of an epoch.
    public func items(from position: BatchPosition) throws -> () throws -> NumberBatch? {
        let next = batches.reader(at: position)
        return { next() }
    }

    /// The mean of (y − target)² over a batch.
    public func loss(_ item: NumberBatch, carried: [Tensor], _ context: Context) -> ItemLoss {
        let inputs = Tensor(item.values, shape: [item.time, item.count, model.features])
        let isPadded = item.lengths.contains { $0 < item.time }
        let said = context.cuttingGradients(every: options.bptt) { network(inputs, lengths: isPadded ? item.lengths : nil, context) }
        let targets = Tensor(item.targets, shape: [item.count, model.outputs])
        return ItemLoss(mean(square(said - targets)), tokens: item.lengths.reduce(0) { $0 + Int($1) })
    }

    /// The model's configuration, the size of the corpus and of the batches.
    public var identity: [String: String] {
        get throws {
            options.identity.merging([
                "model": try StateFile.json(network.configuration),
                "training data": "\(batches.corpus.count), \(batches.corpus.features), \(batches.corpus.outputs)",
            ]) { $1 }
        }
    }

    /// The errors on the validation sequences.
    public func validate() throws -> Validation { try model.validation(on: validation) }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}

extension RegressionModel {
    /// Measures the model: the means of (y − target)², which is the loss, and of |y − target|.
    ///
    /// - Throws: `CorpusError` where the sequences are not of the model's sizes.
    public func validation(on sequences: NumberCorpus) throws -> Validation {
        guard sequences.features == features, sequences.outputs == outputs else {
            throw CorpusError(
                .malformed,
                "the sequences have \(sequences.features) numbers a step and \(sequences.outputs) targets, the model \(features) and \(outputs)."
            )
        }
        var (squares, magnitudes) = (0.0, 0.0)
        // Some at a time: a corpus may be made as it is asked for.
        for start in stride(from: 0, to: sequences.count, by: 256) {
            let part = (start..<min(start + 256, sequences.count)).map { sequences[$0] }
            for (sequence, said) in zip(part, outputs(of: part.map(\.values))) {
                for (value, target) in zip(said, sequence.targets) {
                    squares += (value - Double(target)) * (value - Double(target))
                    magnitudes += abs(value - Double(target))
                }
            }
        }
        let count = Double(sequences.count * outputs)
        return Validation(
            loss: squares / count,
            metrics: [Metric(.meanSquaredError, squares / count), Metric(.meanAbsoluteError, magnitudes / count)])
    }
}
