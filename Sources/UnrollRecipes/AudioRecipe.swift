import UnrollData
import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns which class a sound belongs to.
public struct AudioRecipe: Codable, Sendable, Equatable {
    /// What it is learnt from.
    public var data: AudioData
    /// What learns.
    public var model = AudioClassifierConfiguration()
    /// How it learns.
    public var training = AudioTraining()

    /// A recipe with defaults for all but the data.
    public init(data: AudioData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(AudioData.self, forKey: .data)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
    }
}

/// Tables of recordings, in the form of the Free Spoken Digit Dataset's, with the samples of each beside it.
///
/// A path that begins with `$UNROLL_DATA` is looked for in the folder that the environment variable names, `../shared/data` without it.
public struct AudioData: Codable, Sendable, Equatable {
    /// The tables to learn from.
    public var train: [String]
    /// The table to choose the best model by.
    public var validation: String?
    /// So many recordings of `train`, drawn from all over it, to choose the best model by; in place of `validation`.
    public var heldOut: Int?
    /// The table that `unroll evaluate` measures on; where absent, what the best model is chosen by.
    public var test: String?
    /// Which recordings are held out.
    public var seed: UInt64 = 1
    /// How a recording is changed each time that it is learnt from.
    public var augmentation = AudioAugmentation()

    /// Two tables.
    public init(train: [String], validation: String) {
        self.train = train
        self.validation = validation
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        train = try values.decode([String].self, forKey: .train)
        validation = try values.decodeIfPresent(String.self, forKey: .validation)
        if values.contains(.heldOut) { heldOut = try values.count(.heldOut, default: 1) }
        test = try values.decodeIfPresent(String.self, forKey: .test)
        seed = try values.value(.seed, default: seed)
        augmentation = try values.value(.augmentation, default: augmentation)
        guard (validation == nil) != (heldOut == nil) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must have either 'validation', a file, or 'held_out', a number"))
        }
    }

    /// The recordings to learn from and those to choose the best model by.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read; where no file is named.
    public func examples() throws -> (training: [Recording], validation: [Recording]) {
        guard !train.isEmpty else { throw CorpusError(.empty, "there is no recording to learn from; name a file under 'train' in 'data'.") }
        let training = try train.flatMap { try Self.read($0.asDataPath) }
        if let validation { return (training, try Self.read(validation.asDataPath)) }
        let parts = try HeldOutPart.parted(training, count: heldOut ?? 0, seed: seed)
        return (parts.training, parts.heldOut)
    }

    /// The recordings that `unroll evaluate` measures on.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public func testExamples() throws -> [Recording] {
        if let test { return try Self.read(test.asDataPath) }
        return try examples().validation
    }

    /// The recordings of a table.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public static func read(_ table: String) throws -> [Recording] {
        let digits = try SpokenDigits(table: table)
        return digits.recordings.map { Recording(samples: digits.waveform($0), label: String($0.digit)) }
    }
}
