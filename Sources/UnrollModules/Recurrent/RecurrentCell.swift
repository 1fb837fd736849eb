import UnrollTensors

/// One step of a recurrent network: z(t) = g(x(t), z(t − 1), w).
///
/// A step is a pure function of its weights, which are tensors: the module's own parameters, or what another network computed.
public protocol RecurrentCell: Module {
    /// The weights as tensors; `Void` for a cell whose inner modules take theirs from the context.
    associatedtype Weights

    /// Features of x(t).
    var inputSize: Int { get }
    /// Features of the hidden state.
    var hiddenSize: Int { get }
    /// The names of the state's parts; the first is the hidden state, which is also the output.
    var stateNames: [String] { get }
    /// Features of each part of the state.
    var stateSizes: [Int] { get }

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
    /// The hidden state alone.
    public var stateNames: [String] { ["hidden"] }

    /// `hiddenSize` for every part.
    public var stateSizes: [Int] { stateNames.map { _ in hiddenSize } }

    /// A state of zeros for a batch of the inputs' type.
    public func zeroState(batch: Int, like inputs: Tensor) -> RecurrentState {
        RecurrentState(names: stateNames, tensors: stateSizes.map { .zeros([batch, $0], inputs.scalarType) })
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
        walk(inputs, state, layout) { step($0, $1, weights, context) }
    }

    /// A whole sequence with given weights, in pieces that gradients stay in where the context cuts them.
    package func truncated(
        _ inputs: Tensor, _ state: RecurrentState, _ layout: SequenceLayout, _ context: Context,
        _ sequence: (Tensor, RecurrentState, SequenceLayout) -> (outputs: Tensor, state: RecurrentState)
    ) -> (outputs: Tensor, state: RecurrentState) {
        let time = inputs.shape[0]
        guard let steps = context.gradientSteps, steps < time else { return sequence(inputs, state, layout) }
        var state = state
        var outputs: [Tensor] = []
        for (place, piece) in layout.pieces(of: time, steps: steps).enumerated() {
            let result = sequence(inputs.sliced(piece.range, axis: 0), place == 0 ? state : state.detached(), piece.layout)
            outputs.append(result.outputs)
            state = result.state
        }
        return (concatenated(layout.reversed ? outputs.reversed() : outputs, axis: 0), state)
    }

    /// Makes the steps of a layout one by one: where a row has ended, its state stays and its output is 0.
    func walk(
        steps time: Int, batch: Int, _ state: RecurrentState, _ layout: SequenceLayout,
        _ step: (_ time: Int, RecurrentState) -> (output: Tensor, state: RecurrentState)
    ) -> (outputs: Tensor, state: RecurrentState) {
        var state = state
        var outputs = [Tensor?](repeating: nil, count: time)
        for time in layout.steps(time) {
            let (output, next) = step(time, state)
            if let alive = layout.alive(at: time) {
                state = RecurrentState(
                    names: state.names, tensors: zip(next.tensors, state.tensors).map { selectRows(alive, $0, $1) })
                outputs[time] = selectRows(alive, output, .zeros(output.shape, output.scalarType))
            } else {
                (state, outputs[time]) = (next, output)
            }
        }
        let steps = outputs.compactMap { $0 }
        return (steps.isEmpty ? .zeros([0, batch, hiddenSize], state.hidden.scalarType) : stacked(steps), state)
    }

    /// Makes the steps of a layout one by one over inputs [time, batch, …].
    func walk(
        _ inputs: Tensor, _ state: RecurrentState, _ layout: SequenceLayout,
        _ step: (Tensor, RecurrentState) -> (output: Tensor, state: RecurrentState)
    ) -> (outputs: Tensor, state: RecurrentState) {
        walk(steps: inputs.shape[0], batch: inputs.shape[1], state, layout) { step(inputs.at($0), $1) }
    }
}

extension RecurrentCell where Weights == Void {
    /// Nothing: the step takes its weights from the context.
    public func weights(_ context: Context) {}
}
