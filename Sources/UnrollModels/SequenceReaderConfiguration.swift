import UnrollModules
import UnrollTensors

/// What a network reads a sequence with: recurrent layers, or those of a Transformer. The keys stand among the network's own.
public enum SequenceReaderConfiguration: Codable, Sendable, Equatable {
    /// Recurrent layers.
    case recurrent(ReaderConfiguration)
    /// A Transformer's encoder; where its positions are learnt there are so many of them, and no sequence may be longer.
    case transformer(TransformerReaderConfiguration, maximumPositions: Int = 512)

    private enum CodingKeys: CodingKey {
        case maximumPositions
    }

    /// Reads the kind, recurrent where it is absent, and the keys of that kind.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        switch try NetworkKind(in: decoder) {
        case .recurrent: self = .recurrent(try ReaderConfiguration(from: decoder))
        case .transformer:
            let longest = try decoder.container(keyedBy: CodingKeys.self).count(.maximumPositions, default: 512)
            self = .transformer(try TransformerReaderConfiguration(from: decoder), maximumPositions: longest)
        }
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try kind.write(to: encoder)
        switch self {
        case .recurrent(let reader): try reader.encode(to: encoder)
        case .transformer(let reader, let longest):
            try reader.encode(to: encoder)
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(longest, forKey: .maximumPositions)
        }
    }

    /// Which of the two.
    public var kind: NetworkKind {
        switch self {
        case .recurrent: .recurrent
        case .transformer: .transformer
        }
    }

    /// The most steps of a sequence; nil for any number.
    public var longestSequence: Int? {
        switch self {
        case .recurrent: nil
        case .transformer(let reader, let longest): reader.positions == .learned ? longest : nil
        }
    }

    /// Features that are shown at each step.
    package var outputSize: Int {
        switch self {
        case .recurrent(let reader): reader.outputSize
        case .transformer(let reader, _): reader.width
        }
    }

    /// The dropout on what is shown.
    var dropout: Dropout {
        switch self {
        case .recurrent(let reader): Dropout(reader.dropout, isVariational: reader.variationalDropout)
        case .transformer(let reader, _): Dropout(reader.dropout)
        }
    }

    /// The equations in use, in a few words.
    var equations: String {
        switch self {
        case .recurrent(let reader): reader.equations
        case .transformer(let reader, _): reader.equations
        }
    }

    /// A lower bound of the numbers that the layers learn, and, in double precision, the features that they show.
    func least(inputSize: Double) -> (parameters: Double, outputs: Double) {
        switch self {
        case .recurrent(let reader): reader.least(inputSize: inputSize)
        case .transformer(let reader, let longest): (reader.leastParameterCount(positions: longest), Double(reader.width))
        }
    }
}
