import CUnrollKernels
import UnrollKernels

/// Where the reset gate of a GRU acts.
public enum ResetGate: String, Sendable, Codable, CaseIterable {
    /// On the state, before its product: n = tanh(W_n x + U_n(r ⊙ h') + b_n). Cho 2014, and the lecture.
    case beforeProduct = "before_product"
    /// On the product: n = tanh(W_n x + b_n + r ⊙ (U_n h' + b'_n)). What PyTorch and cuDNN compute.
    case afterProduct = "after_product"
}

/// The gated recurrent unit over a whole sequence (Cho 2014), one kernel forward and one through time.
///
///     z = σ(W_z x + U_z h' + b_z)      r = σ(W_r x + U_r h' + b_r)
///     n = tanh(W_n x + U_n(r ⊙ h') + b_n)      h = z ⊙ h' + (1 − z) ⊙ n
///
/// Back through time, with dh arriving at each step and δ before a non-linearity:
///
///     δn = dh ⊙ (1 − z) ⊙ (1 − n²)     δz = dh ⊙ (h' − n) ⊙ z(1 − z)
///     q = δn U_n      δr = q ⊙ h' ⊙ r(1 − r)      dh' = dh ⊙ z + q ⊙ r + [δr, δz] [U_r; U_z]
///     dU_n = Σ δnᵀ (r ⊙ h')      dU_r, dU_z = Σ δᵀ h'
///
/// With `.afterProduct`, p = U_n h' + b' takes the place of U_n(r ⊙ h'): δr = δn ⊙ p ⊙ r(1 − r), dp = δn ⊙ r.
///
/// - Parameters:
///   - inputs: x Wᵀ + b, [time, batch, 3 hidden], gates in the order r, z, n (PyTorch's).
///   - hidden: h before the first step walked, [batch, hidden].
///   - weight: U, [3 hidden, hidden].
///   - recurrentBias: b'_n, [hidden], with `.afterProduct` only.
///   - resetGate: the variant.
///   - layout: lengths and direction.
/// - Returns: the outputs [time, batch, hidden] and the last h.
public func gru(
    _ inputs: consuming Tensor, hidden: Tensor, weight: Tensor, recurrentBias: Tensor? = nil, resetGate: ResetGate = .beforeProduct,
    layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor) {
    let (time, batch, width) = recurrentExtents(inputs, weight, gates: 3, [hidden])
    let resetAfter = resetGate == .afterProduct
    precondition((recurrentBias != nil) == resetAfter, "the recurrent bias belongs to the reset gate after the product, and to it alone")
    let type = inputs.scalarType
    recurrentBias?.precondition(shape: [width], type, "the recurrent bias")
    let tape = inputs.recordingTape ?? hidden.recordingTape ?? weight.recordingTape ?? recurrentBias?.recordingTape
    // The gates' values take the inputs' place for the way back; without one, nobody needs them.
    let gates: Tensor
    if tape == nil { gates = inputs } else { gates = inputs.exclusive() }
    let products = Tensor(uninitialized: tape == nil ? [0] : [time, batch, width], type)
    let slots = StateSlots(hidden, time: time, reversed: layout.reversed)
    let outputs = layout.lengths == nil ? slots.after : Tensor(uninitialized: [time, batch, width], type)
    let pack = weight.packed(.recurrent(gates: 3, hidden: width, transposed: false))
    withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
        unroll_gru_forward(
            type.kernel, sequence, resetAfter, pack.pointer, recurrentBias?.pointer, gates.pointer,
            tape == nil ? nil : gates.pointer, tape == nil ? nil : products.pointer, slots.states.pointer,
            layout.lengths == nil ? nil : outputs.pointer)
    }
    let results = [outputs, slots.final]
    guard let tape else { return (results[0], results[1]) }

    let trace = tape.trace(
        RecurrenceRecord(
            parameter: weight, reversed: layout.reversed,
            gates: [("reset gate r", .sigmoid), ("update gate z", .sigmoid), ("candidate n", .tanh)],
            values: gates.copied().split(into: 3, axis: 2), states: [("hidden", slots.after)]))
    let nodes = [gates, hidden, weight, recurrentBias].map(tape.node)
    let recorded = tape.record(results) { dy, backward in
        let dhidden = gradientOrZeros(dy[1], like: hidden)
        let pack = weight.packed(.recurrent(gates: 3, hidden: width, transposed: true))
        withSequence(time: time, batch: batch, hidden: width, layout) { sequence in
            unroll_gru_backward(
                type.kernel, sequence, resetAfter, pack.pointer, gates.pointer, products.pointer, slots.states.pointer, dy[0]?.pointer,
                dhidden.pointer, trace?.gradientBuffer(of: 0))
        }
        if let node = nodes[0] { backward.add(gates.detached(), to: node) }
        if let node = nodes[1] { backward.add(dhidden, to: node) }
        if let node = nodes[2] {
            backward.accumulate(into: node, shape: weight.shape, type) { dweight, accumulates in
                addRecurrentWeightGradient(
                    dweight, gates: 3, range: 0..<2, gradient: gates, gradientGates: 3, gradientStart: 0, states: slots.before,
                    accumulates: accumulates)
                if resetAfter {
                    addRecurrentWeightGradient(
                        dweight, gates: 3, range: 2..<3, gradient: products, gradientGates: 1, gradientStart: 0, states: slots.before,
                        accumulates: accumulates)
                } else {
                    addRecurrentWeightGradient(
                        dweight, gates: 3, range: 2..<3, gradient: gates, gradientGates: 3, gradientStart: 2, states: products,
                        accumulates: accumulates)
                }
            }
        }
        if let node = nodes[3] { backward.add(sum(products.reshaped(to: [time * batch, width]), axis: 0), to: node) }
    }
    return (recorded[0], recorded[1])
}

/// The same recurrence as a plain composition of operations, step by step: what the kernel is checked against.
public func gruReference(
    _ inputs: Tensor, hidden: Tensor, weight: Tensor, recurrentBias: Tensor? = nil, resetGate: ResetGate = .beforeProduct,
    layout: SequenceLayout = .init()
) -> (outputs: Tensor, hidden: Tensor) {
    let width = hidden.shape[1]
    let gateWeight = weight.sliced(0..<2 * width, axis: 0)
    let candidateWeight = weight.sliced(2 * width..<3 * width, axis: 0)
    var h = hidden
    let outputs = referenceSteps(inputs, layout) { x, alive in
        let gates = sigmoid(x.sliced(0..<2 * width, axis: 1) + linear(h, gateWeight)).split(into: 2, axis: 1)
        let (r, z) = (gates[0], gates[1])
        let candidate =
            switch resetGate {
            case .beforeProduct: linear(r * h, candidateWeight)
            case .afterProduct: r * linear(h, candidateWeight, bias: recurrentBias)
            }
        let n = tanh(x.sliced(2 * width..<3 * width, axis: 1) + candidate)
        let new = z * h + (1 - z) * n
        h = alive.map { selectRows($0, new, h) } ?? new
        return new
    }
    return (outputs ?? Tensor.zeros([0, hidden.shape[0], width], inputs.scalarType), h)
}
