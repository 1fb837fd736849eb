import UnrollModules

/// What a sequence tagger is made of.
public struct SequenceTaggerConfiguration: Codable, Sendable, Equatable {
    /// Width of a word's vector where recurrent layers read it; a Transformer's has what the characters leave of its width.
    public var embedding = 100
    /// Width of a character's vector.
    public var characterEmbedding = 32
    /// Units, in each direction, of the layer that reads a word's characters; 0 leaves the characters out.
    public var characterHidden = 32
    /// What reads the words. The layer over the characters has the recurrent layers' kind of cell, and with a Transformer is an LSTM.
    public var reader = SequenceReaderConfiguration.recurrent(ReaderConfiguration())

    /// The defaults: one LSTM layer of 128 in both directions, over words and their characters.
    public init() {}

    private enum CodingKeys: CodingKey {
        case embedding, characterEmbedding, characterHidden
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        reader = try SequenceReaderConfiguration(from: decoder)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if reader.kind == .recurrent { embedding = try values.count(.embedding, default: embedding) }
        characterEmbedding = try values.count(.characterEmbedding, default: characterEmbedding)
        characterHidden = try values.count(.characterHidden, default: characterHidden, minimum: 0)
        if reader.kind == .transformer, characterHidden > (reader.outputSize - 1) / 2 {
            throw values.invalid(
                .characterHidden,
                "must be below half of 'width', \(reader.outputSize), so that words have a vector too, not \(characterHidden)")
        }
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        if reader.kind == .recurrent { try values.encode(embedding, forKey: .embedding) }
        try values.encode(characterEmbedding, forKey: .characterEmbedding)
        try values.encode(characterHidden, forKey: .characterHidden)
        try reader.encode(to: encoder)
    }

    /// The equations in use, in one line.
    public var equations: String { "\(reader.equations); \(characterHidden > 0 ? "words and their characters" : "words")" }

    /// Width of a word's vector.
    package var wordSize: Int { reader.kind == .transformer ? reader.outputSize - 2 * characterHidden : embedding }

    /// Features of a word: its vector, and what was read of its characters.
    var inputSize: Int { wordSize + 2 * characterHidden }

    /// The kind of cell that reads the characters, and the variants of its equations.
    package var spelling: (cell: CellKind, options: CellOptions) {
        switch reader {
        case .recurrent(let reader): (reader.cell, reader.cellOptions)
        case .transformer: (.lstm, CellOptions())
        }
    }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(words: Int, tags: Int) -> Double {
        let least = reader.least(inputSize: Double(wordSize) + 2 * Double(characterHidden))
        return Double(words) * Double(wordSize) + least.parameters + Double(tags) * least.outputs
    }
}
