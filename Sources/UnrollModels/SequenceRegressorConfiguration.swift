import UnrollModules

/// What a sequence regressor is made of: the recurrent layers.
public struct SequenceRegressorConfiguration: Codable, Sendable, Equatable {
    /// The recurrent layers.
    public var reader = ReaderConfiguration()

    /// The defaults: one LSTM layer of 128, forward in time.
    public init() { reader.bidirectional = false }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        reader = try ReaderConfiguration(from: decoder, defaults: Self().reader)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws { try reader.encode(to: encoder) }

    /// The equations in use, in one line.
    public var equations: String { reader.equations }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(features: Int) -> Double { reader.least(inputSize: Double(features)).parameters }
}
