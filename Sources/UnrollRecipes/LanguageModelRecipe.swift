import UnrollData
import UnrollModels
import UnrollText
import UnrollTraining

/// The sections of a recipe that learns a language model.
public struct LanguageModelRecipe: Codable, Sendable, Equatable {
    /// What it is learnt from.
    public var data: LanguageModelData
    /// How text becomes tokens.
    public var text = TextSection()
    /// What learns.
    public var model = LanguageNetworkConfiguration.recurrent(.init())
    /// How it learns.
    public var training = LanguageModelTraining()

    /// A recipe with defaults for all but the data.
    public init(data: LanguageModelData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(LanguageModelData.self, forKey: .data)
        text = try values.value(.text, default: text)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
        switch model.kind {
        case .recurrent: training.options.bptt = training.options.pieceLength
        case .transformer: try values.refuseTruncation(.training, training.bptt, advice: "whose pieces are as long as 'context' in 'model'")
        }
    }
}

/// Where a language model's text comes from: two files, or one that is parted. Plain or gzip.
///
/// A path that begins with `$UNROLL_DATA` is looked for in the folder that the environment variable names, `../shared/data` without it.
public struct LanguageModelData: Codable, Sendable, Equatable {
    /// The text to learn from.
    public var train: String
    /// The text to choose the best model by; where absent, the end of `train`.
    public var validation: String?
    /// The share of `train` at its end that is kept for validation, where `validation` is absent.
    public var validationShare = 0.1
    /// What is read as one piece: each line, with an end of its own, or the whole text.
    public var unit = TextUnit.line

    /// Text from one file or two.
    public init(train: String, validation: String? = nil) {
        self.train = train
        self.validation = validation
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        train = try values.decode(String.self, forKey: .train)
        validation = try values.decodeIfPresent(String.self, forKey: .validation)
        validationShare = try values.positive(.validationShare, default: validationShare)
        guard validationShare < 1 else { throw values.invalid(.validationShare, "must be below 1, not \(validationShare)") }
        unit = try values.value(.unit, default: unit)
    }
}

extension LanguageModelData {
    /// Reads the text to learn from and that to measure with, by the lines or as a whole.
    func pieces() throws -> (training: [String], validation: [String]) {
        let training = try unit.pieces(ofFile: train.asDataPath)
        if let validation { return (training, try unit.pieces(ofFile: validation.asDataPath)) }
        let parts = unit.parted(training, share: validationShare)
        guard !parts.first.joined().isEmpty, !parts.second.joined().isEmpty else {
            throw CorpusError(.empty, path: train.asDataPath, "there is too little text to keep some for validation; name a file for it.")
        }
        return (parts.first, parts.second)
    }

    /// Reads the text to measure with, by the lines or as a whole.
    ///
    /// - Throws: `CorpusError`, with the line: a file that cannot be read or has no text.
    public func validationPieces() throws -> [String] {
        try validation.map { try unit.pieces(ofFile: $0.asDataPath) } ?? pieces().validation
    }
}

extension TextUnit {
    /// The pieces of a file's text, plain or gzip.
    ///
    /// - Throws: `CorpusError`, with the line: a file that cannot be read or has no text.
    public func pieces(ofFile path: String) throws -> [String] {
        let reader = try LineCorpus(path: path, keepsEmptyLines: true).reader()
        var lines: [String] = []
        while let line = try reader.next() { lines.append(line.text) }
        let pieces = pieces(of: lines)
        guard !pieces.isEmpty else { throw CorpusError(.empty, path: path, "the file has no text (\(lines.count) empty lines).") }
        return pieces
    }
}
