import UnrollKernels
import UnrollTensors

/// The weights of a multiplicative LSTM.
public struct MultiplicativeLSTMWeights: GatedWeights {
    /// [W_mx; W_x], [hidden + 4 hidden, inputs].
    public var input: Tensor
    /// [0; b], [hidden + 4 hidden].
    public var bias: Tensor
    /// W_mh, [hidden, hidden].
    public var hidden: Tensor
    /// U, what meets m in the gates, [4 hidden, hidden].
    public var multiplicative: Tensor
    /// What products see of the hidden state; see the protocol.
    public var hiddenMask: Tensor?

    /// Weights from wherever they come.
    public init(input: Tensor, bias: Tensor, hidden: Tensor, multiplicative: Tensor) {
        self.input = input
        self.bias = bias
        self.hidden = hidden
        self.multiplicative = multiplicative
    }
}

/// The multiplicative LSTM (Krause 2016): an input-dependent transition in front of the gates.
///
///     m = (W_mx x) ⊙ (W_mh h')
///     i, f, o = σ(W x + U m + b)      g = tanh(W_g x + U_g m + b_g)      c = f ⊙ c' + i ⊙ g      h = o ⊙ tanh c
///
/// W_mh diag(W_mx x) is a factored multiplicative module: each x has a recurrent matrix of its own. Gates stand in the order i, f, g, o; the
/// forget gate's bias starts at 1, the other biases at 0.
public struct MultiplicativeLSTMCell: GatedCell {
    /// Features of x(t).
    public let inputSize: Int
    /// Units, of m as well.
    public let hiddenSize: Int
    private let inputWeight: Parameter
    private let hiddenWeight: Parameter
    private let bias: Parameter
    private let transitionInputWeight: Parameter
    private let transitionHiddenWeight: Parameter

    /// A cell with its weights drawn anew.
    public init(_ inputSize: Int, _ hiddenSize: Int, options: CellOptions = .init(), key: RandomKey, scalarType: ScalarType = .float32) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        inputWeight = Parameter(options.inputInitializer.gates(4, hiddenSize, inputSize, key: key.split(0), scalarType))
        hiddenWeight = Parameter(options.hiddenInitializer.gates(4, hiddenSize, hiddenSize, key: key.split(1), scalarType))
        bias = Parameter(options.lstmForgetBias.lstm(hiddenSize, key: key.split(4), scalarType))
        transitionInputWeight = Parameter(options.inputInitializer.matrix(hiddenSize, inputSize, key: key.split(2), scalarType))
        transitionHiddenWeight = Parameter(options.hiddenInitializer.matrix(hiddenSize, hiddenSize, key: key.split(3), scalarType))
    }

    /// The parts of the state.
    public var stateNames: [String] { ["hidden", "cell"] }

    /// The cell's own weights.
    public func weights(_ context: Context) -> MultiplicativeLSTMWeights {
        let bias = context[bias]
        return MultiplicativeLSTMWeights(
            input: concatenated([context[transitionInputWeight], context[inputWeight]], axis: 0),
            bias: concatenated([.zeros([hiddenSize], bias.scalarType), bias], axis: 0), hidden: context[transitionHiddenWeight],
            multiplicative: context[hiddenWeight])
    }

    /// One step; see the protocol.
    public func advance(
        _ projected: Tensor, _ state: RecurrentState, _ weights: MultiplicativeLSTMWeights
    ) -> (output: Tensor, state: RecurrentState) {
        let result = recurrence(projected.asOneStep, state, weights, .init())
        return (result.outputs.at(0), result.state)
    }

    /// The whole recurrence, in one kernel unless the state is masked.
    public func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: MultiplicativeLSTMWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        let (transition, gates) = (weights.hidden, weights.multiplicative)
        let (outputs, hidden, cell) =
            if let mask = weights.hiddenMask {
                multiplicativeLSTMReference(
                    projected, hidden: state.hidden, cell: state.tensors[1], transition: transition, weight: gates, mask: mask,
                    layout: layout)
            } else {
                multiplicativeLSTM(
                    projected, hidden: state.hidden, cell: state.tensors[1], transition: transition, weight: gates, layout: layout)
            }
        return (outputs, RecurrentState(names: stateNames, tensors: [hidden, cell]))
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight_ih", inputWeight)
        visitor("weight_hh", hiddenWeight)
        visitor("bias_ih", bias)
        visitor("weight_im", transitionInputWeight)
        visitor("weight_hm", transitionHiddenWeight)
    }
}
