import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Learning to translate: teacher forcing on a parallel corpus; validation by loss, BLEU, chrF and exact match.
public struct TranslationTask: TrainingTask {
    private let model: TranslationModel
    private let batches: BatchStream
    private let validation: BatchStream
    private let pairs: [SentencePair]
    private let options: TranslationOptions

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns.
    ///   - training: the encoded corpus.
    ///   - validationPairs: what it is measured on.
    ///   - options: batch sizes, smoothing, and how validation is done.
    ///   - seed: of the batches' order.
    public init(
        _ model: TranslationModel, training: EncodedCorpus, validationPairs: [SentencePair], options: TranslationOptions, seed: UInt64
    ) throws {
        self.model = model
        self.options = options
        pairs = Array(validationPairs.prefix(options.validationSentences ?? .max))
        let size: BatchOptions.Size = options.batchSentences.map { .examples($0) } ?? .tokens(options.batchTokens)
        batches = try BatchStream(training, tokens: .vocabulary, options: BatchOptions(size: size, seed: seed))
        validation = try model.batches(of: validationPairs)
    }

    /// What learns.
    public var network: TranslationNetwork { model.network }

    /// The batches of an epoch.
    public func items(from position: BatchPosition) throws -> () throws -> Batch? {
        let reader = try batches.reader(at: position)
        return { try reader.next() }
    }

    /// The mean cross entropy of a batch's target tokens.
    public func loss(_ item: Batch, carried: [Tensor], _ context: Context) -> ItemLoss {
        let (loss, tokens) = context.cuttingGradients(every: options.bptt) {
            network.loss(item, smoothing: options.labelSmoothing, context)
        }
        return ItemLoss(loss, tokens: tokens)
    }

    /// The perplexity.
    public func metrics(ofLoss loss: Double) -> [Metric] { [Metric(.perplexity, exp(loss))] }

    /// The model's configuration, both vocabularies, the size of the corpus and of the batches.
    public var identity: [String: String] {
        get throws {
            let statistics = batches.corpus.statistics
            return options.identity.merging([
                "model": try StateFile.json(network.configuration),
                "source vocabulary": try StateFile.json(model.sourceCodec),
                "target vocabulary": try StateFile.json(model.targetCodec),
                "training data": "\(statistics.exampleCount), \(statistics.sourceTokenCount), \(statistics.targetTokenCount)",
            ]) { $1 }
        }
    }

    /// Loss, BLEU, chrF and exact match on the validation pairs.
    public func validate() throws -> Validation {
        let loss = try network.meanLoss(over: validation)
        var search = SearchOptions()
        search.beam = options.validationBeam
        let outputs = model.translations(of: pairs.map(\.source), search).map { $0[0].text }
        let references = pairs.map(\.target)
        return Validation(
            loss: loss,
            metrics: metrics(ofLoss: loss) + [
                Metric(.bleu, try BLEU().score(of: outputs, against: [references]).score),
                Metric(.chrf, try ChrF().score(of: outputs, against: [references]).score),
                Metric(.exactMatch, try ExactMatch(of: outputs, against: references).share),
            ])
    }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}

extension TranslationNetwork {
    /// The mean cross entropy of a batch's target tokens under teacher forcing, in nats.
    public func loss(_ batch: Batch, smoothing: Double, _ context: Context) -> (loss: Tensor, tokens: Int) {
        let source = Tensor(batch.source.tokens, shape: [batch.source.time, batch.source.count])
        let target = Tensor(batch.targetInput.tokens, shape: [batch.targetInput.time, batch.targetInput.count])
        let features = features(source: source, lengths: batch.source.lengths, target: target, context)
        let targets = batch.targetOutput.tokens.map { $0 == Vocabulary.padding ? -1 : $0 }
        let tokens = batch.targetOutput.tokenCount
        return (output.loss(features, targets: targets, smoothing: smoothing, scale: 1 / Double(max(1, tokens)), context), tokens)
    }
}

extension TranslationNetwork {
    /// The mean cross entropy per token over all batches, in nats, without dropout and smoothing.
    func meanLoss(over batches: BatchStream) throws -> Double {
        var total = 0.0
        var tokens = 0
        let reader = try batches.reader()
        while let batch = try reader.next() {
            let (loss, count) = loss(batch, smoothing: 0, .inference())
            total += loss.scalar * Double(count)
            tokens += count
        }
        return total / Double(max(1, tokens))
    }
}

extension TranslationModel {
    /// The mean cross entropy per target token of sentence pairs, in nats: the logarithm of the perplexity.
    public func meanLoss(on pairs: [SentencePair]) throws -> Double {
        try network.meanLoss(over: try batches(of: pairs))
    }

    /// The pairs as batches in a fixed order.
    func batches(of pairs: [SentencePair]) throws -> BatchStream {
        let examples = pairs.enumerated().map { index, pair in
            Example(source: sourceCodec.encode(pair.source), target: targetCodec.encode(pair.target), index: index)
        }
        if let longest = network.longestSequence,
            let (pair, example) = zip(pairs, examples).first(where: { max($1.source.count, $1.target.count + 1) > longest })
        {
            throw CorpusError(
                .tooLong, line: pair.lineNumber,
                "line \(pair.lineNumber): a side has \(max(example.source.count, example.target.count + 1)) tokens, and the model has positions for \(longest); "
                    + "split the line into sentences.")
        }
        return try BatchStream(EncodedCorpus(examples), tokens: .vocabulary, options: BatchOptions(size: .tokens(4096), shuffles: false))
    }
}

extension SpecialTokens {
    /// The special tokens of every vocabulary.
    static let vocabulary = SpecialTokens(padding: Vocabulary.padding, start: Vocabulary.start, end: Vocabulary.end)
}
