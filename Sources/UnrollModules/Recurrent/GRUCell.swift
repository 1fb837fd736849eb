import UnrollKernels
import UnrollTensors

/// The gated recurrent unit (Cho 2014).
///
///     z = σ(W_z x + U_z h' + b_z)      r = σ(W_r x + U_r h' + b_r)
///     n = tanh(W_n x + U_n(r ⊙ h') + b_n)      h = z ⊙ h' + (1 − z) ⊙ n
///
/// With the reset gate after the product, as PyTorch has it: n = tanh(W_n x + b_n + r ⊙ (U_n h' + b'_n)); the variant then has a second bias.
public struct GRUCell: GatedCell {
    /// Features of x(t).
    public let inputSize: Int
    /// Units.
    public let hiddenSize: Int
    /// Where the reset gate acts.
    public let resetGate: ResetGate
    private let inputWeight: Parameter
    private let hiddenWeight: Parameter
    private let bias: Parameter
    private let recurrentBias: Parameter?

    /// A cell with its weights drawn anew; the biases start at 0, but for the update gate's where `options` say otherwise.
    public init(_ inputSize: Int, _ hiddenSize: Int, options: CellOptions = .init(), key: RandomKey, scalarType: ScalarType = .float32) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        resetGate = options.resetGate
        inputWeight = Parameter(options.inputInitializer.gates(3, hiddenSize, inputSize, key: key.split(0), scalarType))
        hiddenWeight = Parameter(options.hiddenInitializer.gates(3, hiddenSize, hiddenSize, key: key.split(1), scalarType))
        let update = (options.forgetBias ?? 0).gate(hiddenSize, key: key.split(2), scalarType)
        bias = Parameter(concatenated([.zeros([hiddenSize], scalarType), update, .zeros([hiddenSize], scalarType)], axis: 0))
        recurrentBias = options.resetGate == .afterProduct ? Parameter(.zeros([3 * hiddenSize], scalarType)) : nil
    }

    /// The parts of the state.
    public var stateNames: [String] { ["hidden"] }

    /// The cell's own weights.
    public func weights(_ context: Context) -> GateWeights {
        var weights = GateWeights(input: context[inputWeight], hidden: context[hiddenWeight], bias: context[bias])
        if let recurrentBias {
            // Before a non-linearity two biases are one; only the candidate's second bias meets the reset gate first.
            let second = context[recurrentBias]
            let gates = second.sliced(0..<2 * hiddenSize, axis: 0)
            weights.bias = weights.bias + concatenated([gates, .zeros([hiddenSize], second.scalarType)], axis: 0)
            weights.recurrentBias = second.sliced(2 * hiddenSize..<3 * hiddenSize, axis: 0)
        }
        return weights
    }

    /// One step; see the protocol.
    public func advance(
        _ projected: Tensor, _ state: RecurrentState, _ weights: GateWeights
    ) -> (output: Tensor, state: RecurrentState) {
        guard let mask = weights.hiddenMask else {
            let result = recurrence(projected.asOneStep, state, weights, .init())
            return (result.outputs.at(0), result.state)
        }
        // The products see the masked state; what z keeps is the state itself, so the kernel, which knows only one of them, cannot be asked.
        let seen = state.hidden * mask
        let (gateWeight, candidateWeight) = (
            weights.hidden.sliced(0..<2 * hiddenSize, axis: 0), weights.hidden.sliced(2 * hiddenSize..<3 * hiddenSize, axis: 0)
        )
        let gates = sigmoid(projected.sliced(0..<2 * hiddenSize, axis: 1) + linear(seen, gateWeight)).split(into: 2, axis: 1)
        let (r, z) = (gates[0], gates[1])
        let candidate =
            switch resetGate {
            case .beforeProduct: linear(r * seen, candidateWeight)
            case .afterProduct: r * linear(seen, candidateWeight, bias: weights.recurrentBias)
            }
        let n = tanh(projected.sliced(2 * hiddenSize..<3 * hiddenSize, axis: 1) + candidate)
        let new = z * state.hidden + (1 - z) * n
        return (new, RecurrentState(names: stateNames, tensors: [new]))
    }

    /// The whole recurrence, in one kernel unless the state is masked.
    public func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: GateWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        guard weights.hiddenMask == nil else { return walk(projected, state, layout) { advance($0, $1, weights) } }
        let (outputs, hidden) = gru(
            projected, hidden: state.hidden, weight: weights.hidden, recurrentBias: weights.recurrentBias, resetGate: resetGate,
            layout: layout)
        return (outputs, RecurrentState(names: stateNames, tensors: [hidden]))
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight_ih", inputWeight)
        visitor("weight_hh", hiddenWeight)
        visitor("bias_ih", bias)
        if let recurrentBias { visitor("bias_hh", recurrentBias) }
    }
}
