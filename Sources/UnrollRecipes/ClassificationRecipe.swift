import UnrollData
import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns which class a text belongs to.
public struct ClassificationRecipe: Codable, Sendable, Equatable {
    /// What it is learnt from.
    public var data: ClassificationData
    /// How text becomes tokens.
    public var text = TextSection()
    /// What learns.
    public var model = SequenceClassifierConfiguration()
    /// How it learns.
    public var training = ClassificationTraining()

    /// A recipe with defaults for all but the data.
    public init(data: ClassificationData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(ClassificationData.self, forKey: .data)
        text = try values.value(.text, default: text)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
    }
}

/// Texts and labels in two columns of tab-separated files.
public struct ClassificationData: Codable, Sendable, Equatable {
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

    /// The examples to learn from and those to measure with.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public func examples() throws -> (training: [LabelledText], validation: [LabelledText]) { try files.examples(read) }

    /// The examples of a file.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public func read(_ path: String) throws -> [LabelledText] {
        try LabelledText.read(path, textColumn: textColumn, labelColumn: labelColumn)
    }
}
