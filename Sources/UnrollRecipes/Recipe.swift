import UnrollModels
import UnrollTraining

/// A whole experiment: data, text, model and training. Written in YAML; stored in the model file that it leads to.
public struct Recipe: Codable, Sendable, Equatable {
    /// The tasks that can be learnt.
    public enum Task: String, Codable, Sendable, CaseIterable {
        /// Text in, text out.
        case translation
    }

    /// What is learnt.
    public var task: Task
    /// What it is learnt from.
    public var data: DataSection
    /// How text becomes tokens.
    public var text: TextSection
    /// What learns.
    public var model: SequenceToSequenceConfiguration
    /// How it learns.
    public var training: TrainingConfiguration

    /// A recipe from its sections.
    public init(
        task: Task = .translation, data: DataSection, text: TextSection = .init(), model: SequenceToSequenceConfiguration = .init(),
        training: TrainingConfiguration = .init()
    ) {
        self.task = task
        self.data = data
        self.text = text
        self.model = model
        self.training = training
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        task = try values.decode(Task.self, forKey: .task)
        data = try values.decode(DataSection.self, forKey: .data)
        text = try values.value(.text, default: .init())
        model = try values.value(.model, default: .init())
        training = try values.value(.training, default: .init())
        if model.tiedEmbeddings == .all, !text.shared {
            throw values.invalid(.model, "must have 'tied_embeddings' other than 'all' unless 'shared' in 'text' is true")
        }
    }
}

/// Where the examples come from: files, or one of the generators.
public struct DataSection: Codable, Sendable, Equatable {
    /// Sentence pairs to learn from.
    public var train: PairFiles?
    /// Sentence pairs to choose the best model by.
    public var validation: PairFiles?
    /// Dates in many languages and scripts.
    public var dates: DateSection?
    /// Sequences to copy.
    public var copying: CopySection?

    /// Data from files.
    public init(train: PairFiles, validation: PairFiles) {
        self.train = train
        self.validation = validation
    }

    /// Data from the generator of dates.
    public init(dates: DateSection) { self.dates = dates }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        train = try values.decodeIfPresent(PairFiles.self, forKey: .train)
        validation = try values.decodeIfPresent(PairFiles.self, forKey: .validation)
        dates = try values.decodeIfPresent(DateSection.self, forKey: .dates)
        copying = try values.decodeIfPresent(CopySection.self, forKey: .copying)
        let kinds = [train != nil, dates != nil, copying != nil].filter(\.self).count
        if kinds != 1 || (train == nil) != (validation == nil) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "must have either 'train' and 'validation', or 'dates', or 'copying'"))
        }
    }
}

/// Two files whose lines belong together, or two columns of one tab-separated file; plain or gzip.
///
/// A path that begins with `$UNROLL_DATA` is looked for in the folder that the environment variable names, `../shared/data` without it.
public struct PairFiles: Codable, Sendable, Equatable {
    /// The file of sources.
    public var source: String?
    /// The file of targets.
    public var target: String?
    /// The tab-separated file.
    public var table: String?
    /// Its column of sources, counted from 1.
    public var sourceColumn = 1
    /// Its column of targets, counted from 1.
    public var targetColumn = 2

    /// Two files.
    public init(source: String, target: String) {
        self.source = source
        self.target = target
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        source = try values.decodeIfPresent(String.self, forKey: .source)
        target = try values.decodeIfPresent(String.self, forKey: .target)
        table = try values.decodeIfPresent(String.self, forKey: .table)
        sourceColumn = try values.count(.sourceColumn, default: sourceColumn)
        targetColumn = try values.count(.targetColumn, default: targetColumn)
        if (table != nil) == (source != nil) || (source == nil) != (target == nil) {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must have either 'source' and 'target', or 'table'"))
        }
    }
}

/// The generator of dates.
public struct DateSection: Codable, Sendable, Equatable {
    /// Examples to learn from.
    public var train = 60_000
    /// Held-out examples to measure with.
    public var validation = 2_000
    /// The seed of the days held out and of the draws.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        train = try values.count(.train, default: train)
        validation = try values.count(.validation, default: validation)
        seed = try values.value(.seed, default: seed)
    }
}

/// The generator of sequences to copy.
public struct CopySection: Codable, Sendable, Equatable {
    /// Examples to learn from.
    public var train = 20_000
    /// Examples to measure with.
    public var validation = 500
    /// How many different symbols there are.
    public var symbols = 20
    /// The shortest sequence.
    public var shortest = 1
    /// The longest sequence.
    public var longest = 20
    /// The seed of the draws.
    public var seed: UInt64 = 1

    /// The most symbols in all; they are made at once.
    private static let largest = 1e9

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        train = try values.count(.train, default: train)
        validation = try values.count(.validation, default: validation)
        symbols = try values.count(.symbols, default: symbols)
        shortest = try values.count(.shortest, default: shortest)
        longest = try values.count(.longest, default: longest)
        seed = try values.value(.seed, default: seed)
        if Double(longest) * (Double(train) + Double(validation)) > Self.largest {
            throw values.invalid(.longest, "must be smaller: times 'train' and 'validation' it allows more than 1,000,000,000 symbols")
        }
        if longest < shortest { throw values.invalid(.longest, "must be at least 'shortest', \(shortest), not \(longest)") }
    }
}

/// How text becomes tokens.
public struct TextSection: Codable, Sendable, Equatable {
    /// The tokenizers.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Words, punctuation apart.
        case word
        /// Unicode scalars.
        case character
        /// Subwords learnt from the training text by byte-pair encoding (Sennrich 2016).
        case bytePair = "byte_pair"
    }

    /// The tokenizer.
    public var tokenizer = Kind.word
    /// Pairs that byte-pair encoding joins.
    public var merges = 8_000
    /// Whether both sides have one vocabulary.
    public var shared = false
    /// Tokens (with byte-pair encoding: characters) seen less often in training become `<unk>`.
    public var minimumFrequency = 1
    /// The most tokens of a vocabulary.
    public var maximumSize: Int?
    /// The sentences at the beginning of the training data that the vocabulary is learnt from.
    public var sample = 1_000_000

    /// Words, two vocabularies.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        tokenizer = try values.value(.tokenizer, default: tokenizer)
        merges = try values.count(.merges, default: merges, minimum: 0)
        shared = try values.value(.shared, default: shared)
        minimumFrequency = try values.count(.minimumFrequency, default: minimumFrequency)
        if values.contains(.maximumSize) { maximumSize = try values.count(.maximumSize, default: 5, minimum: 5) }
        sample = try values.count(.sample, default: sample)
    }
}
