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
    /// Pairs for validation that are too long to be translated, and so left out.
    public let validationTooLongCount: Int
    private let configuration: TrainingConfiguration

    /// Reads the data of a recipe, learns its vocabularies and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: Recipe) throws {
        configuration = recipe.training
        let corpus = try TrainingText(recipe.data)
        let codecs = try corpus.codecs(recipe.text)
        try Self.checkMemory(recipe.model, codecs.source.vocabulary.count, codecs.target.vocabulary.count)
        let network = SequenceToSequence(
            recipe.model, sourceVocabulary: codecs.source.vocabulary.count, targetVocabulary: codecs.target.vocabulary.count,
            key: RandomKey(seed: recipe.training.seed).split(0))
        model = TranslationModel(
            network: network, sourceCodec: codecs.source, targetCodec: codecs.target, recipe: try RecipeEncoder().encode(recipe))
        training = try corpus.encoded(codecs.source, codecs.target, maximumLength: recipe.training.maximumLength)
        let pairs = try corpus.validation()
        let longest = max(Self.longestValidation, recipe.training.maximumLength)
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

    /// Throws if the weights, their gradients and the optimiser's memory would not fit into the machine.
    private static func checkMemory(_ model: SequenceToSequenceConfiguration, _ source: Int, _ target: Int) throws {
        let bytes = 16 * model.leastParameterCount(sourceVocabulary: source, targetVocabulary: target)
        let machine = Double(ProcessInfo.processInfo.physicalMemory)
        guard bytes > machine else { return }
        let message =
            "to train it takes more than \(String(format: "%.3g", bytes / 0x1p30)) GiB, and this machine has "
            + "\(String(format: "%.3g", machine / 0x1p30)) GiB; choose a smaller 'hidden' or 'embedding', or fewer layers"
        throw RecipeError(RecipeError.Problem(kind: .invalidValue, place: "the recipe's model", line: nil, message: message))
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

extension TextCodec {
    /// Whether a text has at most so many tokens.
    fileprivate func fits(_ text: String, tokens: Int) -> Bool {
        // No tokenizer makes more tokens than there are scalars and one for the start of a word.
        text.unicodeScalars.count < tokens || encode(text).count <= tokens
    }
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
