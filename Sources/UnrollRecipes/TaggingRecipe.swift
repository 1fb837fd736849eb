import UnrollData
import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns a tag for each word.
public struct TaggingRecipe: Codable, Sendable, Equatable {
    /// What it is learnt from.
    public var data: TaggingData
    /// Which words and characters have vectors of their own.
    public var text = WordSection()
    /// What learns.
    public var model = SequenceTaggerConfiguration()
    /// How it learns.
    public var training = TaggingTraining()

    /// A recipe with defaults for all but the data.
    public init(data: TaggingData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(TaggingData.self, forKey: .data)
        text = try values.value(.text, default: text)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
        try values.check(.training, model.reader, training.options.batches)
    }
}

/// Which words of a tagger's training data have vectors of their own. Words are what the data says they are.
public struct WordSection: Codable, Sendable, Equatable {
    /// Words and characters seen less often in training become `<unk>`.
    public var minimumFrequency = 2
    /// The most words.
    public var maximumSize: Int?

    /// Words that occur twice.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        minimumFrequency = try values.count(.minimumFrequency, default: minimumFrequency)
        if values.contains(.maximumSize) { maximumSize = try values.count(.maximumSize, default: 5, minimum: 5) }
    }
}

/// Sentences with a tag for each word.
public struct TaggingData: Codable, Sendable, Equatable {
    /// How the files are laid out.
    public enum Format: String, Codable, Sendable, CaseIterable {
        /// Tab-separated: a sentence on each line, its words in one column and its tags in another, with blanks between them.
        case table
        /// CoNLL-U: a word on each line, in ten tab-separated columns, and an empty line after each sentence.
        case conllu
    }

    /// The files.
    public var files: LabelledFiles
    /// How they are laid out.
    public var format = Format.table
    /// The column of the words, counted from 1; by default 1, and for CoNLL-U 2, which is FORM.
    public var wordColumn = 1
    /// The column of the tags, counted from 1; by default 2, and for CoNLL-U 4, which is UPOS.
    public var tagColumn = 2

    /// Words in the first column and tags in the second.
    public init(files: LabelledFiles) { self.files = files }

    private enum CodingKeys: CodingKey {
        case format, wordColumn, tagColumn
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        format = try values.value(.format, default: format)
        wordColumn = try values.count(.wordColumn, default: format == .conllu ? 2 : wordColumn)
        tagColumn = try values.count(.tagColumn, default: format == .conllu ? 4 : tagColumn)
        files = try LabelledFiles(from: decoder)
        for (key, column) in [(CodingKeys.wordColumn, wordColumn), (.tagColumn, tagColumn)] where format == .conllu && column > 10 {
            throw values.invalid(key, "must be at most 10 in the format 'conllu', not \(column)")
        }
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try files.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(format, forKey: .format)
        try values.encode(wordColumn, forKey: .wordColumn)
        try values.encode(tagColumn, forKey: .tagColumn)
    }

    /// The sentences to learn from and those to measure with.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public func sentences() throws -> (training: [TaggedSentence], validation: [TaggedSentence]) { try files.examples(read) }

    /// The sentences of a file.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public func read(_ path: String) throws -> [TaggedSentence] {
        switch format {
        case .table: try TaggedSentence.readTable(path, wordColumn: wordColumn, tagColumn: tagColumn)
        case .conllu: try TaggedSentence.readCoNLLU(path, wordColumn: wordColumn, tagColumn: tagColumn)
        }
    }
}
