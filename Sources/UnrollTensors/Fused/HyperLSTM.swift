import CUnrollKernels
import UnrollKernels

/// The weights of a HyperLSTM's recurrence: n units, m of the small LSTM, and codes of w numbers. Gates stand in the order i, f, g, o everywhere,
/// and blocks in the order d_h, d_x, b, each with its four gates.
public struct HyperLSTMRecurrence: Sendable {
    /// W_h, [4 n, n].
    public var hidden: Tensor
    /// Ŵ_h, [4 m, n].
    public var smallFromHidden: Tensor
    /// Û, [4 m, m].
    public var small: Tensor
    /// E, [12 w, m].
    public var embedding: Tensor
    /// e, [12 w].
    public var embeddingBias: Tensor
    /// M, [12, n, w]: what makes the scales and shifts of a block from its code.
    public var modulation: Tensor
    /// b_0, [4 n].
    public var bias: Tensor

    /// The weights of one recurrence.
    public init(
        hidden: Tensor, smallFromHidden: Tensor, small: Tensor, embedding: Tensor, embeddingBias: Tensor, modulation: Tensor, bias: Tensor
    ) {
        self.hidden = hidden
        self.smallFromHidden = smallFromHidden
        self.small = small
        self.embedding = embedding
        self.embeddingBias = embeddingBias
        self.modulation = modulation
        self.bias = bias
    }

    /// The weights in the order of their declaration.
    fileprivate var tensors: [Tensor] { [hidden, smallFromHidden, small, embedding, embeddingBias, modulation, bias] }

    /// n, m and w.
    fileprivate var sizes: (units: Int, small: Int, embedding: Int) { (hidden.shape[1], small.shape[1], modulation.shape[2]) }

    /// Checks the shapes and returns (time, batch).
    fileprivate func extents(_ inputs: Tensor, _ states: [Tensor]) -> (time: Int, batch: Int) {
        let type = inputs.scalarType
        precondition(
            hidden.shape.rank == 2 && small.shape.rank == 2 && modulation.shape.rank == 3,
            "weights of shapes \(hidden.shape), \(small.shape) and \(modulation.shape)")
        let (n, m, w) = sizes
        hidden.precondition(shape: [4 * n, n], type, "the large network's weight on its state")
        smallFromHidden.precondition(shape: [4 * m, n], type, "the small network's weight on that state")
        small.precondition(shape: [4 * m, m], type, "the small network's weight")
        embedding.precondition(shape: [12 * w, m], type, "the weight of the codes")
        embeddingBias.precondition(shape: [12 * w], type, "the bias of the codes")
        modulation.precondition(shape: [12, n, w], type, "the modulation")
        bias.precondition(shape: [4 * n], type, "the gates' bias")
        precondition(inputs.shape.rank == 3, "recurrent inputs are [time, batch, 4 n + 4 m], not \(inputs.shape)")
        let (time, batch) = (inputs.shape[0], inputs.shape[1])
        inputs.precondition(shape: [time, batch, 4 * n + 4 * m], type, "the projected inputs")
        precondition(states.count == 4, "a HyperLSTM has four parts of a state, not \(states.count)")
        for (part, state) in states.enumerated() { state.precondition(shape: [batch, part < 2 ? n : m], type, "a recurrent state") }
        return (time, batch)
    }
}

