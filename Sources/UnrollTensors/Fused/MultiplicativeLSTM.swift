import CUnrollKernels
import UnrollKernels

/// The multiplicative LSTM over a whole sequence (Krause 2016), one kernel forward and one through time.
///
///     m = u ⊙ (W_mh h')      u = W_mx x
///     i, f, o = σ(W x + U m + b)      g = tanh(W_g x + U_g m + b_g)      c = f ⊙ c' + i ⊙ g      h = o ⊙ tanh c
///
/// Back through time, with δ before the gates' non-linearities as an LSTM has them (`lstm`) and q = W_mh h':
///
///     dm = δ U      du = dm ⊙ q      dq = dm ⊙ u      dh' = dq W_mh      dU = Σ δᵀ m      dW_mh = Σ dqᵀ h'
///
/// - Parameters:
///   - inputs: [u; x Wᵀ + b], [time, batch, 5 hidden], the gates in the order i, f, g, o.
///   - hidden: h before the first step walked, [batch, hidden].
///   - cell: c before the first step walked, [batch, hidden].
///   - transition: W_mh, [hidden, hidden].
///   - weight: U, [4 hidden, hidden].
///   - layout: lengths and direction.
/// - Returns: the outputs [time, batch, hidden] and the last h and c.
public func multiplicativeLSTM(
    _ inputs: consuming Tensor, hidden: Tensor, cell: Tensor, transition: Tensor, weight: Tensor, layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor, cell: Tensor) {
    let (time, batch, width) = multiplicativeExtents(inputs, transition, weight, [hidden, cell])
    let type = inputs.scalarType
    let tape =
        inputs.recordingTape ?? hidden.recordingTape ?? cell.recordingTape ?? transition.recordingTape ?? weight.recordingTape
    // The gates' values take the inputs' place for the way back; without one, nobody needs them.
    let gates: Tensor
    if tape == nil { gates = inputs } else { gates = inputs.exclusive() }
    let kept: Shape = tape == nil ? [0] : [time, batch, width]
    let (products, factors) = (Tensor(uninitialized: kept, type), Tensor(uninitialized: kept, type))
    let hiddenSlots = StateSlots(hidden, time: time, reversed: layout.reversed)
    let cellSlots = StateSlots(cell, time: time, reversed: layout.reversed)
    let outputs = layout.lengths == nil ? hiddenSlots.after : Tensor(uninitialized: [time, batch, width], type)
    let transitionPack = transition.packed(.recurrent(gates: 1, hidden: width, transposed: false))
    let pack = weight.packed(.recurrent(gates: 4, hidden: width, transposed: false))
    withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
        unroll_mlstm_forward(
            type.kernel, sequence, transitionPack.pointer, pack.pointer, gates.pointer, tape == nil ? nil : gates.pointer,
            tape == nil ? nil : products.pointer, tape == nil ? nil : factors.pointer, hiddenSlots.states.pointer,
            cellSlots.states.pointer, layout.lengths == nil ? nil : outputs.pointer)
    }
    let results = [outputs, hiddenSlots.final, cellSlots.final]
    guard let tape else { return (results[0], results[1], results[2]) }

    let trace = tape.trace(
        RecurrenceRecord(
            parameter: weight, reversed: layout.reversed, gates: lstmGates,
            values: Array(gates.copied().split(into: 5, axis: 2).dropFirst()),
            states: [("hidden", hiddenSlots.after), ("cell", cellSlots.after)]))
    let nodes = [gates, hidden, cell, transition, weight].map(tape.node)
    let recorded = tape.record(results) { dy, backward in
        let dhidden = gradientOrZeros(dy[1], like: hidden)
        let dcell = gradientOrZeros(dy[2], like: cell)
        let transitionPack = transition.packed(.recurrent(gates: 1, hidden: width, transposed: true))
        let pack = weight.packed(.recurrent(gates: 4, hidden: width, transposed: true))
        withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
            unroll_mlstm_backward(
                type.kernel, sequence, transitionPack.pointer, pack.pointer, gates.pointer, products.pointer, cellSlots.states.pointer,
                dy[0]?.pointer, dhidden.pointer, dcell.pointer, trace?.gradientBuffer(of: 0), trace?.gradientBuffer(of: 1))
        }
        if let node = nodes[0] { backward.add(gates.detached(), to: node) }
        if let node = nodes[1] { backward.add(dhidden, to: node) }
        if let node = nodes[2] { backward.add(dcell, to: node) }
        if let node = nodes[3] {
            backward.accumulate(into: node, shape: transition.shape, type) { dtransition, accumulates in
                addRecurrentWeightGradient(
                    dtransition, gates: 1, range: 0..<1, gradient: products, gradientGates: 1, gradientStart: 0,
                    states: hiddenSlots.before, accumulates: accumulates)
            }
        }
        if let node = nodes[4] {
            backward.accumulate(into: node, shape: weight.shape, type) { dweight, accumulates in
                addRecurrentWeightGradient(
                    dweight, gates: 4, range: 0..<4, gradient: gates, gradientGates: 5, gradientStart: 1, states: factors,
                    accumulates: accumulates)
            }
        }
    }
    return (recorded[0], recorded[1], recorded[2])
}

/// The same recurrence as a plain composition of operations, step by step: what the kernel is checked against.
///
/// - Parameter mask: what h' is multiplied by where the product sees it, [batch, hidden] (variational dropout); nil for 1.
public func multiplicativeLSTMReference(
    _ inputs: Tensor, hidden: Tensor, cell: Tensor, transition: Tensor, weight: Tensor, mask: Tensor? = nil,
    layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor, cell: Tensor) {
    let (_, _, width) = multiplicativeExtents(inputs, transition, weight, [hidden, cell])
    var h = hidden
    var c = cell
    let outputs = referenceSteps(inputs, layout) { x, alive in
        let m = x.sliced(0..<width, axis: 1) * linear(mask.map { h * $0 } ?? h, transition)
        let gates = (x.sliced(width..<5 * width, axis: 1) + linear(m, weight)).split(into: 4, axis: 1)
        let (i, f, g, o) = (sigmoid(gates[0]), sigmoid(gates[1]), tanh(gates[2]), sigmoid(gates[3]))
        let newCell = f * c + i * g
        let newHidden = o * tanh(newCell)
        c = alive.map { selectRows($0, newCell, c) } ?? newCell
        h = alive.map { selectRows($0, newHidden, h) } ?? newHidden
        return newHidden
    }
    return (outputs ?? Tensor.zeros([0, hidden.shape[0], width], inputs.scalarType), h, c)
}

/// Checks the shapes and returns (time, batch, hidden).
private func multiplicativeExtents(
    _ inputs: Tensor, _ transition: Tensor, _ weight: Tensor, _ states: [Tensor]
) -> (time: Int, batch: Int, hidden: Int) {
    let hidden = transition.shape[0]
    transition.precondition(shape: [hidden, hidden], inputs.scalarType, "the weight of the transition")
    weight.precondition(shape: [4 * hidden, hidden], inputs.scalarType, "a recurrent weight")
    precondition(inputs.shape.rank == 3, "recurrent inputs are [time, batch, 5 · hidden], not \(inputs.shape)")
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    inputs.precondition(shape: [time, batch, 5 * hidden], inputs.scalarType, "the projected inputs")
    for state in states { state.precondition(shape: [batch, hidden], inputs.scalarType, "a recurrent state") }
    return (time, batch, hidden)
}
