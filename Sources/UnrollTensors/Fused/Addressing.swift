import CUnrollKernels
import UnrollKernels

/// Where a head of a neural Turing machine attends next: one step of Graves 2014, equations 5 to 9.
///
///     K_i = key · M_i / (‖key‖ ‖M_i‖)      c = softmax(β K)      v = g c + (1 − g) w′
///     u_i = Σ_j s_j v_(i − j)              w = u^γ / Σ u^γ
///
/// β = softplus, g = σ, s = softmax and γ = 1 + softplus of what the controller says. The shifts s are from −R to R for 2R + 1 of them, and slots go round in
/// a circle. With p = dw − Σ dw ⊙ w:  du = γ p ⊙ w / u, dγ = Σ p ⊙ w ⊙ log u, ds_j = Σ_i du_i v_(i − j), dv_i = Σ_j s_j du_(i + j), dg = Σ dv ⊙ (c − w′),
/// dw′ = (1 − g) dv, and through the softmax of g dv to β, key and memory.
///
/// - Parameters:
///   - memory: M, [batch, slots, width].
///   - said: what the controller says to the head, [batch, width + 3 + shifts]: the key, then for β, g and γ a number each, then one for each shift.
///   - previous: w′, where the head was, [batch, slots].
///   - shifts: how many there are, an odd number of at most `slots`.
/// - Returns: w, [batch, slots]; each row sums to 1.
public func addressing(memory: Tensor, said: Tensor, previous: Tensor, shifts: Int) -> Tensor {
    let (batch, slots, width, type) = (memory.shape[0], memory.shape[1], memory.shape[2], memory.scalarType)
    precondition(shifts % 2 == 1 && shifts <= slots, "\(shifts) shifts over \(slots) slots")
    said.precondition(shape: [batch, width + 3 + shifts], type, "what a head is told")
    previous.precondition(shape: [batch, slots], type, "where a head was")
    var shape = unroll_addressing(batch: batch, slots: slots, width: width, shifts: shifts)
    let kept = Tensor(uninitialized: [batch, 5, slots], type)
    let weights = Tensor(uninitialized: [batch, slots], type)
    unroll_addressing_forward(type.kernel, &shape, memory.pointer, said.pointer, previous.pointer, kept.pointer, weights.pointer)
    let operands = [memory, said, previous]
    guard let tape = operands.lazy.compactMap(\.recordingTape).first else { return weights }
    let nodes = operands.map(tape.node)
    return tape.record(weights) { dy, backward in
        var shape = shape
        let dsaid = Tensor(uninitialized: said.shape, type)
        let dprevious = Tensor(uninitialized: previous.shape, type)
        func run(_ dmemory: UnsafeMutableRawPointer, _ accumulates: Bool) {
            unroll_addressing_backward(
                type.kernel, &shape, memory.pointer, said.pointer, previous.pointer, kept.pointer, weights.pointer, dy.pointer, dmemory,
                accumulates, dsaid.pointer, dprevious.pointer)
        }
        backward.accumulate(into: nodes[0], shape: memory.shape, type, run)
        if let node = nodes[1] { backward.add(dsaid, to: node) }
        if let node = nodes[2] { backward.add(dprevious, to: node) }
    }
}

/// The same step as a plain composition of operations: what the kernel is checked against.
public func addressingReference(memory: Tensor, said: Tensor, previous: Tensor, shifts: Int) -> Tensor {
    let (batch, slots, width) = (memory.shape[0], memory.shape[1], memory.shape[2])
    let part = { (range: Range<Int>) in said.sliced(range, axis: 1) }
    let key = part(0..<width).reshaped(to: [batch, 1, width])
    let norm = { (x: Tensor) in sqrt(sum(square(x), axis: 2) + 1e-12) }
    let similarity = sum(memory * key, axis: 2) / (norm(memory) * norm(key))
    let content = softmax(softplus(part(width..<width + 1)) * similarity)
    let gate = sigmoid(part(width + 1..<width + 2))
    let interpolated = gate * content + (1 - gate) * previous
    let shift = softmax(part(width + 3..<width + 3 + shifts))
    let turned = (0..<shifts).map { place in
        let by = ((place - shifts / 2) % slots + slots) % slots
        let rolled =
            by == 0
            ? interpolated
            : concatenated([interpolated.sliced(slots - by..<slots, axis: 1), interpolated.sliced(0..<slots - by, axis: 1)], axis: 1)
        return shift.sliced(place..<place + 1, axis: 1) * rolled
    }
    let shifted = turned.dropFirst().reduce(turned[0], +)
    return softmax((1 + softplus(part(width + 2..<width + 3))) * log(shifted))
}