/// The HyperLSTM over a whole sequence (Ha 2016), one kernel forward and one through time.
///
///     ĥ, ĉ = LSTM(â + Ŵ_h h' + Û ĥ', ĉ')
///     z = E ĥ + e        d_h, d_x, b = M z, block by block        for each gate
///     y = d_h ⊙ W_h h' + d_x ⊙ a + b + b_0      h, c = LSTM(y, c')
///
/// Back through time, with dy and δ̂ before the non-linearities as an LSTM has them (`lstm`), and v the factor of a block's M z: dy ⊙ W_h h',
/// dy ⊙ a or dy:
///
///     dz = vᵀ M      dM = Σ v zᵀ      dĥ += Eᵀ dz      dp = dy ⊙ d_h      da = dy ⊙ d_x
///     dh' = dp W_h + δ̂ Ŵ_h      dĥ' = δ̂ Û      dW_h = Σ dpᵀ h'      dŴ_h = Σ δ̂ᵀ h'      dÛ = Σ δ̂ᵀ ĥ'      dE = Σ dzᵀ ĥ
///
/// - Parameters:
///   - inputs: [a; â] = [x Wᵀ; x Ŵᵀ + b̂], [time, batch, 4 n + 4 m].
///   - states: h and c [batch, n], ĥ and ĉ [batch, m], before the first step walked.
///   - weights: see there.
///   - layout: lengths and direction.
/// - Returns: the outputs [time, batch, n] and the last states.
public func hyperLSTM(
    _ inputs: Tensor, states: [Tensor], weights: HyperLSTMRecurrence, layout: SequenceLayout = .init()
) -> (outputs: Tensor, states: [Tensor]) {
    let (time, batch) = weights.extents(inputs, states)
    let (n, m, w) = weights.sizes
    let type = inputs.scalarType
    let operands = [inputs] + states + weights.tensors
    let tape = operands.lazy.compactMap(\.recordingTape).first
    // The kernel does not keep what a trace shows.
    if let tape, tape.tracesRecurrences { return hyperLSTMReference(inputs, states: states, weights: weights, layout: layout) }
    let slots = states.map { StateSlots($0, time: time, reversed: layout.reversed) }
    let outputs = layout.lengths == nil ? slots[0].after : Tensor(uninitialized: [time, batch, n], type)
    let kept = tape == nil ? min(time, 1) : time
    let gates = Tensor(uninitialized: [kept, batch, 4 * n + 4 * m], type)
    let products = Tensor(uninitialized: [kept, batch, 4 * n], type)
    let codes = Tensor(uninitialized: [kept, batch, 12 * w], type)
    let modulation = weights.modulation.detached().permuted([0, 2, 1])

    var hyper = unroll_hyper_lstm()
    (hyper.small, hyper.embedding, hyper.keeps_steps) = (m, w, tape != nil)
    hyper.embedding_bias = UnsafeRawPointer(weights.embeddingBias.pointer)
    hyper.modulation = UnsafeRawPointer(modulation.pointer)
    hyper.bias = UnsafeRawPointer(weights.bias.pointer)
    hyper.inputs = UnsafeRawPointer(inputs.pointer)
    (hyper.gates, hyper.products, hyper.codes) = (gates.pointer, products.pointer, codes.pointer)
    (hyper.hidden_states, hyper.cell_states) = (slots[0].states.pointer, slots[1].states.pointer)
    (hyper.small_hidden_states, hyper.small_cell_states) = (slots[2].states.pointer, slots[3].states.pointer)
    hyper.outputs = layout.lengths == nil ? nil : outputs.pointer
    withExtendedLifetime((inputs, gates, products, codes, modulation, slots, outputs)) {
        withPacks(weights, transposed: false, hyper) { hyper in
            withSequence(time: time, batch: batch, hidden: n, layout) { unroll_hyper_lstm_forward(type.kernel, $0, hyper) }
        }
    }
    guard let tape else { return (outputs, slots.map(\.final)) }

    let nodes = operands.map(tape.node)
    let recorded = tape.record([outputs] + slots.map(\.final)) { [hyper] dy, backward in
        let dstates = zip(dy.dropFirst(), states).map { gradientOrZeros($0, like: $1) }
        let dcodes = Tensor(uninitialized: codes.shape, type)
        let (dmodulation, dbias) = (modulation.zeros(modulation.shape), weights.bias.zeros(weights.bias.shape))
        var hyper = hyper
        hyper.doutputs = dy[0].map { UnsafeRawPointer($0.pointer) }
        (hyper.dhidden, hyper.dcell) = (dstates[0].pointer, dstates[1].pointer)
        (hyper.dsmall_hidden, hyper.dsmall_cell) = (dstates[2].pointer, dstates[3].pointer)
        (hyper.dcodes, hyper.dmodulation, hyper.dbias) = (dcodes.pointer, dmodulation.pointer, dbias.pointer)
        withExtendedLifetime((inputs, gates, products, codes, modulation, slots, dy, dstates, dcodes, dmodulation, dbias)) {
            withPacks(weights, transposed: true, hyper) { hyper in
                withSequence(time: time, batch: batch, hidden: n, layout) { unroll_hyper_lstm_backward(type.kernel, $0, hyper) }
            }
        }
        let rows = time * batch
        // dw = Σ gᵀ s over all steps and rows, for `count` columns of g from `start` on.
        let add = { (dw: UnsafeMutableRawPointer, g: Tensor, start: Int, count: Int, s: Tensor, accumulates: Bool) in
            unroll_product(
                type.kernel, count, s.shape[2], rows, g.pointer + start * type.width, 1, g.shape[2], s.pointer, s.shape[2], 1, nil,
                accumulates, dw, s.shape[2])
        }
        if let node = nodes[0] { backward.add(gates, to: node) }
        for (part, dstate) in dstates.enumerated() {
            if let node = nodes[1 + part] { backward.add(dstate, to: node) }
        }
        if let node = nodes[5] {
            backward.accumulate(into: node, shape: weights.hidden.shape, type) { add($0, products, 0, 4 * n, slots[0].before, $1) }
        }
        if let node = nodes[6] {
            backward.accumulate(into: node, shape: weights.smallFromHidden.shape, type) {
                add($0, gates, 4 * n, 4 * m, slots[0].before, $1)
            }
        }
        if let node = nodes[7] {
            backward.accumulate(into: node, shape: weights.small.shape, type) { add($0, gates, 4 * n, 4 * m, slots[2].before, $1) }
        }
        if let node = nodes[8] {
            backward.accumulate(into: node, shape: weights.embedding.shape, type) { add($0, dcodes, 0, 12 * w, slots[2].after, $1) }
        }
        if let node = nodes[9] { backward.add(sum(dcodes.reshaped(to: [rows, 12 * w]), axis: 0), to: node) }
        if let node = nodes[10] { backward.add(dmodulation.permuted([0, 2, 1]), to: node) }
        if let node = nodes[11] { backward.add(dbias, to: node) }
    }
    return (recorded[0], Array(recorded.dropFirst()))
}

