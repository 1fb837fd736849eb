import UnrollKernels
import UnrollTensors

/// The long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers 2000).
///
///     i, f, o = σ(W x + U h' + b)      g = tanh(W_g x + U_g h' + b_g)      c = f ⊙ c' + i ⊙ g      h = o ⊙ tanh c
///
/// The forget gate's bias starts at 1, so that a new network remembers (Jozefowicz 2015); the other biases start at 0.
public struct LSTMCell: GatedCell {
    /// Features of x(t).
    public let inputSize: Int
    /// Units.
    public let hiddenSize: Int
    private let inputWeight: Parameter
    private let hiddenWeight: Parameter
    private let bias: Parameter

    /// A cell with its weights drawn anew.
    public init(_ inputSize: Int, _ hiddenSize: Int, options: CellOptions = .init(), key: RandomKey, scalarType: ScalarType = .float32) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        inputWeight = Parameter(options.inputInitializer.gates(4, hiddenSize, inputSize, key: key.split(0), scalarType))
        hiddenWeight = Parameter(options.hiddenInitializer.gates(4, hiddenSize, hiddenSize, key: key.split(1), scalarType))
        bias = Parameter(options.lstmForgetBias.lstm(hiddenSize, key: key.split(2), scalarType))
    }

    /// The parts of the state.
    public var stateNames: [String] { ["hidden", "cell"] }

    /// The cell's own weights.
    public func weights(_ context: Context) -> GateWeights {
        GateWeights(input: context[inputWeight], hidden: context[hiddenWeight], bias: context[bias])
    }

    /// One step; see the protocol.
    public func advance(
        _ projected: Tensor, _ state: RecurrentState, _ weights: GateWeights
    ) -> (output: Tensor, state: RecurrentState) {
        let result = fused(projected.asOneStep, state, seen: weights.seen(state.hidden), weights, .init())
        return (result.outputs.at(0), result.state)
    }

    /// The whole recurrence, in one kernel unless the state is masked.
    public func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: GateWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        guard weights.hiddenMask == nil else { return walk(projected, state, layout) { advance($0, $1, weights) } }
        return fused(projected, state, seen: state.hidden, weights, layout)
    }

    private func fused(
        _ projected: consuming Tensor, _ state: RecurrentState, seen hidden: Tensor, _ weights: GateWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        let (outputs, hidden, cell) = lstm(projected, hidden: hidden, cell: state.tensors[1], weight: weights.hidden, layout: layout)
        return (outputs, RecurrentState(names: stateNames, tensors: [hidden, cell]))
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight_ih", inputWeight)
        visitor("weight_hh", hiddenWeight)
        visitor("bias_ih", bias)
    }
}
