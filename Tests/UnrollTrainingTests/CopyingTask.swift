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

    /// A model with first weights; every call gives one of its own.
    func makeModel() -> TranslationModel {
        let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: pairs.map(\.source))
        let network = SequenceToSequence(
            model, sourceVocabulary: codec.vocabulary.count, targetVocabulary: codec.vocabulary.count,
            key: RandomKey(seed: training.seed).split(0), scalarType: scalarType)
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
