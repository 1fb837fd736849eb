import UnrollKernels
import UnrollTensors

/// The recurrent cells, by the names that recipes use.
public enum CellKind: String, Sendable, Codable, CaseIterable {
    case rnn
    case gru
    case lstm
    /// The multiplicative LSTM. Krause 2016.
    case multiplicativeLSTM = "mlstm"
    /// The LSTM whose weights another LSTM scales. Ha 2016.
    case hyperLSTM = "hyper_lstm"

    /// A cell of this kind.
    public func cell(
        _ inputSize: Int, _ hiddenSize: Int, options: CellOptions, key: RandomKey, scalarType: ScalarType = .float32
    ) -> any GatedCell {
        switch self {
        case .rnn: RNNCell(inputSize, hiddenSize, options: options, key: key, scalarType: scalarType)
        case .gru: GRUCell(inputSize, hiddenSize, options: options, key: key, scalarType: scalarType)
        case .lstm: LSTMCell(inputSize, hiddenSize, options: options, key: key, scalarType: scalarType)
        case .multiplicativeLSTM: MultiplicativeLSTMCell(inputSize, hiddenSize, options: options, key: key, scalarType: scalarType)
        case .hyperLSTM: HyperLSTMCell(inputSize, hiddenSize, options: options, key: key, scalarType: scalarType)
        }
    }
}

/// The variants of the cells' equations and how their weights start.
public struct CellOptions: Sendable, Codable, Equatable {
    /// How W starts.
    public var inputInitializer: Initializer
    /// How U starts.
    public var hiddenInitializer: Initializer
    /// What the bias of an LSTM's forget gate, or of a GRU's update gate, starts at; nil for 1 and 0.
    public var forgetBias: ForgetBias?
    /// Where a GRU's reset gate acts.
    public var resetGate: ResetGate
    /// A plain RNN's non-linearity.
    public var activation: RecurrentActivation
    /// The small network of a HyperLSTM.
    public var hyper: HyperOptions

    /// The lecture's equations.
    public init(
        inputInitializer: Initializer = .xavierUniform, hiddenInitializer: Initializer = .orthogonal, forgetBias: ForgetBias? = nil,
        resetGate: ResetGate = .beforeProduct, activation: RecurrentActivation = .tanh, hyper: HyperOptions = .init()
    ) {
        self.inputInitializer = inputInitializer
        self.hiddenInitializer = hiddenInitializer
        self.forgetBias = forgetBias
        self.resetGate = resetGate
        self.activation = activation
        self.hyper = hyper
    }

    /// What an LSTM's forget-gate bias starts at.
    package var lstmForgetBias: ForgetBias { forgetBias ?? 1 }
}
