import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollTensors
import UnrollText
import UnrollTraining

/// A recipe made ready: data read, vocabularies learnt, network drawn.
public struct PreparedTraining: Sendable {
    /// What learns.
    public let model: TranslationModel
    /// What it learns from, as tokens.
    public let training: EncodedCorpus
    /// What it is measured on.
    public let validation: [SentencePair]
    private let configuration: TrainingConfiguration

    /// Reads the data of a recipe, learns its vocabularies and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: Recipe) throws {
        configuration = recipe.training
        let corpus = try TrainingText(recipe.data)
        let codecs = try corpus.codecs(recipe.text)
        let network = SequenceToSequence(
            recipe.model, sourceVocabulary: codecs.source.vocabulary.count, targetVocabulary: codecs.target.vocabulary.count,
            key: RandomKey(seed: recipe.training.seed).split(0))
        model = TranslationModel(
            network: network, sourceCodec: codecs.source, targetCodec: codecs.target, recipe: try RecipeEncoder().encode(recipe))
        training = try corpus.encoded(codecs.source, codecs.target, maximumLength: recipe.training.maximumLength)
        validation = try corpus.validation()
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<TranslationTask> {
        let task = try TranslationTask(model, training: training, validationPairs: validation, configuration: configuration)
        return Trainer(task, configuration, directory: directory, report: report)
    }
}

/// The training text of a recipe, from files or made.
private enum TrainingText {
    case files(train: ParallelCorpus, validation: ParallelCorpus)
    case made(train: [SentencePair], validation: [SentencePair])

    init(_ section: DataSection) throws {
        if let train = section.train, let validation = section.validation {
            self = .files(train: try train.corpus, validation: try validation.corpus)
        } else if let dates = section.dates {
            let generator = try DateGenerator(seed: dates.seed)
            self = .made(
                train: pairs(try generator.examples(count: dates.train, split: .training).map { ($0.source, $0.target) }),
                validation: pairs(try generator.examples(count: dates.validation, split: .heldOut).map { ($0.source, $0.target) }))
        } else {
            let copying = section.copying ?? CopySection()
            let generator = try SequenceGenerator(seed: copying.seed, symbolCount: copying.symbols, firstToken: 0)
            let make = { (count: Int, stream: UInt64) in
                try generator.examples(count: count, lengths: copying.shortest...copying.longest, stream: stream).map {
                    let text = generator.text(of: $0.source)
                    return (text, text)
                }
            }
            self = .made(train: pairs(try make(copying.train, 1)), validation: pairs(try make(copying.validation, 2)))
        }
    }

    func codecs(_ section: TextSection) throws -> (source: TextCodec, target: TextCodec) {
        let sample = try sample(section.sample)
        if section.shared {
            let codec = codec(section, sample.flatMap { [$0.source, $0.target] })
            return (codec, codec)
        }
        return (codec(section, sample.map(\.source)), codec(section, sample.map(\.target)))
    }

    private func codec(_ section: TextSection, _ texts: [String]) -> TextCodec {
        switch section.tokenizer {
        case .bytePair:
            TextCodec(
                BytePairTokenizer.learn(from: texts, merges: section.merges, minimumCharacterFrequency: section.minimumFrequency))
        case .word, .character:
            TextCodec(
                tokenizer: section.tokenizer == .word ? .word(WordTokenizer()) : .character(CharacterTokenizer()), learningFrom: texts,
                minimumFrequency: section.minimumFrequency, maximumSize: section.maximumSize)
        }
    }

    private func sample(_ count: Int) throws -> [SentencePair] {
        switch self {
        case .made(let train, _): return Array(train.prefix(count))
        case .files(let train, _):
            let reader = try train.reader()
            var pairs: [SentencePair] = []
            while pairs.count < count, let pair = try reader.next() { pairs.append(pair) }
            return pairs
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
        case .files(_, let validation):
            let reader = try validation.reader()
            var pairs: [SentencePair] = []
            while let pair = try reader.next() { pairs.append(pair) }
            return pairs
        }
    }
}

private func pairs(_ texts: [(source: String, target: String)]) -> [SentencePair] {
    texts.enumerated().map { SentencePair(source: $0.element.source, target: $0.element.target, lineNumber: $0.offset + 1) }
}

extension PairFiles {
    /// The corpus, with `$UNROLL_DATA` resolved.
    var corpus: ParallelCorpus {
        get throws {
            if let source, let target { return ParallelCorpus(source: resolved(source), target: resolved(target)) }
            return try ParallelCorpus(table: resolved(table ?? ""), sourceColumn: sourceColumn, targetColumn: targetColumn)
        }
    }

    private func resolved(_ path: String) -> String {
        let variable = "$UNROLL_DATA"
        guard path.hasPrefix(variable) else { return path }
        return (ProcessInfo.processInfo.environment["UNROLL_DATA"] ?? "../shared/data") + path.dropFirst(variable.count)
    }
}
