import UnrollKernels
import UnrollModules
import UnrollTensors

/// The recurrent layers that a network reads a sequence with. Their keys stand among the network's own.
public struct ReaderConfiguration: Codable, Sendable, Equatable {
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
    /// Units of a cell, in each direction.
    public var hidden = 128
    /// Layers above one another.
    public var layers = 1
    /// Whether the sequence is read in both directions.
    public var bidirectional = true
    /// The probability of dropout on what the layers read, between them, and on what they show: never from step to step.
    public var dropout = 0.0
    /// Whether one mask of that dropout serves all steps of a sequence (Gal & Ghahramani 2016), in place of a mask for each.
    public var variationalDropout = false
    /// The probability that a unit of the state is hidden from the products of all steps of a sequence (Gal & Ghahramani 2016).
    public var recurrentDropout = 0.0
    /// The states before the first step.
    public var initialState = InitialState.zero

    /// One LSTM layer in both directions.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws { try self.init(from: decoder, defaults: Self()) }

    /// Reads the keys that are given; the others are as in `defaults`.
    init(from decoder: any Decoder, defaults: Self) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        cell = try values.value(.cell, default: defaults.cell)
        resetGate = try values.value(.resetGate, default: defaults.resetGate)
        forgetBias = try values.decodeIfPresent(ForgetBias.self, forKey: .forgetBias) ?? defaults.forgetBias
        activation = try values.value(.activation, default: defaults.activation)
        hyper = try values.value(.hyper, default: defaults.hyper)
        inputInitializer = try values.value(.inputInitializer, default: defaults.inputInitializer)
        hiddenInitializer = try values.value(.hiddenInitializer, default: defaults.hiddenInitializer)
        hidden = try values.count(.hidden, default: defaults.hidden)
        layers = try values.count(.layers, default: defaults.layers)
        bidirectional = try values.value(.bidirectional, default: defaults.bidirectional)
        dropout = try values.probability(.dropout, default: defaults.dropout)
        variationalDropout = try values.value(.variationalDropout, default: defaults.variationalDropout)
        recurrentDropout = try values.probability(.recurrentDropout, default: defaults.recurrentDropout)
        initialState = try values.value(.initialState, default: defaults.initialState)
    }

    /// Features that the layers show at each step.
    package var outputSize: Int { (bidirectional ? 2 : 1) * hidden }

    /// The layers, with their weights drawn anew.
    func stack(inputSize: Int, key: RandomKey, scalarType: ScalarType) -> RecurrentStack {
        RecurrentStack(
            cell, inputSize: inputSize, hiddenSize: hidden, layers: layers, isBidirectional: bidirectional, dropout: dropout,
            isVariational: variationalDropout, recurrentDropout: recurrentDropout, initialState: initialState, options: cellOptions,
            key: key, scalarType: scalarType)
    }

    /// The equations in use, in a few words.
    var equations: String { "\(layers) × \(cell.equations(cellOptions))\(bidirectional ? ", in both directions" : "")" }

    /// A lower bound of the numbers that the layers learn, and, in double precision, the features that they show.
    func least(inputSize: Double) -> (parameters: Double, outputs: Double) {
        let (hidden, directions) = (Double(hidden), bidirectional ? 2.0 : 1.0)
        let upper = Double(layers - 1) * (directions + 1) * hidden
        let matrices = cell.leastMatrices * directions * hidden * (inputSize + hidden + upper)
        let further = Double(layers) * directions * cell.furtherParameters(hidden: hidden, cellOptions)
        return (matrices + further, directions * hidden)
    }

    /// The variants of the cells' equations.
    package var cellOptions: CellOptions {
        CellOptions(
            inputInitializer: inputInitializer, hiddenInitializer: hiddenInitializer, forgetBias: forgetBias, resetGate: resetGate,
            activation: activation, hyper: hyper)
    }
}
