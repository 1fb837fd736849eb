import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollKernels
import UnrollModels
import UnrollTensors
import UnrollText

@testable import UnrollTraining

/// Copying short sequences of letters with a small network: a real translation task that takes seconds.
struct CopyingTask {
    var model = SequenceToSequenceConfiguration()
    /// A Transformer, in place of the recurrent network.
    var transformer: TransformerConfiguration?
    var training = TranslationTraining()
    var pairs: [SentencePair]
    var held: [SentencePair]
    var scalarType = ScalarType.float32

    init(count: Int = 60, symbols: Int = 5, longest: Int = 4) throws {
        let generator = try SequenceGenerator(seed: 11, symbolCount: symbols, firstToken: 0)
        func pairs(_ count: Int, _ stream: UInt64) throws -> [SentencePair] {
            try generator.examples(count: count, lengths: 1...longest, stream: stream).map {
                let text = generator.text(of: $0.source)
                return SentencePair(source: text, target: text, lineNumber: $0.index + 1)
            }
        }
        self.pairs = try pairs(count, 1)
        held = try pairs(20, 2)
        model.embedding = 10
        model.hidden = 12
        model.dropout = 0.1
        training.seed = 7
        training.steps = 12
        training.batchSentences = 8
        training.optimizer.learningRate = 0.01
        training.validateEvery = 5
        training.logEvery = 3
        training.saveEvery = 4
        training.clipNorm = 1
    }

    /// The same with a small Transformer that has every kind of dropout.
    static func withTransformer(
        count: Int = 60, symbols: Int = 5, longest: Int = 4, _ configure: (inout TransformerConfiguration) -> Void = { _ in }
    ) throws -> CopyingTask {
        var task = try CopyingTask(count: count, symbols: symbols, longest: longest)
        var configuration = TransformerConfiguration()
        (configuration.width, configuration.heads, configuration.feedForward) = (12, 2, 16)
        (configuration.encoderLayers, configuration.decoderLayers) = (1, 2)
        (configuration.dropout, configuration.attentionDropout, configuration.activationDropout) = (0.1, 0.1, 0.1)
        configure(&configuration)
        task.transformer = configuration
        return task
    }

    /// A model with first weights; every call gives one of its own.
    func makeModel() -> TranslationModel {
        let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: pairs.map(\.source))
        let (vocabulary, key) = (codec.vocabulary.count, RandomKey(seed: training.seed).split(0))
        let network: TranslationNetwork =
            if let transformer {
                .transformer(
                    Transformer(
                        transformer, sourceVocabulary: vocabulary, targetVocabulary: vocabulary, key: key, scalarType: scalarType))
            } else {
                .recurrent(
                    SequenceToSequence(
                        model, sourceVocabulary: vocabulary, targetVocabulary: vocabulary, key: key, scalarType: scalarType))
            }
        return TranslationModel(network: network, sourceCodec: codec, targetCodec: codec, recipe: "copying")
    }

    func makeTask(_ model: TranslationModel) throws -> TranslationTask {
        let examples = pairs.enumerated().map {
            Example(
                source: model.sourceCodec.encode($0.element.source), target: model.targetCodec.encode($0.element.target), index: $0.offset)
        }
        return try TranslationTask(
            model, training: try EncodedCorpus(examples, maximumSourceLength: training.maximumLength), validationPairs: held,
            options: training.options, seed: training.seed)
    }

    /// Trains a new model, or goes on with what is in the folder.
    @discardableResult
    func run(
        in folder: URL, resuming: Bool = false, model: TranslationModel? = nil, until step: Int = .max,
        report: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> TrainingOutcome {
        let trainer = Trainer(try makeTask(model ?? makeModel()), training.run, directory: folder, report: report)
        var made = 0
        return try trainer.run(resuming: resuming) {
            made += 1
            return made >= step
        }
    }
}
