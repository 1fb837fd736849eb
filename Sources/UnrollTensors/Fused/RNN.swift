import CUnrollKernels
import UnrollKernels

/// The non-linearity of a plain recurrent network.
public enum RecurrentActivation: String, Sendable, Codable, CaseIterable {
    case tanh
    case relu
}

/// The plain recurrent network over a whole sequence (Elman 1990), one kernel forward and one through time.
///
///     h = f(W x + U h' + b)
///
/// Back through time: δ = dh ⊙ f′, dh' = δ U, dU = Σ δᵀ h'. The gradient meets U at every step: it vanishes or explodes with its powers.
///
/// - Parameters:
///   - inputs: x Wᵀ + b, [time, batch, hidden].
///   - hidden: h before the first step walked, [batch, hidden].
///   - weight: U, [hidden, hidden].
///   - activation: f.
///   - layout: lengths and direction.
/// - Returns: the outputs [time, batch, hidden] and the last h.
public func rnn(
    _ inputs: consuming Tensor, hidden: Tensor, weight: Tensor, activation: RecurrentActivation = .tanh, layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor) {
    let (time, batch, width) = recurrentExtents(inputs, weight, gates: 1, [hidden])
    let type = inputs.scalarType
    let tape = inputs.recordingTape ?? hidden.recordingTape ?? weight.recordingTape
    // The gates' values take the inputs' place for the way back; without one, nobody needs them.
    let gates: Tensor
    if tape == nil { gates = inputs } else { gates = inputs.exclusive() }
    let slots = StateSlots(hidden, time: time, reversed: layout.reversed)
    let outputs = layout.lengths == nil ? slots.after : Tensor(uninitialized: [time, batch, width], type)
    let pack = weight.packed(.recurrent(gates: 1, hidden: width, transposed: false))
    withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
        unroll_rnn_forward(
            type.kernel, sequence, activation == .relu, pack.pointer, gates.pointer, tape == nil ? nil : gates.pointer,
            slots.states.pointer, layout.lengths == nil ? nil : outputs.pointer)
    }
    let results = [outputs, slots.final]
    guard let tape else { return (results[0], results[1]) }

    let trace = tape.trace(
        RecurrenceRecord(
            parameter: weight, reversed: layout.reversed, gates: [("activation", activation == .relu ? .relu : .tanh)],
            values: [gates.copied()], states: [("hidden", slots.after)]))
    let nodes = [gates, hidden, weight].map(tape.node)
    let recorded = tape.record(results) { dy, backward in
        let dhidden = gradientOrZeros(dy[1], like: hidden)
        let pack = weight.packed(.recurrent(gates: 1, hidden: width, transposed: true))
        withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
            unroll_rnn_backward(
                type.kernel, sequence, activation == .relu, pack.pointer, gates.pointer, dy[0]?.pointer, dhidden.pointer,
                trace?.gradientBuffer(of: 0))
        }
        if let node = nodes[0] { backward.add(gates.detached(), to: node) }
        if let node = nodes[1] { backward.add(dhidden, to: node) }
        if let node = nodes[2] {
            backward.accumulate(into: node, shape: weight.shape, type) { dweight, accumulates in
                addRecurrentWeightGradient(
                    dweight, gates: 1, range: 0..<1, gradient: gates, gradientGates: 1, gradientStart: 0, states: slots.before,
                    accumulates: accumulates)
            }
        }
    }
    return (recorded[0], recorded[1])
}

/// The same recurrence as a plain composition of operations, step by step: what the kernel is checked against.
public func rnnReference(
    _ inputs: Tensor, hidden: Tensor, weight: Tensor, activation: RecurrentActivation = .tanh, layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor) {
    var h = hidden
    let outputs = referenceSteps(inputs, layout) { x, alive in
        let sum = x + linear(h, weight)
        let new = activation == .tanh ? tanh(sum) : relu(sum)
        h = alive.map { selectRows($0, new, h) } ?? new
        return new
    }
    return (outputs ?? Tensor.zeros([0, hidden.shape[0], hidden.shape[1]], inputs.scalarType), h)
}
