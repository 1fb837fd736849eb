import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText
import UnrollTraining

/// A translation recipe made ready: data read, vocabularies learnt, network drawn.
public struct PreparedTranslation: PreparedTraining {
    /// What learns.
    public let model: TranslationModel
    /// What it learns from, as tokens.
    public let corpus: EncodedCorpus
    /// What it is measured on.
    public let validation: [SentencePair]
    /// Pairs for validation that are too long to be translated, and so left out.
    public let validationTooLongCount: Int
    private let training: TranslationTraining

    /// Reads the data of a recipe, learns its vocabularies and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `TextError` for a SentencePiece model that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: TranslationRecipe) throws {
        training = recipe.training
        let text = try TrainingText(recipe.data)
        let codecs = try text.codecs(recipe.text)
        try checkMemory(
            recipe.model.leastParameterCount(
                sourceVocabulary: codecs.source.vocabulary.count, targetVocabulary: codecs.target.vocabulary.count))
        let network = TranslationNetwork(
            recipe.model, sourceVocabulary: codecs.source.vocabulary.count, targetVocabulary: codecs.target.vocabulary.count,
            key: RandomKey(seed: recipe.training.seed).split(0))
        model = TranslationModel(
            network: network, sourceCodec: codecs.source, targetCodec: codecs.target,
            recipe: try RecipeEncoder().encode(Recipe.translation(recipe)))
        corpus = try text.encoded(codecs.source, codecs.target, maximumLength: training.maximumLength)
        let pairs = try text.validation()
        // The beginning of a target has a position too.
        let longest = min(max(Self.longestValidation, training.maximumLength), network.longestSequence.map { $0 - 1 } ?? .max)
        validation = pairs.filter { pair in
            codecs.source.fits(pair.source, tokens: longest) && codecs.target.fits(pair.target, tokens: longest)
        }
        validationTooLongCount = pairs.count - validation.count
        guard !validation.isEmpty else {
            throw CorpusError(
                .empty, "no pair for validation has at most \(longest) tokens on each side; split their lines into sentences.")
        }
    }

    /// The longest side of a pair for validation, in tokens, where training does not take longer ones: the time grows with its square.
    private static let longestValidation = 1_000

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was read and drawn, in a few lines.
    public var summary: [String] {
        let statistics = corpus.statistics
        var lines = [
            "data: \(statistics.exampleCount.counted("example")), \(statistics.sourceTokenCount) source and \(statistics.targetTokenCount) target "
                + "tokens, \(validation.count) for validation"
        ]
        if statistics.tooLongCount + statistics.emptyCount > 0 {
            lines.append("left out: \(statistics.tooLongCount) too long, \(statistics.emptyCount) with an empty side")
        }
        if validationTooLongCount > 0 { lines.append("left out of validation: \(validationTooLongCount) too long") }
        lines.append(
            "vocabulary: \(model.sourceCodec.vocabulary.count) source, \(model.targetCodec.vocabulary.count) target; "
                + "model: \(model.network.parameterCount) parameters")
        return lines
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<TranslationTask> {
        let task = try TranslationTask(
            model, training: corpus, validationPairs: validation, options: training.options, seed: training.run.seed)
        return Trainer(task, training.run, directory: directory, report: report)
    }
}

/// The training text of a recipe, from files or made.
private enum TrainingText {
    case files(train: ParallelCorpus, validation: ParallelCorpus)
    case made(train: [SentencePair], validation: [SentencePair])

    init(_ section: TranslationData) throws {
        if let train = section.train, let validation = section.validation {
            self = .files(train: try train.corpus, validation: try validation.corpus)
        } else if let dates = section.dates {
            self = .made(
                train: try dates.pairs(count: dates.train, .training), validation: try dates.pairs(count: dates.validation, .heldOut))
        } else {
            let copying = section.copying ?? CopySection()
            self = .made(
                train: try copying.pairs(count: copying.train, stream: 1),
                validation: try copying.pairs(count: copying.validation, stream: 2))
        }
    }

