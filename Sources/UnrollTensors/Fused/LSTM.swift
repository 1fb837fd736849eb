import CUnrollKernels
import UnrollKernels

/// The long short-term memory over a whole sequence (Hochreiter & Schmidhuber 1997; forget gate: Gers 2000), one kernel forward and one through time.
///
///     i, f, o = σ(W x + U h' + b)      g = tanh(W_g x + U_g h' + b_g)
///     c = f ⊙ c' + i ⊙ g               h = o ⊙ tanh c
///
/// Back through time, with dh and dc arriving at each step and δ before a non-linearity:
///
///     dc += dh ⊙ o ⊙ (1 − tanh² c)     δo = dh ⊙ tanh c ⊙ o(1 − o)
///     δi = dc ⊙ g ⊙ i(1 − i)           δf = dc ⊙ c' ⊙ f(1 − f)      δg = dc ⊙ i ⊙ (1 − g²)
///     dh' = δ U      dc' = dc ⊙ f      dU = Σ δᵀ h'
///
/// - Parameters:
///   - inputs: x Wᵀ + b, [time, batch, 4 hidden], gates in the order i, f, g, o (PyTorch's).
///   - hidden: h before the first step walked, [batch, hidden].
///   - cell: c before the first step walked, [batch, hidden].
///   - weight: U, [4 hidden, hidden].
///   - layout: lengths and direction.
/// - Returns: the outputs [time, batch, hidden] and the last h and c.
public func lstm(
    _ inputs: consuming Tensor, hidden: Tensor, cell: Tensor, weight: Tensor, layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor, cell: Tensor) {
    let (time, batch, width) = recurrentExtents(inputs, weight, gates: 4, [hidden, cell])
    let type = inputs.scalarType
    let tape = inputs.recordingTape ?? hidden.recordingTape ?? cell.recordingTape ?? weight.recordingTape
    // The gates' values take the inputs' place for the way back; without one, nobody needs them.
    let gates: Tensor
    if tape == nil { gates = inputs } else { gates = inputs.exclusive() }
    let hiddenSlots = StateSlots(hidden, time: time, reversed: layout.reversed)
    let cellSlots = StateSlots(cell, time: time, reversed: layout.reversed)
    let outputs = layout.lengths == nil ? hiddenSlots.after : Tensor(uninitialized: [time, batch, width], type)
    let pack = weight.packed(.recurrent(gates: 4, hidden: width, transposed: false))
    withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
        unroll_lstm_forward(
            type.kernel, sequence, pack.pointer, gates.pointer, tape == nil ? nil : gates.pointer, hiddenSlots.states.pointer,
            cellSlots.states.pointer, layout.lengths == nil ? nil : outputs.pointer)
    }
    let results = [outputs, hiddenSlots.final, cellSlots.final]
    guard let tape else { return (results[0], results[1], results[2]) }

    let trace = tape.trace(
        RecurrenceRecord(
            parameter: weight, reversed: layout.reversed, gates: lstmGates, values: gates.copied().split(into: 4, axis: 2),
            states: [("hidden", hiddenSlots.after), ("cell", cellSlots.after)]))
    let nodes = [gates, hidden, cell, weight].map(tape.node)
    let recorded = tape.record(results) { dy, backward in
        let dhidden = gradientOrZeros(dy[1], like: hidden)
        let dcell = gradientOrZeros(dy[2], like: cell)
        let pack = weight.packed(.recurrent(gates: 4, hidden: width, transposed: true))
        withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
            unroll_lstm_backward(
                type.kernel, sequence, pack.pointer, gates.pointer, cellSlots.states.pointer, dy[0]?.pointer, dhidden.pointer,
                dcell.pointer, trace?.gradientBuffer(of: 0), trace?.gradientBuffer(of: 1))
        }
        if let node = nodes[0] { backward.add(gates.detached(), to: node) }
        if let node = nodes[1] { backward.add(dhidden, to: node) }
        if let node = nodes[2] { backward.add(dcell, to: node) }
        if let node = nodes[3] {
            backward.accumulate(into: node, shape: weight.shape, type) { dweight, accumulates in
                addRecurrentWeightGradient(
                    dweight, gates: 4, range: 0..<4, gradient: gates, gradientGates: 4, gradientStart: 0, states: hiddenSlots.before,
                    accumulates: accumulates)
            }
        }
    }
    return (recorded[0], recorded[1], recorded[2])
}

/// The gates in the order of the equations.
package let lstmGates: [(name: String, nonlinearity: RecurrenceTrace.Nonlinearity)] = [
    ("input gate i", .sigmoid), ("forget gate f", .sigmoid), ("candidate g", .tanh), ("output gate o", .sigmoid),
]

/// The same recurrence as a plain composition of operations, step by step: what the kernel is checked against.
public func lstmReference(
    _ inputs: Tensor, hidden: Tensor, cell: Tensor, weight: Tensor, layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor, cell: Tensor) {
    var h = hidden
    var c = cell
    let outputs = referenceSteps(inputs, layout) { x, alive in
        let gates = (x + linear(h, weight)).split(into: 4, axis: 1)
        let (i, f, g, o) = (sigmoid(gates[0]), sigmoid(gates[1]), tanh(gates[2]), sigmoid(gates[3]))
        let newCell = f * c + i * g
        let newHidden = o * tanh(newCell)
        c = alive.map { selectRows($0, newCell, c) } ?? newCell
        h = alive.map { selectRows($0, newHidden, h) } ?? newHidden
        return newHidden
    }
    return (outputs ?? Tensor.zeros([0, hidden.shape[0], hidden.shape[1]], inputs.scalarType), h, c)
}

/// Walks the steps of a layout, collects each step's output (0 where the row has ended) and puts them in the order of time.
func referenceSteps(_ inputs: Tensor, _ layout: SequenceLayout, _ step: (_ x: Tensor, _ alive: [Bool]?) -> Tensor) -> Tensor? {
    var outputs = [Tensor?](repeating: nil, count: inputs.shape[0])
    for time in layout.steps(inputs.shape[0]) {
        let alive = layout.alive(at: time)
        let output = step(inputs.at(time), alive)
        outputs[time] = alive.map { selectRows($0, output, output.zeros(output.shape)) } ?? output
    }
    return outputs.isEmpty ? nil : stacked(outputs.compactMap { $0 })
}
