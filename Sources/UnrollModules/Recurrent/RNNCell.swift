import UnrollKernels
import UnrollTensors

/// The plain recurrent cell (Elman 1990): h = f(W x + U h' + b), f = tanh or ReLU.
public struct RNNCell: GatedCell {
    /// Features of x(t).
    public let inputSize: Int
    /// Units.
    public let hiddenSize: Int
    /// f.
    public let activation: RecurrentActivation
    private let inputWeight: Parameter
    private let hiddenWeight: Parameter
    private let bias: Parameter

    /// A cell with its weights drawn anew; the bias starts at 0.
    public init(_ inputSize: Int, _ hiddenSize: Int, options: CellOptions = .init(), key: RandomKey, scalarType: ScalarType = .float32) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        activation = options.activation
        inputWeight = Parameter(options.inputInitializer.matrix(hiddenSize, inputSize, key: key.split(0), scalarType))
        hiddenWeight = Parameter(options.hiddenInitializer.matrix(hiddenSize, hiddenSize, key: key.split(1), scalarType))
        bias = Parameter(.zeros([hiddenSize], scalarType))
    }

    /// The parts of the state.
    public var stateNames: [String] { ["hidden"] }

    /// The cell's own weights.
    public func weights(_ context: Context) -> GateWeights {
        GateWeights(input: context[inputWeight], hidden: context[hiddenWeight], bias: context[bias])
    }

    /// One step; see the protocol.
    public func advance(
        _ projected: Tensor, _ state: RecurrentState, _ weights: GateWeights
    ) -> (output: Tensor, state: RecurrentState) {
        let result = fused(projected.asOneStep, seen: weights.seen(state.hidden), weights, .init())
        return (result.outputs.at(0), result.state)
    }

    /// The whole recurrence, in one kernel unless the state is masked.
    public func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: GateWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        guard weights.hiddenMask == nil else { return walk(projected, state, layout) { advance($0, $1, weights) } }
        return fused(projected, seen: state.hidden, weights, layout)
    }

    private func fused(
        _ projected: consuming Tensor, seen hidden: Tensor, _ weights: GateWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        let (outputs, hidden) = rnn(projected, hidden: hidden, weight: weights.hidden, activation: activation, layout: layout)
        return (outputs, RecurrentState(names: stateNames, tensors: [hidden]))
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight_ih", inputWeight)
        visitor("weight_hh", hiddenWeight)
        visitor("bias_ih", bias)
    }
}
