import UnrollModules
import UnrollTensors

/// What a recurrent language model is made of.
public struct LanguageModelConfiguration: Codable, Sendable, Equatable {
    /// The recurrent cell.
    public var cell = CellKind.lstm
    /// Where a GRU's reset gate acts.
    public var resetGate = ResetGate.beforeProduct
    /// What the bias of an LSTM's forget gate, or of a GRU's update gate, starts at; nil for 1 and 0.
    public var forgetBias: ForgetBias?
    /// A plain RNN's non-linearity.
    public var activation = RecurrentActivation.tanh
    /// The small network of a HyperLSTM.
    public var hyper = HyperOptions()
    /// How the cells' W start.
    public var inputInitializer = Initializer.xavierUniform
    /// How the cells' U start.
    public var hiddenInitializer = Initializer.orthogonal
    /// Every parameter, biases too, starts uniform between minus this and this, in place of the initialisers and of `forgetBias` (Zaremba 2014).
    public var uniformRange: Double?
    /// Width of a token's vector.
    public var embedding = 200
    /// Units of a cell.
    public var hidden = 200
    /// Layers above one another.
    public var layers = 2
    /// Whether the embedding is the output layer's weight. Press & Wolf 2017.
    public var tiedEmbeddings = false
    /// The states before the first token.
    public var initialState = InitialState.zero
    /// The probability of dropout on embeddings, between layers and before the output layer: never from step to step.
    public var dropout = 0.0
    /// Whether one mask of that dropout serves all steps of a piece of text (Gal & Ghahramani 2016), in place of a mask for each.
    public var variationalDropout = false
    /// The probability that a unit of the state is hidden from the products of all steps of a piece of text (Gal & Ghahramani 2016).
    public var recurrentDropout = 0.0

    /// The defaults: Zaremba's small network, two LSTM layers of 200.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        cell = try values.value(.cell, default: cell)
        resetGate = try values.value(.resetGate, default: resetGate)
        forgetBias = try values.decodeIfPresent(ForgetBias.self, forKey: .forgetBias)
        activation = try values.value(.activation, default: activation)
        hyper = try values.value(.hyper, default: hyper)
        inputInitializer = try values.value(.inputInitializer, default: inputInitializer)
        hiddenInitializer = try values.value(.hiddenInitializer, default: hiddenInitializer)
        if values.contains(.uniformRange) { uniformRange = try values.positive(.uniformRange, default: 0.1) }
        embedding = try values.count(.embedding, default: embedding)
        hidden = try values.count(.hidden, default: hidden)
        layers = try values.count(.layers, default: layers)
        tiedEmbeddings = try values.value(.tiedEmbeddings, default: tiedEmbeddings)
        initialState = try values.value(.initialState, default: initialState)
        dropout = try values.probability(.dropout, default: dropout)
        variationalDropout = try values.value(.variationalDropout, default: variationalDropout)
        recurrentDropout = try values.probability(.recurrentDropout, default: recurrentDropout)
        if tiedEmbeddings, embedding != hidden {
            throw values.invalid(
                .tiedEmbeddings, "needs 'embedding' and 'hidden' to be equal, not \(embedding) and \(hidden): one table serves both ends")
        }
    }

    /// The equations in use, in one line.
    public var equations: String {
        let start = uniformRange.map { "; every weight starts in ±\($0)" } ?? ""
        return "\(layers) × \(cell.equations(cellOptions)); \(tiedEmbeddings ? "one table" : "two tables")\(start)"
    }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(vocabulary: Int) -> Double {
        let (hidden, embedding, layers) = (Double(hidden), Double(embedding), Double(layers))
        let further = layers * cell.furtherParameters(hidden: hidden, cellOptions)
        let recurrent = cell.leastMatrices * hidden * (embedding + hidden + (layers - 1) * 2 * hidden) + further
        return recurrent + Double(vocabulary) * (embedding + (tiedEmbeddings ? 0 : hidden))
    }

    /// The variants of the cells' equations.
    package var cellOptions: CellOptions {
        CellOptions(
            inputInitializer: inputInitializer, hiddenInitializer: hiddenInitializer, forgetBias: forgetBias, resetGate: resetGate,
            activation: activation, hyper: hyper)
    }
}
