import UnrollTensors

/// One step of a recurrent network: z(t) = g(x(t), z(t − 1), w).
///
/// A step is a pure function of its weights, which are tensors: the module's own parameters, or what another network computed.
public protocol RecurrentCell: Module {
    /// The weights as tensors.
    associatedtype Weights

    /// Features of x(t).
    var inputSize: Int { get }
    /// Features of the hidden state.
    var hiddenSize: Int { get }
    /// The names of the state's parts; the first is the hidden state, which is also the output.
    var stateNames: [String] { get }

    /// The module's own weights, recorded where the context has a tape.
    func weights(_ context: Context) -> Weights

    /// One step. input: [batch, inputSize].
    func step(_ input: Tensor, _ state: RecurrentState, _ weights: Weights, _ context: Context) -> (output: Tensor, state: RecurrentState)

    /// A whole sequence. inputs: [time, batch, inputSize] → [time, batch, hiddenSize]. Walks `step` unless the cell knows better.
    func sequence(
        _ inputs: Tensor, _ state: RecurrentState, _ weights: Weights, _ layout: SequenceLayout, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState)
}

extension RecurrentCell {
    /// A state of zeros for a batch of the inputs' type.
    public func zeroState(batch: Int, like inputs: Tensor) -> RecurrentState {
        RecurrentState(names: stateNames, tensors: stateNames.map { _ in .zeros([batch, hiddenSize], inputs.scalarType) })
    }

    /// A whole sequence with the cell's own weights, from a state of zeros unless one is given.
    public func callAsFunction(
        _ inputs: Tensor, state: RecurrentState? = nil, layout: SequenceLayout = .init(), _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        sequence(inputs, state ?? zeroState(batch: inputs.shape[1], like: inputs), weights(context), layout, context)
    }

    /// A whole sequence; see the protocol.
    public func sequence(
        _ inputs: Tensor, _ state: RecurrentState, _ weights: Weights, _ layout: SequenceLayout, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        var state = state
        var outputs = [Tensor?](repeating: nil, count: inputs.shape[0])
        for time in layout.steps(inputs.shape[0]) {
            let (output, next) = step(inputs.at(time), state, weights, context)
            if let alive = layout.alive(at: time) {
                state = RecurrentState(
                    names: state.names, tensors: zip(next.tensors, state.tensors).map { selectRows(alive, $0, $1) })
                outputs[time] = selectRows(alive, output, .zeros(output.shape, output.scalarType))
            } else {
                (state, outputs[time]) = (next, output)
            }
        }
        let steps = outputs.compactMap { $0 }
        return (steps.isEmpty ? .zeros([0, inputs.shape[1], hiddenSize], inputs.scalarType) : stacked(steps), state)
    }
}

/// The weights of a cell that starts with a product: x W_ihᵀ + b meets the state only afterwards.
public struct GateWeights: Sendable {
    /// W, [gates · hidden, inputs].
    public var input: Tensor
    /// U, [gates · hidden, hidden].
    public var hidden: Tensor
    /// b, [gates · hidden].
    public var bias: Tensor
    /// The part of a bias that stands behind the product with the state, [hidden]: a GRU with its reset gate after the product.
    public var recurrentBias: Tensor?
}

/// A cell whose input can be projected for all steps at once, before time is walked.
public protocol GatedCell: RecurrentCell where Weights == GateWeights {
    /// The recurrence over projected inputs [time, batch, gates · hidden], in one kernel.
    func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: GateWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState)
}

extension GatedCell {
    /// A whole sequence; see the protocol.
    public func sequence(
        _ inputs: Tensor, _ state: RecurrentState, _ weights: GateWeights, _ layout: SequenceLayout, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        recurrence(linear(inputs, weights.input, bias: weights.bias), state, weights, layout)
    }

    /// One step; see the protocol.
    public func step(
        _ input: Tensor, _ state: RecurrentState, _ weights: GateWeights, _ context: Context
    ) -> (output: Tensor, state: RecurrentState) {
        advance(linear(input, weights.input, bias: weights.bias), state, weights)
    }

    /// One step over a projected input [batch, gates · hidden].
    public func advance(
        _ projected: Tensor, _ state: RecurrentState, _ weights: GateWeights
    ) -> (output: Tensor, state: RecurrentState) {
        let (outputs, state) = recurrence(projected.reshaped(to: Shape([1] + projected.shape.array)), state, weights, .init())
        return (outputs.at(0), state)
    }
}
