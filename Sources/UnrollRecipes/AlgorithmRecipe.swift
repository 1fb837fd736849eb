import UnrollData
import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns an algorithm from examples.
public struct AlgorithmRecipe: Codable, Sendable, Equatable {
    /// The algorithm.
    public var data: AlgorithmData
    /// What learns.
    public var model = AlgorithmNetworkConfiguration()
    /// How it learns.
    public var training = AlgorithmTraining()

    /// A recipe with defaults for all but the data.
    public init(data: AlgorithmData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(AlgorithmData.self, forKey: .data)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
    }
}

extension AlgorithmNetworkConfiguration.Kind: DecidesTheRest {}

/// Which algorithm is learnt. Examples to learn from are made as they are needed, by the training's seed.
public struct AlgorithmData: Codable, Sendable, Equatable {
    /// Copying.
    public var copy: BitCopySection?
    /// Copying several times.
    public var repeatCopy: RepeatCopySection?
    /// The item after the one that is asked about.
    public var associativeRecall: AssociativeRecallSection?
    /// The next bit of sequences that obey a table each.
    public var ngrams: NgramsSection?
    /// Sorting by priority.
    public var prioritySort: PrioritySortSection?
    /// Sequences to measure with.
    public var validation = 500
    /// The seed of the sequences to measure with.
    public var seed: UInt64 = 1

    /// Copying.
    public init(copy: BitCopySection) { self.copy = copy }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        copy = try values.decodeIfPresent(BitCopySection.self, forKey: .copy)
        repeatCopy = try values.decodeIfPresent(RepeatCopySection.self, forKey: .repeatCopy)
        associativeRecall = try values.decodeIfPresent(AssociativeRecallSection.self, forKey: .associativeRecall)
        ngrams = try values.decodeIfPresent(NgramsSection.self, forKey: .ngrams)
        prioritySort = try values.decodeIfPresent(PrioritySortSection.self, forKey: .prioritySort)
        validation = try values.count(.validation, default: validation)
        seed = try values.value(.seed, default: seed)
        guard [copy != nil, repeatCopy != nil, associativeRecall != nil, ngrams != nil, prioritySort != nil].filter({ $0 }).count == 1
        else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "must have one of 'copy', 'repeat_copy', 'associative_recall', 'ngrams' or 'priority_sort'"))
        }
    }

    /// The algorithm with its sizes.
    public var algorithm: Algorithm {
        repeatCopy?.algorithm ?? associativeRecall?.algorithm ?? ngrams?.algorithm ?? prioritySort?.algorithm
            ?? (copy ?? BitCopySection()).algorithm
    }

    /// The examples to learn from: those of stream 1.
    ///
    /// - Throws: `CorpusError` where a size leaves nothing to do.
    public func training(seed: UInt64) throws -> AlgorithmGenerator { try AlgorithmGenerator(seed: seed, algorithm) }

    /// Examples to measure with: stream 2 in training, stream 3 afterwards.
    ///
    /// - Parameter algorithm: of other sizes than those that were learnt, if it is given.
    /// - Throws: `CorpusError` where a size leaves nothing to do.
    public func examples(stream: UInt64, of algorithm: Algorithm? = nil) throws -> [AlgorithmSequence] {
        let generator = try AlgorithmGenerator(seed: seed, algorithm ?? self.algorithm)
        return (0..<validation).map { generator.sequence($0, stream: stream) }
    }
}
