import UnrollData
import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns numbers of sequences of vectors.
public struct RegressionRecipe: Codable, Sendable, Equatable {
    /// What they are learnt from.
    public var data: RegressionData
    /// What learns.
    public var model = SequenceRegressorConfiguration()
    /// How it learns.
    public var training = RegressionTraining()

    /// A recipe with defaults for all but the data.
    public init(data: RegressionData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(RegressionData.self, forKey: .data)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
    }
}

/// Where sequences of vectors come from: files, plain or gzip, or the generator of the adding problem.
public struct RegressionData: Codable, Sendable, Equatable {
    /// The sequences to learn from.
    public var train: String?
    /// The sequences to choose the best model by.
    public var validation: String?
    /// The adding problem.
    public var adding: AddingSection?

    /// The adding problem.
    public init(adding: AddingSection) { self.adding = adding }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        train = try values.decodeIfPresent(String.self, forKey: .train)
        validation = try values.decodeIfPresent(String.self, forKey: .validation)
        adding = try values.decodeIfPresent(AddingSection.self, forKey: .adding)
        if (train == nil) == (adding == nil) || (train == nil) != (validation == nil) {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must have either 'train' and 'validation', or 'adding'"))
        }
    }

    /// The sequences to learn from.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public func trainingCorpus() throws -> NumberCorpus {
        if let train { return try Self.read(train.asDataPath) }
        let section = adding ?? AddingSection()
        return NumberCorpus(try section.generator, count: section.train, stream: 1)
    }

    /// The sequences to measure with.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public func validationCorpus() throws -> NumberCorpus {
        if let validation { return try Self.read(validation.asDataPath) }
        let section = adding ?? AddingSection()
        return NumberCorpus(try section.generator, count: section.validation, stream: 2)
    }

    /// The sequences of a file.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public static func read(_ path: String) throws -> NumberCorpus { try NumberCorpus(NumberSequence.read(path)) }
}

/// The generator of the adding problem.
public struct AddingSection: Codable, Sendable, Equatable {
    /// Sequences of an epoch; they are made as they are needed.
    public var train = 100_000
    /// Sequences to measure with.
    public var validation = 1_000
    /// Steps of a sequence.
    public var length = 400
    /// The seed of the draws.
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
        length = try values.count(.length, default: length, minimum: 2)
        seed = try values.value(.seed, default: seed)
    }

    fileprivate var generator: AddingGenerator { get throws { try AddingGenerator(seed: seed, length: length) } }
}
