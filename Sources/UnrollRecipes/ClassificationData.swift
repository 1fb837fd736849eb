import UnrollData
import UnrollModels

/// Where labelled texts come from.
public enum ClassificationData: Codable, Sendable, Equatable {
    /// Tab-separated files.
    case files(LabelledTextFiles)
    /// The generator of programs of brackets.
    case brackets(BracketSection)
    /// C programs, broken and repaired.
    case programs(ProgramSection)

    private enum CodingKeys: CodingKey {
        case train, brackets, programs
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let brackets = try values.decodeIfPresent(BracketSection.self, forKey: .brackets)
        let programs = try values.decodeIfPresent(ProgramSection.self, forKey: .programs)
        if [brackets != nil, programs != nil, values.contains(.train)].filter(\.self).count > 1 {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must have either 'train', or 'brackets', or 'programs'"))
        }
        if let brackets {
            self = .brackets(brackets)
        } else if let programs {
            self = .programs(programs)
        } else {
            self = .files(try LabelledTextFiles(from: decoder))
        }
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .files(let files): try files.encode(to: encoder)
        case .brackets(let section):
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(section, forKey: .brackets)
        case .programs(let section):
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(section, forKey: .programs)
        }
    }

    /// The examples to learn from and those to choose the best model by.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public func examples() throws -> (training: [LabelledText], validation: [LabelledText]) {
        switch self {
        case .files(let files): try files.files.examples(files.read)
        case .brackets(let section): try section.examples()
        case .programs(let section): try section.examples()
        }
    }

    /// The examples that `unroll evaluate` measures on: those of the fold; where there is none, those that the best model is chosen by.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public func testExamples() throws -> [LabelledText] {
        if case .programs(let section) = self { return try section.testExamples() }
        return try examples().validation
    }

    /// The examples of a file: in the columns that the recipe names; in the first and second, as `unroll data brackets` writes them; or pairs of
    /// programs.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public func read(_ path: String) throws -> [LabelledText] {
        switch self {
        case .files(let files): try files.read(path)
        case .brackets: try LabelledText.read(path, textColumn: 1, labelColumn: 2)
        case .programs(let section): try section.read(path)
        }
    }
}

/// Texts and labels in two columns of tab-separated files.
public struct LabelledTextFiles: Codable, Sendable, Equatable {
    /// The files.
    public var files: LabelledFiles
    /// The column of the text, counted from 1.
    public var textColumn = 1
    /// The column of the label, counted from 1.
    public var labelColumn = 2

    /// Text in the first column and labels in the second.
    public init(files: LabelledFiles) { self.files = files }

    private enum CodingKeys: CodingKey {
        case textColumn, labelColumn
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        textColumn = try values.count(.textColumn, default: textColumn)
        labelColumn = try values.count(.labelColumn, default: labelColumn)
        files = try LabelledFiles(from: decoder)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try files.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(textColumn, forKey: .textColumn)
        try values.encode(labelColumn, forKey: .labelColumn)
    }

    /// The examples of a file.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public func read(_ path: String) throws -> [LabelledText] {
        try LabelledText.read(path, textColumn: textColumn, labelColumn: labelColumn)
    }
}

/// The generator of programs of brackets.
public struct BracketSection: Codable, Sendable, Equatable {
    /// Programs to learn from.
    public var train = 600_000
    /// Programs to measure with, all of them of the greatest length.
    public var validation = 1_000
    /// The shortest program, in brackets.
    public var shortest = 8
    /// The longest program.
    public var longest = 200
    /// The most brackets that are open at once.
    public var depth = 4
    /// Kinds of brackets.
    public var kinds = 3
    /// The seed of the draws.
    public var seed: UInt64 = 1

    /// The most brackets in all; they are made at once.
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
        shortest = try values.count(.shortest, default: shortest, minimum: BracketGenerator.leastLength)
        longest = try values.count(.longest, default: longest, minimum: BracketGenerator.leastLength)
        depth = try values.count(.depth, default: depth, minimum: BracketGenerator.leastDepth)
        kinds = try values.value(.kinds, default: kinds)
        seed = try values.value(.seed, default: seed)
        if Double(longest) * (Double(train) + Double(validation)) > Self.largest {
            throw values.invalid(.longest, "must be smaller: times 'train' and 'validation' it allows more than 1,000,000,000 brackets")
        }
        if longest < shortest { throw values.invalid(.longest, "must be at least 'shortest', \(shortest), not \(longest)") }
        if longest % 2 == 1 { throw values.invalid(.longest, "must be even, since each bracket that opens closes, not \(longest)") }
        let limits = BracketGenerator.kindLimits
        guard limits.contains(kinds) else {
            throw values.invalid(.kinds, "must be from \(limits.lowerBound) to \(limits.upperBound), not \(kinds)")
        }
    }

    /// Programs of all lengths to learn from, and of the greatest to measure with.
    func examples() throws -> (training: [LabelledText], validation: [LabelledText]) {
        func make(_ count: Int, _ lengths: ClosedRange<Int>, stream: UInt64) throws -> [LabelledText] {
            let generator = try BracketGenerator(seed: seed, lengths: lengths, depth: depth, kinds: kinds)
            return (0..<count).map { generator.example($0, stream: stream) }
        }
        return (try make(train, shortest...longest, stream: 1), try make(validation, longest...longest, stream: 2))
    }
}
