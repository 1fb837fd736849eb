import UnrollModules

/// Which of a memory network's tables are one, and what follows after a memory was read.
public enum MemoryTying: String, Codable, Sendable, CaseIterable {
    /// A hop's value table is the next hop's key table; the first key table reads the question, the last value table is the output layer's weight; u ← u + o.
    /// Sukhbaatar 2015.
    case adjacent
    /// All hops have the same two tables; u ← H u + o. Sukhbaatar 2015.
    case layerWise = "layer_wise"
    /// One table for question, keys, values and answers; u ← R_k (u + o), a matrix for each hop. Miller 2016.
    case keyValue = "key_value"
}

/// What a slot of a memory holds.
public enum MemoryContent: String, Codable, Sendable, CaseIterable {
    /// A sentence, as key and as value.
    case sentences
    /// For each word that may be an answer: the words around it as the key, the word itself as the value. Miller 2016.
    case windows
}

/// What a memory network is made of.
public struct MemoryNetworkConfiguration: Codable, Sendable, Equatable {
    /// Width of the vectors.
    public var embedding = 20
    /// How often the memory is read.
    public var hops = 3
    /// Which tables are one.
    public var tying = MemoryTying.adjacent
    /// How a sentence becomes a vector.
    public var encoding = SentenceEncoding.positions
    /// J of the position encoding, one for all sentences; with 0 each has its own length.
    public var sentenceLength = 0
    /// What reads the words with `encoding: recurrent`.
    public var cell = CellKind.gru
    /// What a slot holds.
    public var content = MemoryContent.sentences
    /// Words in a window, with the one in its middle.
    public var window = 5
    /// Whether each slot also tells how many sentences came after its own.
    public var temporal = true
    /// Slots; of more the oldest are dropped.
    public var memorySize = 50
    /// Whether slots that nothing fills take part in the softmax, with a score of 0: a hop may then read nothing.
    public var emptySlots = true
    /// The deviation of the normal numbers that the tables start with.
    public var deviation = 0.1

    /// The defaults: three hops, adjacent tying, position and temporal encoding.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        embedding = try values.count(.embedding, default: embedding)
        hops = try values.count(.hops, default: hops)
        tying = try values.value(.tying, default: tying)
        encoding = try values.value(.encoding, default: encoding)
        sentenceLength = try values.count(.sentenceLength, default: sentenceLength, minimum: 0)
        cell = try values.value(.cell, default: cell)
        content = try values.value(.content, default: content)
        window = try values.count(.window, default: window)
        temporal = try values.value(.temporal, default: temporal)
        memorySize = try values.count(.memorySize, default: memorySize)
        emptySlots = try values.value(.emptySlots, default: emptySlots)
        deviation = try values.positive(.deviation, default: deviation)
    }

    /// The places of the tables that read questions, and of each hop those of keys and values; and of how many there are.
    package var tables: (count: Int, question: Int, hops: [(key: Int, value: Int)]) {
        switch tying {
        case .adjacent: (hops + 1, 0, (0..<hops).map { ($0, $0 + 1) })
        case .layerWise: (3, 2, Array(repeating: (0, 1), count: hops))
        case .keyValue: (1, 0, Array(repeating: (0, 0), count: hops))
        }
    }

    /// Whether the output layer's weight is the last table: a cell's projection cannot be.
    var tiesOutput: Bool { tying != .layerWise && encoding != .recurrent }

    /// The equations in use, in one line.
    public var equations: String {
        let words = encoding == .recurrent ? "\(cell.rawValue) over words" : encoding == .positions ? "position encoding" : "bag of words"
        let slots = content == .sentences ? "\(memorySize) sentences" : "\(memorySize) windows of \(window) words"
        return "\(hops) hops, \(tying.rawValue.replacing("_", with: "-")) tying; \(words)\(temporal ? ", temporal encoding" : ""); \(slots)"
    }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(words: Int) -> Double {
        let (width, words) = (Double(embedding), Double(words))
        let tables = encoding == .recurrent ? 1 : Double(tables.count)
        return (tables * words + (tiesOutput ? 0 : words - 4)) * width
    }
}
