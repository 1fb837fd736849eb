import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Learning which class a text belongs to; validation by loss and accuracy.
public struct ClassificationTask: TrainingTask {
    private let model: ClassificationModel
    private let batches: BatchStream
    private let classes: [Int32]
    private let validation: [LabelledText]
    private let options: ClassificationOptions

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns.
    ///   - training: the texts to learn from; each label must be one of the model's.
    ///   - validation: the texts to measure with.
    ///   - options: batch sizes and smoothing.
    ///   - seed: of the batches' order.
    /// - Throws: `CorpusError` where no text is short enough, or there is none to measure with.
    public init(
        _ model: ClassificationModel, training: [LabelledText], validation: [LabelledText], options: ClassificationOptions, seed: UInt64
    ) throws {
        self.model = model
        self.validation = validation
        self.options = options
        let encoded = training.map { (tokens: model.codec.encode($0.text), label: model.labels.id(of: $0.label)) }
        let kept = encoded.filter { (1...options.batches.maximumLength).contains($0.tokens.count) && $0.label != nil }
        classes = kept.compactMap(\.label)
        batches = try options.batches.stream(kept.map(\.tokens), seed: seed)
        guard !validation.isEmpty else { throw CorpusError(.empty, "there is no text for validation.") }
        try model.checkLengths(of: validation)
    }

    /// What learns.
    public var network: SequenceClassifier { model.network }

    /// The batches of an epoch.
    public func items(from position: BatchPosition) throws -> () throws -> Batch? {
        let reader = try batches.reader(at: position)
        return { try reader.next() }
    }

    /// The mean cross entropy of a batch's texts.
    public func loss(_ item: Batch, carried: [Tensor], _ context: Context) -> ItemLoss {
        let tokens = Tensor(item.source.tokens, shape: [item.source.time, item.source.count])
        let (features, _) = context.cuttingGradients(every: options.batches.bptt) {
            network(tokens, lengths: item.source.lengths, context)
        }
        let loss = network.output.loss(
            features, targets: item.indices.map { classes[$0] }, smoothing: options.batches.labelSmoothing, scale: 1 / Double(item.count),
            context)
        return ItemLoss(loss, tokens: item.source.tokenCount)
    }

    /// The model's configuration, vocabulary and classes, the size of the corpus and of the batches.
    public var identity: [String: String] {
        get throws {
            options.identity.merging([
                "model": try StateFile.json(network.configuration), "vocabulary": try StateFile.json(model.codec),
                "classes": try StateFile.json(model.labels),
                "training data": "\(classes.count), \(batches.corpus.statistics.sourceTokenCount)",
            ]) { $1 }
        }
    }

    /// Loss and accuracy on the validation texts.
    public func validate() throws -> Validation { try model.validation(on: validation) }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}

extension ClassificationModel {
    /// Measures the model: the mean of −log p(label), and the share of texts whose likeliest class is the right one.
    ///
    /// A text whose label the model does not know counts as wrong, and not for the loss.
    ///
    /// - Throws: `CorpusError` where the model knows none of the labels, or a text is longer than the positions that it has learnt.
    public func validation(on texts: [LabelledText]) throws -> Validation {
        try checkLengths(of: texts)
        let predictions = predictions(ofTokens: texts.map { codec.encode($0.text) })
        return try Validation(of: predictions.map(\.logProbabilities), labels: texts.map(\.label), among: labels)
    }

    /// Throws where a text has more tokens than there are positions.
    func checkLengths(of texts: [LabelledText]) throws {
        guard let longest = network.configuration.reader.longestSequence else { return }
        for text in texts {
            let count = codec.encode(text.text).count
            if count > longest { throw CorpusError.tooLong(line: text.lineNumber, "the text has \(count) tokens", longest) }
        }
    }
}

extension Validation {
    /// The loss and the accuracy of a classifier.
    ///
    /// - Parameters:
    ///   - logProbabilities: of each example the log p of each class.
    ///   - found: the right labels. One that is unknown counts as wrong, and not for the loss.
    ///   - labels: the classes.
    /// - Throws: `CorpusError` where none is known.
    init(of logProbabilities: [[Double]], labels found: [String], among labels: LabelSet) throws {
        var (loss, known, right) = (0.0, 0, 0)
        for (label, probabilities) in zip(found, logProbabilities) {
            guard let label = labels.id(of: label) else { continue }
            loss -= probabilities[Int(label)]
            known += 1
            if probabilities.firstOfLargest == Int(label) { right += 1 }
        }
        guard known > 0 else { throw LabelSet.noneKnown(labels.names, found: found.first) }
        self.init(loss: loss / Double(known), metrics: [Metric(.accuracy, Double(right) / Double(found.count))])
    }
}

extension CorpusError {
    /// The error of a sequence that has more steps than a model has positions for.
    static func tooLong(line: Int, _ what: String, _ longest: Int) -> CorpusError {
        CorpusError(.tooLong, line: line, "line \(line): \(what), and the model has positions for \(longest); shorten it or leave it out.")
    }
}

extension LabelSet {
    /// The error of data in which no label is one that a model knows.
    static func noneKnown(_ names: [String], found: String?) -> CorpusError {
        CorpusError(
            .empty,
            "none of the labels, such as '\(found ?? "")', is one that the model knows, such as '\(names[0])'; check the file and its columns."
        )
    }
}
