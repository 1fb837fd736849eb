import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Learning a tag for each word; validation by loss, accuracy and, for tags of spans, F1.
public struct TaggingTask: TrainingTask {
    private let model: TaggingModel
    private let batches: BatchStream
    private let sentences: [TaggedSentence]
    private let validation: [TaggedSentence]
    private let options: TaggingOptions

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns.
    ///   - training: the sentences to learn from; each tag must be one of the model's.
    ///   - validation: the sentences to measure with.
    ///   - options: batch sizes and smoothing.
    ///   - seed: of the batches' order.
    /// - Throws: `CorpusError` where no sentence is short enough, or there is none to measure with.
    public init(
        _ model: TaggingModel, training: [TaggedSentence], validation: [TaggedSentence], options: TaggingOptions, seed: UInt64
    ) throws {
        self.model = model
        self.validation = validation
        self.options = options
        sentences = training.filter { (1...options.batches.maximumLength).contains($0.words.count) }
        batches = try options.batches.stream(sentences.map { model.words.ids(for: $0.words) }, seed: seed)
        guard !validation.isEmpty else { throw CorpusError(.empty, "there is no sentence for validation.") }
        try model.checkLengths(of: validation)
    }

    /// What learns.
    public var network: SequenceTagger { model.network }

    /// The batches of an epoch.
    public func items(from position: BatchPosition) throws -> () throws -> Batch? {
        let reader = try batches.reader(at: position)
        return { try reader.next() }
    }

    /// The mean cross entropy of a batch's words.
    public func loss(_ item: Batch, carried: [Tensor], _ context: Context) -> ItemLoss {
        let batch = item.indices.map { sentences[$0] }
        var targets = [Int32](repeating: -1, count: item.source.tokens.count)
        for (row, sentence) in batch.enumerated() {
            for (step, tag) in sentence.tags.enumerated() { targets[step * batch.count + row] = model.tags.id(of: tag) ?? -1 }
        }
        let tokens = item.source.tokenCount
        let features = context.cuttingGradients(every: options.batches.bptt) { network(model.input(batch.map(\.words)), context) }
        let loss = network.output.loss(
            features, targets: targets, smoothing: options.batches.labelSmoothing, scale: 1 / Double(max(1, tokens)), context)
        return ItemLoss(loss, tokens: tokens)
    }

    /// The model's configuration, vocabularies and tags, the size of the corpus and of the batches.
    public var identity: [String: String] {
        get throws {
            options.identity.merging([
                "model": try StateFile.json(network.configuration), "words": try StateFile.json(model.words),
                "characters": try StateFile.json(model.characters), "tags": try StateFile.json(model.tags),
                "training data": "\(sentences.count), \(batches.corpus.statistics.sourceTokenCount)",
            ]) { $1 }
        }
    }

    /// Loss, accuracy and F1 on the validation sentences.
    public func validate() throws -> Validation { try model.validation(on: validation) }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}

extension TaggingModel {
    /// Measures the model: the mean of −log p(tag), the share of words whose likeliest tag is the right one, and, where tags are of spans, precision,
    /// recall and F1 of the spans as CoNLL counts them.
    ///
    /// A word whose tag the model does not know counts as wrong, and not for the loss.
    ///
    /// - Throws: `CorpusError` where the model knows none of the tags, or a sentence is longer than the positions that it has learnt.
    public func validation(on sentences: [TaggedSentence]) throws -> Validation {
        try checkLengths(of: sentences)
        var (loss, known, right, all) = (0.0, 0, 0, 0)
        var spans = SpanScore()
        for (sentence, words) in zip(sentences, logProbabilities(of: sentences.map(\.words))) {
            let best = words.map(\.firstOfLargest)
            all += words.count
            for (place, tag) in sentence.tags.enumerated() {
                guard let id = tags.id(of: tag) else { continue }
                loss -= words[place][Int(id)]
                known += 1
                if best[place] == Int(id) { right += 1 }
            }
            spans.add(best.map { tags.names[$0] }, reference: sentence.tags)
        }
        guard known > 0 else { throw LabelSet.noneKnown(tags.names, found: sentences.first?.tags.first) }
        let ofSpans = [Metric(.precision, spans.precision), Metric(.recall, spans.recall), Metric(.f1, spans.f1)]
        return Validation(
            loss: loss / Double(known), metrics: [Metric(.accuracy, Double(right) / Double(all))] + (tags.areSpanTags ? ofSpans : []))
    }

    /// Throws where a sentence has more words than there are positions.
    func checkLengths(of sentences: [TaggedSentence]) throws {
        guard let longest = network.configuration.reader.longestSequence else { return }
        for sentence in sentences where sentence.words.count > longest {
            throw CorpusError.tooLong(line: sentence.lineNumber, "the sentence has \(sentence.words.count) words", longest)
        }
    }
}