/// Calls a kernel with the packed weights of its direction.
private func withPacks(
    _ weights: HyperLSTMRecurrence, transposed: Bool, _ hyper: unroll_hyper_lstm, _ body: (UnsafePointer<unroll_hyper_lstm>) -> Void
) {
    let packs = [weights.hidden, weights.smallFromHidden, weights.small, weights.embedding].map { weight in
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        return weight.packed(
            transposed
                ? .matrix(k: outputs, n: inputs, row: inputs, column: 1) : .matrix(k: inputs, n: outputs, row: 1, column: inputs))
    }
    withExtendedLifetime(packs) {
        var hyper = hyper
        (hyper.packed_hidden, hyper.packed_from_hidden) = (UnsafeRawPointer(packs[0].pointer), UnsafeRawPointer(packs[1].pointer))
        (hyper.packed_small, hyper.packed_embedding) = (UnsafeRawPointer(packs[2].pointer), UnsafeRawPointer(packs[3].pointer))
        body(&hyper)
    }
}

/// The same recurrence as a plain composition of operations, step by step: what the kernel is checked against, and what runs where a variant has no
/// kernel.
///
/// - Parameters:
///   - mask: what h' is multiplied by where products see it, [batch, n] (variational dropout); nil for 1.
///   - normalise: what becomes of the sums of a network's gates and of its new cell before their non-linearities; nil for nothing.
public func hyperLSTMReference(
    _ inputs: Tensor, states: [Tensor], weights: HyperLSTMRecurrence, mask: Tensor? = nil,
    normalise: ((_ x: Tensor, _ isSmall: Bool, _ isCell: Bool) -> Tensor)? = nil, layout: SequenceLayout = .init()
) -> (outputs: Tensor, states: [Tensor]) {
    let (_, batch) = weights.extents(inputs, states)
    let (n, m, w) = weights.sizes
    let step = { (sums: Tensor, cell: Tensor, isSmall: Bool) -> (hidden: Tensor, cell: Tensor) in
        let gates = (normalise?(sums, isSmall, false) ?? sums).split(into: 4, axis: 1)
        let (i, f, g, o) = (sigmoid(gates[0]), sigmoid(gates[1]), tanh(gates[2]), sigmoid(gates[3]))
        let new = f * cell + i * g
        let read = { (new: Tensor) in o * tanh(normalise?(new, isSmall, true) ?? new) }
        let hidden = read(new)
        let trace = new.recordingTape?.trace(
            RecurrenceRecord(
                parameter: isSmall ? weights.small : weights.bias, reversed: layout.reversed, gates: lstmGates,
                values: [i, f, g, o].map(\.asOneStep), states: [("hidden", hidden.asOneStep), ("cell", new.asOneStep)]))
        guard let trace else { return (hidden, new) }
        let watched = trace.watching(new, state: 1)
        return (trace.watching(read(watched), state: 0), watched)
    }
    let (large, rest) = (0..<4 * n, 4 * n..<4 * n + 4 * m)
    var state = states
    let outputs = referenceSteps(inputs, layout) { x, alive in
        let seen = mask.map { state[0] * $0 } ?? state[0]
        let small = step(
            x.sliced(rest, axis: 1) + linear(seen, weights.smallFromHidden) + linear(state[2], weights.small), state[3], true)
        let codes = linear(small.hidden, weights.embedding, bias: weights.embeddingBias).reshaped(to: [batch, 12, w])
        // [12, batch, n] → for d_h, d_x and b [batch, 4 n].
        let blocks = matmul(codes.permuted([1, 0, 2]), weights.modulation, transposeB: true)
            .reshaped(to: [3, 4, batch, n]).permuted([0, 2, 1, 3])
        let modulations = (0..<3).map { blocks.at($0).reshaped(to: [batch, 4 * n]) }
        let sums =
            modulations[0] * linear(seen, weights.hidden) + modulations[1] * x.sliced(large, axis: 1) + modulations[2]
            + weights.bias
        let next = step(sums, state[1], false)
        state = zip([next.hidden, next.cell, small.hidden, small.cell], state).map { new, old in
            alive.map { selectRows($0, new, old) } ?? new
        }
        return next.hidden
    }
    return (outputs ?? Tensor.zeros([0, batch, n], inputs.scalarType), state)
}