/// A memory after a head of a neural Turing machine has written: y_i = M_i ⊙ (1 − w_i e) + w_i a. Graves 2014, equations 3 and 4.
///
/// dM_i = dy_i ⊙ (1 − w_i e);  dw_i = dy_i · (a − e ⊙ M_i);  de = −Σ w_i dy_i ⊙ M_i;  da = Σ w_i dy_i.
///
/// - Parameters:
///   - memory: M, [batch, slots, width].
///   - weights: w, [batch, slots].
///   - erase: e, [batch, width], between 0 and 1.
///   - add: a, [batch, width].
/// - Returns: [batch, slots, width].
public func written(_ memory: Tensor, weights: Tensor, erase: Tensor, add: Tensor) -> Tensor {
    let (batch, slots, width, type) = (memory.shape[0], memory.shape[1], memory.shape[2], memory.scalarType)
    weights.precondition(shape: [batch, slots], type, "where a head writes")
    erase.precondition(shape: [batch, width], type, "what a head erases")
    add.precondition(shape: [batch, width], type, "what a head adds")
    var shape = unroll_addressing(batch: batch, slots: slots, width: width, shifts: 1)
    let y = Tensor(uninitialized: memory.shape, type)
    unroll_memory_write(type.kernel, &shape, memory.pointer, weights.pointer, erase.pointer, add.pointer, y.pointer)
    let operands = [memory, weights, erase, add]
    guard let tape = operands.lazy.compactMap(\.recordingTape).first else { return y }
    let nodes = operands.map(tape.node)
    return tape.record(y) { dy, backward in
        var shape = shape
        let gradients = operands.dropFirst().map { Tensor(uninitialized: $0.shape, type) }
        func run(_ dmemory: UnsafeMutableRawPointer, _ accumulates: Bool) {
            unroll_memory_write_gradient(
                type.kernel, &shape, memory.pointer, weights.pointer, erase.pointer, add.pointer, dy.pointer, dmemory, accumulates,
                gradients[0].pointer, gradients[1].pointer, gradients[2].pointer)
        }
        backward.accumulate(into: nodes[0], shape: memory.shape, type, run)
        for (node, gradient) in zip(nodes.dropFirst(), gradients) {
            if let node { backward.add(gradient, to: node) }
        }
    }
}

/// The same writing as a plain composition of operations: what the kernel is checked against.
public func writtenReference(_ memory: Tensor, weights: Tensor, erase: Tensor, add: Tensor) -> Tensor {
    let (batch, slots, width) = (memory.shape[0], memory.shape[1], memory.shape[2])
    let share = weights.reshaped(to: [batch, slots, 1])
    return memory * (1 - share * erase.reshaped(to: [batch, 1, width])) + share * add.reshaped(to: [batch, 1, width])
}

/// What a head of a neural Turing machine reads: r = Σ w_i M_i. Graves 2014, equation 2.
///
/// dM_i = w_i dr;  dw_i = dr · M_i.
///
/// - Parameters:
///   - memory: M, [batch, slots, width].
///   - weights: w, [batch, slots].
/// - Returns: r, [batch, width].
public func read(_ memory: Tensor, weights: Tensor) -> Tensor {
    let (batch, slots, width, type) = (memory.shape[0], memory.shape[1], memory.shape[2], memory.scalarType)
    weights.precondition(shape: [batch, slots], type, "where a head reads")
    var shape = unroll_addressing(batch: batch, slots: slots, width: width, shifts: 1)
    let y = Tensor(uninitialized: [batch, width], type)
    unroll_memory_read(type.kernel, &shape, memory.pointer, weights.pointer, y.pointer)
    guard let tape = memory.recordingTape ?? weights.recordingTape else { return y }
    let (memoryNode, weightsNode) = (tape.node(of: memory), tape.node(of: weights))
    return tape.record(y) { dy, backward in
        var shape = shape
        let dweights = Tensor(uninitialized: weights.shape, type)
        func run(_ dmemory: UnsafeMutableRawPointer, _ accumulates: Bool) {
            unroll_memory_read_gradient(
                type.kernel, &shape, memory.pointer, weights.pointer, dy.pointer, dmemory, accumulates, dweights.pointer)
        }
        backward.accumulate(into: memoryNode, shape: memory.shape, type, run)
        if let weightsNode { backward.add(dweights, to: weightsNode) }
    }
}

/// The same reading as a product of matrices: what the kernel is checked against.
public func readReference(_ memory: Tensor, weights: Tensor) -> Tensor {
    let (batch, slots, width) = (memory.shape[0], memory.shape[1], memory.shape[2])
    return matmul(weights.reshaped(to: [batch, 1, slots]), memory).reshaped(to: [batch, width])
}
