import UnrollModels

/// Where the examples come from: files, or one of the generators.
public struct TranslationData: Codable, Sendable, Equatable {
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
