import UnrollModules

/// What a sequence classifier is made of.
public struct SequenceClassifierConfiguration: Codable, Sendable, Equatable {
    /// Width of a token's vector where recurrent layers read it; a Transformer's are as wide as its layers.
    public var embedding = 128
    /// What reads the tokens.
    public var reader = SequenceReaderConfiguration.recurrent(ReaderConfiguration())
    /// How what it shows becomes one vector.
    public var pooling = PoolingKind.last

    /// The defaults: one LSTM layer of 128 in both directions, and its last states.
    public init() {}

    private enum CodingKeys: CodingKey {
        case embedding, pooling
    }

    /// Reads the keys that are given; the others have their defaults. That of the pooling is the mean where a Transformer reads.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        reader = try SequenceReaderConfiguration(from: decoder)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if reader.kind == .recurrent { embedding = try values.count(.embedding, default: embedding) }
        pooling = try values.value(.pooling, default: reader.kind == .transformer ? .mean : pooling)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        if reader.kind == .recurrent { try values.encode(embedding, forKey: .embedding) }
        try reader.encode(to: encoder)
        try values.encode(pooling, forKey: .pooling)
    }

    /// The equations in use, in one line.
    public var equations: String { "\(reader.equations); pooling \(pooling.rawValue)" }

    /// Width of a token's vector.
    package var tokenSize: Int { reader.kind == .transformer ? reader.outputSize : embedding }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(vocabulary: Int, classes: Int) -> Double {
        let least = reader.least(inputSize: Double(tokenSize))
        return Double(vocabulary) * Double(tokenSize) + least.parameters + Double(classes) * least.outputs
    }
}