    func codecs(_ section: PairTextSection) throws -> (source: TextCodec, target: TextCodec) {
        if section.tokens.tokenizer == .sentencePiece {
            let codec = try section.tokens.codec(learningFrom: [])
            guard section.targetModel != nil else { return (codec, codec) }
            var target = section.tokens
            target.model = section.targetModel
            return (codec, try target.codec(learningFrom: []))
        }
        let sample = try sample(section.tokens.sample)
        if section.shared {
            let codec = try section.tokens.codec(learningFrom: sample.flatMap { [$0.source, $0.target] })
            return (codec, codec)
        }
        return (try section.tokens.codec(learningFrom: sample.map(\.source)), try section.tokens.codec(learningFrom: sample.map(\.target)))
    }

    private func sample(_ count: Int) throws -> [SentencePair] {
        switch self {
        case .made(let train, _): return Array(train.prefix(count))
        case .files(let train, _): return try train.pairs(limit: count)
        }
    }

    func encoded(_ source: TextCodec, _ target: TextCodec, maximumLength: Int) throws -> EncodedCorpus {
        switch self {
        case .files(let train, _):
            return try EncodedCorpus(
                train, encodeSource: { source.encode($0) }, encodeTarget: { target.encode($0) }, maximumSourceLength: maximumLength,
                maximumTargetLength: maximumLength)
        case .made(let train, _):
            let examples = train.enumerated().map {
                Example(source: source.encode($0.element.source), target: target.encode($0.element.target), index: $0.offset)
            }
            return try EncodedCorpus(examples, maximumSourceLength: maximumLength, maximumTargetLength: maximumLength)
        }
    }

    func validation() throws -> [SentencePair] {
        switch self {
        case .made(_, let validation): return validation
        case .files(_, let validation): return try validation.pairs()
        }
    }
}

extension TranslationData {
    /// Reads or makes the sentence pairs to choose the best model by.
    ///
    /// - Parameter limit: how many of them at most, from the first; all where nil.
    /// - Throws: `CorpusError` for data that cannot be used.
    public func validationPairs(limit: Int? = nil) throws -> [SentencePair] {
        if let validation { return try validation.corpus.pairs(limit: limit) }
        let copying = copying ?? CopySection()
        let made = try dates.map { try $0.pairs(count: $0.validation, .heldOut) } ?? copying.pairs(count: copying.validation, stream: 2)
        return Array(made.prefix(limit ?? .max))
    }
}

extension DateSection {
    fileprivate func pairs(count: Int, _ split: DateGenerator.Split) throws -> [SentencePair] {
        UnrollRecipes.pairs(try DateGenerator(seed: seed).examples(count: count, split: split).map { ($0.source, $0.target) })
    }
}

extension CopySection {
    fileprivate func pairs(count: Int, stream: UInt64) throws -> [SentencePair] {
        let generator = try SequenceGenerator(seed: seed, symbolCount: symbols, firstToken: 0)
        let texts = try generator.examples(count: count, lengths: shortest...longest, stream: stream).map { generator.text(of: $0.source) }
        return UnrollRecipes.pairs(texts.map { ($0, $0) })
    }
}

extension ParallelCorpus {
    fileprivate func pairs(limit: Int? = nil) throws -> [SentencePair] {
        let reader = try reader()
        var pairs: [SentencePair] = []
        while pairs.count < limit ?? .max, let pair = try reader.next() { pairs.append(pair) }
        return pairs
    }
}

private func pairs(_ texts: [(source: String, target: String)]) -> [SentencePair] {
    texts.enumerated().map { SentencePair(source: $0.element.source, target: $0.element.target, lineNumber: $0.offset + 1) }
}

extension PairFiles {
    /// The corpus, with `$UNROLL_DATA` resolved.
    var corpus: ParallelCorpus {
        get throws {
            if let source, let target { return ParallelCorpus(source: source.asDataPath, target: target.asDataPath) }
            return try ParallelCorpus(table: (table ?? "").asDataPath, sourceColumn: sourceColumn, targetColumn: targetColumn)
        }
    }
}
