import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors

/// Learning an algorithm from examples that are made as they are needed, none of them twice; validation by the bits that are wrong.
public struct AlgorithmTask: TrainingTask {
    private let model: AlgorithmModel
    private let training: AlgorithmGenerator
    private let validation: [AlgorithmSequence]
    private let options: AlgorithmOptions

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns; of the generator's sizes.
    ///   - training: makes the examples to learn from.
    ///   - validation: the examples to measure with.
    ///   - options: the batches' size.
    public init(_ model: AlgorithmModel, training: AlgorithmGenerator, validation: [AlgorithmSequence], options: AlgorithmOptions) {
        self.model = model
        self.training = training
        self.validation = validation
        self.options = options
    }

    /// What learns.
    public var network: AlgorithmNetwork { model.network }

    /// The batches from a position on: an epoch that does not end.
    public func items(from position: BatchPosition) -> () throws -> AlgorithmBatch? {
        var next = position.batch
        return {
            defer { next += 1 }
            return AlgorithmBatch((0..<options.batchSequences).map { training.sequence(next * options.batchSequences + $0, stream: 1) })
        }
    }

    /// The cross entropy of all bits of a sequence, −Σ t log p + (1 − t) log (1 − p), as a mean over the batch's sequences. With p = σ(y) that is
    /// Σ softplus(y) − t y.
    public func loss(_ item: AlgorithmBatch, carried: [Tensor], _ context: Context) -> ItemLoss {
        let said = network(Tensor(item.inputs, shape: [item.time, item.count, model.inputs]), context)
        let targets = Tensor(item.targets, shape: [item.time, item.count, model.outputs])
        let weights = Tensor(item.weights, shape: [item.time, item.count, 1])
        let bits = item.weights.count { $0 > 0 } * model.outputs
        let scale = 1 / Double(item.count)
        return ItemLoss(
            sum((softplus(said) - said * targets) * weights) * scale, tokens: bits, factor: scale * Double(bits))
    }

    /// The model's configuration, the algorithm with its sizes, and the size of the batches.
    public var identity: [String: String] {
        get throws {
            options.identity.merging([
                "model": try StateFile.json(network.configuration), "training data": "\(training.algorithm), \(training.seed)",
            ]) { $1 }
        }
    }

    /// The wrong bits and the cost on the examples to measure with.
    public func validate() throws -> Validation { try model.validation(on: validation) }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}

extension AlgorithmModel {
    /// Measures the model: the loss, in nats for each bit that is to be said; of each sequence the bits that come out wrong and −log₂ of the probability of
    /// those that are right, as means; the best that the latter could be, where it is not 0; and the share of right bits.
    ///
    /// - Throws: `CorpusError` where there is no sequence, or sequences are not of the model's sizes.
    public func validation(on sequences: [AlgorithmSequence]) throws -> Validation {
        guard !sequences.isEmpty else { throw CorpusError(.empty, "there is no sequence to measure with.") }
        guard sequences.allSatisfy({ $0.inputs.count == $0.time * inputs && $0.targets.count == $0.time * outputs }) else {
            throw CorpusError(
                .malformed, "the sequences are of another algorithm than the model's, which is shown \(inputs) numbers and says \(outputs)."
            )
        }
        var (nats, wrong, bits, optimum) = (0.0, 0, 0, 0.0)
        for (sequence, said) in zip(sequences, outputs(of: sequences.map(\.inputs))) {
            for place in sequence.answers.lowerBound * outputs..<sequence.answers.upperBound * outputs {
                let (value, target) = (Double(said[place]), Double(sequence.targets[place]))
                nats += max(value, 0) + log1p(exp(-abs(value))) - value * target
                if (value > 0) != (target > 0.5) { wrong += 1 }
                bits += 1
            }
            optimum += sequence.optimalBits ?? 0
        }
        let count = Double(sequences.count)
        let best = sequences[0].optimalBits.map { _ in Metric(.optimalBits, optimum / count) }
        return Validation(
            loss: nats / Double(max(1, bits)),
            metrics: [
                Metric(.wrongBits, Double(wrong) / count), Metric(.bitsPerSequence, nats / count / log(2)),
            ] + (best.map { [$0] } ?? []) + [Metric(.accuracy, 1 - Double(wrong) / Double(max(1, bits)))])
    }
}
