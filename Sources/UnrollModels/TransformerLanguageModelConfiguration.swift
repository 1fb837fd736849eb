import UnrollModules

/// What a language model of attention alone is made of.
public struct TransformerLanguageModelConfiguration: Codable, Sendable, Equatable {
    /// The layers.
    public var reader = TransformerReaderConfiguration()
    /// The most tokens that are read at once: what comes before them is forgotten.
    public var context = 256
    /// Whether the embedding is the output layer's weight. Press & Wolf 2017.
    public var tiedEmbeddings = false

    /// The defaults: 3 layers of 256 features over 256 tokens.
    public init() {}

    private enum CodingKeys: CodingKey {
        case context, tiedEmbeddings
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        context = try values.count(.context, default: context)
        guard context <= Self.longestContext else {
            throw values.invalid(.context, "must be at most \(Self.longestContext), not \(context)")
        }
        tiedEmbeddings = try values.value(.tiedEmbeddings, default: tiedEmbeddings)
        reader = try TransformerReaderConfiguration(from: decoder)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try reader.encode(to: encoder)
        try values.encode(context, forKey: .context)
        try values.encode(tiedEmbeddings, forKey: .tiedEmbeddings)
    }

    /// Attention over more tokens than this would not fit into any machine.
    private static let longestContext = 1 << 20

    /// How many tokens further each window over a longer text begins: half of the context, so that each token has at least as many before it.
    public var stride: Int { max(1, context / 2) }

    /// The equations in use, in one line.
    public var equations: String { "\(reader.equations); context \(context); \(tiedEmbeddings ? "one table" : "two tables")" }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(vocabulary: Int) -> Double {
        reader.leastParameterCount(positions: context) + (tiedEmbeddings ? 1 : 2) * Double(vocabulary) * Double(reader.width)
    }
}
