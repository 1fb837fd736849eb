import UnrollModules

/// What a sequence tagger is made of.
public struct SequenceTaggerConfiguration: Codable, Sendable, Equatable {
    /// Width of a word's vector.
    public var embedding = 100
    /// Width of a character's vector.
    public var characterEmbedding = 32
    /// Units, in each direction, of the layer that reads a word's characters; 0 leaves the characters out.
    public var characterHidden = 32
    /// The recurrent layers over the words; the layer over the characters has the same kind of cell.
    public var reader = ReaderConfiguration()

    /// The defaults: one LSTM layer of 128 in both directions, over words and their characters.
    public init() {}

    private enum CodingKeys: CodingKey {
        case embedding, characterEmbedding, characterHidden
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        embedding = try values.count(.embedding, default: embedding)
        characterEmbedding = try values.count(.characterEmbedding, default: characterEmbedding)
        characterHidden = try values.count(.characterHidden, default: characterHidden, minimum: 0)
        reader = try ReaderConfiguration(from: decoder, defaults: reader)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(embedding, forKey: .embedding)
        try values.encode(characterEmbedding, forKey: .characterEmbedding)
        try values.encode(characterHidden, forKey: .characterHidden)
        try reader.encode(to: encoder)
    }

    /// The equations in use, in one line.
    public var equations: String { "\(reader.equations); \(characterHidden > 0 ? "words and their characters" : "words")" }

    /// Features of a word: its vector, and what was read of its characters.
    var wordSize: Int { embedding + 2 * characterHidden }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(words: Int, tags: Int) -> Double {
        let least = reader.least(inputSize: Double(embedding) + 2 * Double(characterHidden))
        return Double(words) * Double(embedding) + least.parameters + Double(tags) * least.outputs
    }
}
