import CUnrollKernels
import UnrollKernels

/// The cross entropy of an output layer, loss and gradient in one pass over blocks of rows, so that the logits of a large vocabulary are never whole.
///
///     logits = h Wᵀ + b      loss = −scale Σ_rows Σ_j q_j log softmax(logits)_j      q = (1 − ε) onehot(target) + ε/V
///
/// δ = scale (softmax(logits) − q);  dh = δ W;  dW = Σ δᵀ h;  db = Σ δ. Label smoothing ε: Szegedy 2016.
///
/// - Parameters:
///   - hidden: h, [rows, width].
///   - weight: W, [vocabulary, width].
///   - bias: b, [vocabulary].
///   - targets: one for each row; a negative one leaves its row out.
///   - smoothing: ε.
///   - scale: what each row's loss is multiplied by, such as 1 / tokens.
///   - blockRows: how many rows' logits exist at once; where nil as many as fit in 32 MB, but at least 64, in blocks of equal size.
/// - Returns: the loss, a number of shape [].
public func crossEntropy(
    hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: [Int32], smoothing: Double = 0, scale: Double = 1, blockRows: Int? = nil
) -> Tensor {
    let (rows, width) = (hidden.shape[0], hidden.shape[1])
    let vocabulary = weight.shape[0]
    let type = hidden.scalarType
    hidden.precondition(shape: [rows, width], type, "the output layer's input")
    weight.precondition(shape: [vocabulary, width], type, "the output layer's weight")
    bias?.precondition(shape: [vocabulary], type, "the output layer's bias")
    precondition(targets.count == rows, "\(targets.count) targets for \(rows) rows")
    precondition(targets.allSatisfy { $0 < vocabulary }, "a target is outside the vocabulary of \(vocabulary)")
    let operands = [hidden, weight, bias]
    let tape = operands.lazy.compactMap { $0?.recordingTape }.first
    let losses = Tensor(uninitialized: [rows], type)
    let dhidden = tape == nil ? nil : Tensor(uninitialized: hidden.shape, type)
    let dweight = tape == nil ? nil : rows == 0 ? weight.zeros(weight.shape) : Tensor(uninitialized: weight.shape, type)
    var dbias = tape == nil || bias == nil ? nil : weight.zeros([vocabulary])

    precondition(blockRows ?? 1 > 0, "a block of \(blockRows ?? 0) rows")
    let mostRows = blockRows ?? max(64, (32 << 20) / max(1, vocabulary * type.width))
    let blocks = max(1, (rows + mostRows - 1) / mostRows)
    let block = max(1, (rows + blocks - 1) / blocks)
    let logits = Tensor(uninitialized: [min(block, rows), vocabulary], type)
    // A weight that is about to change is not packed whole for the one product that would read it: the product packs what it needs next.
    let forwardPack = tape == nil ? weight.packed(.matrix(k: width, n: vocabulary, row: 1, column: width)) : nil
    let backwardPack = tape == nil ? nil : weight.packed(.matrix(k: vocabulary, n: width, row: width, column: 1))
    for start in stride(from: 0, to: rows, by: block) {
        let count = min(block, rows - start)
        let h = hidden.sliced(start..<start + count, axis: 0).detached()
        if let forwardPack {
            forwardPack.multiply(m: count, n: vocabulary, k: width, a: h.pointer, bias: bias?.pointer, c: logits.pointer)
        } else {
            unroll_product(
                type.kernel, count, vocabulary, width, h.pointer, width, 1, weight.pointer, 1, width, bias?.pointer, false,
                logits.pointer, vocabulary)
        }
        targets.withUnsafeBufferPointer {
            unroll_cross_entropy(
                type.kernel, count, vocabulary, $0.baseAddress! + start, smoothing, scale, logits.pointer,
                losses.pointer + start * type.width)
        }
        guard let dhidden, let dweight, let backwardPack else { continue }
        backwardPack.multiply(
            m: count, n: width, k: vocabulary, a: logits.pointer, bias: nil, c: dhidden.pointer + start * width * type.width)
        unroll_product(
            type.kernel, vocabulary, width, count, logits.pointer, 1, vocabulary, h.pointer, width, 1, nil, start > 0, dweight.pointer,
            width)
        if let sums = dbias { dbias = sums + sum(logits.sliced(0..<count, axis: 0), axis: 0) }
    }
    let loss = sum(losses) * scale
    guard let tape else { return loss }

    let nodes = operands.map(tape.node)
    let gradients = [dhidden, dweight, dbias]
    return tape.record(loss) { dy, backward in
        let factor = dy.scalar
        for (node, gradient) in zip(nodes, gradients) {
            if let node, let gradient { backward.add(factor == 1 ? gradient : gradient * factor, to: node) }
        }
    }
}

/// The same loss as a plain composition of operations: what the kernel is checked against.
public func crossEntropyReference(
    hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: [Int32], smoothing: Double = 0, scale: Double = 1
) -> Tensor {
    let vocabulary = weight.shape[0]
    var smoothed = [Double](repeating: 0, count: targets.count * vocabulary)
    for (row, target) in targets.enumerated() where target >= 0 {
        for column in 0..<vocabulary {
            smoothed[row * vocabulary + column] = smoothing / Double(vocabulary) + (column == target ? 1 - smoothing : 0)
        }
    }
    let q = Tensor(smoothed, shape: [targets.count, vocabulary], scalarType: hidden.scalarType)
    return sum(q * logSoftmax(linear(hidden, weight, bias: bias))) * -scale
}
