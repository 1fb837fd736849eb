import UnrollModules

/// What a sequence classifier is made of.
public struct SequenceClassifierConfiguration: Codable, Sendable, Equatable {
    /// Width of a token's vector.
    public var embedding = 128
    /// The recurrent layers.
    public var reader = ReaderConfiguration()
    /// How what they show becomes one vector.
    public var pooling = PoolingKind.last

    /// The defaults: one LSTM layer of 128 in both directions, and its last states.
    public init() {}

    private enum CodingKeys: CodingKey {
        case embedding, pooling
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        embedding = try values.count(.embedding, default: embedding)
        pooling = try values.value(.pooling, default: pooling)
        reader = try ReaderConfiguration(from: decoder, defaults: reader)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(embedding, forKey: .embedding)
        try reader.encode(to: encoder)
        try values.encode(pooling, forKey: .pooling)
    }

    /// The equations in use, in one line.
    public var equations: String { "\(reader.equations); pooling \(pooling.rawValue)" }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(vocabulary: Int, classes: Int) -> Double {
        let least = reader.least(inputSize: Double(embedding))
        return Double(vocabulary) * Double(embedding) + least.parameters + Double(classes) * least.outputs
    }
}
