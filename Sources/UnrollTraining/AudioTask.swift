import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// The keys of `training` that the classification of sounds has.
public struct AudioOptions: TaskOptions {
    /// Recordings in a batch.
    public var batchRecordings = 32
    /// ε of label smoothing.
    public var labelSmoothing = 0.0

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        batchRecordings = try values.count(.batchRecordings, default: batchRecordings)
        labelSmoothing = try values.probability(.labelSmoothing, default: labelSmoothing)
    }

    /// Loss and accuracy.
    public static var criteria: [Metric.Kind] { [.loss, .accuracy] }

    /// What the batches are made by.
    public var identity: [String: String] { ["training.batch_recordings": String(batchRecordings)] }
}

/// An audio recipe's `training` section.
public typealias AudioTraining = TaskTraining<AudioOptions>

/// Learning which class a sound belongs to; validation by loss and accuracy.
public struct AudioTask: TrainingTask {
    private let model: AudioModel
    private let batches: RecordingBatches
    private let classes: [Int32]
    private let augmentation: AudioAugmentation
    private let validation: [Recording]
    private let options: AudioOptions

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns.
    ///   - training: the recordings to learn from; those whose label the model does not know are left out.
    ///   - validation: the recordings to measure with, as they are.
    ///   - augmentation: how a recording is changed each time that it is learnt from.
    ///   - options: the batches' size and smoothing.
    ///   - seed: of their order and of the changes.
    /// - Throws: `CorpusError` where there is no sound to learn from or to measure with.
    public init(
        _ model: AudioModel, training: [Recording], validation: [Recording], augmentation: AudioAugmentation = AudioAugmentation(),
        options: AudioOptions, seed: UInt64
    ) throws {
        let kept = training.filter { !$0.samples.isEmpty && model.labels.id(of: $0.label) != nil }
        guard !kept.isEmpty, !validation.isEmpty else {
            throw CorpusError(.empty, "there is no recording to learn from, or none for validation.")
        }
        self.model = model
        self.validation = validation
        self.augmentation = augmentation
        self.options = options
        classes = kept.compactMap { model.labels.id(of: $0.label) }
        batches = RecordingBatches(kept, size: options.batchRecordings, augmentation: augmentation, seed: seed)
    }

    /// What learns.
    public var network: AudioClassifier { model.network }

    /// The batches of an epoch.
    public func items(from position: BatchPosition) throws -> () throws -> RecordingBatch? {
        let next = batches.reader(at: position)
        return { next() }
    }

    /// The mean cross entropy of a batch's recordings; its tokens are samples.
    public func loss(_ item: RecordingBatch, carried: [Tensor], _ context: Context) -> ItemLoss {
        let (features, _) = network(Tensor(item.samples, shape: [item.time, item.count, 1]), lengths: item.lengths, context)
        let loss = network.output.loss(
            features, targets: item.indices.map { classes[$0] }, smoothing: options.labelSmoothing, scale: 1 / Double(item.count), context)
        return ItemLoss(loss, tokens: item.lengths.reduce(0) { $0 + Int($1) })
    }

    /// The model's configuration and classes, the size of the corpus and of the batches, and how recordings are changed.
    public var identity: [String: String] {
        get throws {
            options.identity.merging([
                "model": try StateFile.json(network.configuration), "classes": try StateFile.json(model.labels),
                "augmentation": try StateFile.json(augmentation),
                "training data": "\(classes.count), \(batches.recordings.reduce(0) { $0 + $1.samples.count })",
            ]) { $1 }
        }
    }

    /// Loss and accuracy on the validation recordings.
    public func validate() throws -> Validation { try model.validation(on: validation) }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}

extension AudioModel {
    /// Measures the model: the mean of −log p(label), and the share of recordings whose likeliest class is the right one.
    ///
    /// A recording whose label the model does not know counts as wrong, and not for the loss.
    ///
    /// - Throws: `CorpusError` where the model knows none of the labels.
    public func validation(on recordings: [Recording]) throws -> Validation {
        try Validation(
            of: logProbabilities(of: recordings.map(\.samples)), labels: recordings.map(\.label), among: labels)
    }
}
