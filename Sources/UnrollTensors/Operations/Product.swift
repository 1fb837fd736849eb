import CUnrollKernels
import UnrollKernels

/// y = x Wᵀ + b over the last axis of x, W in PyTorch's layout.
///
/// dx = dy W, dW = dyᵀ x, db = Σ dy.
///
/// - Parameters:
///   - x: […, inputs].
///   - weight: [outputs, columns], where columns is at least inputs.
///   - bias: [outputs].
///   - columns: the columns of W that meet x, all of them by default. A concatenated input need not be concatenated:
///     [x₁; x₂] Wᵀ = x₁ W[:, :n]ᵀ + x₂ W[:, n:]ᵀ.
/// - Returns: […, outputs].
public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, columns: Range<Int>? = nil) -> Tensor {
    precondition(weight.shape.rank == 2, "a weight is [outputs, inputs], not \(weight.shape)")
    let (outputs, stride) = (weight.shape[0], weight.shape[1])
    let columns = columns ?? 0..<stride
    let inputs = columns.count
    precondition(
        x.shape.rank > 0 && x.shape[-1] == inputs && columns.upperBound <= stride,
        "an input of shape \(x.shape) for columns \(columns) of a weight of shape \(weight.shape)")
    precondition(x.scalarType == weight.scalarType, "\(x.scalarType) meets \(weight.scalarType)")
    bias?.precondition(shape: [outputs], x.scalarType, "a bias")
    let rows = x.shape.removing(-1).count
    let type = x.scalarType
    let y = Tensor(uninitialized: x.shape.replacing(-1, by: outputs), type)
    let pack = weight.packed(.matrix(k: inputs, n: outputs, row: 1, column: stride), start: columns.lowerBound)
    pack.multiply(m: rows, n: outputs, k: inputs, a: x.pointer, bias: bias?.pointer, c: y.pointer)
    guard let tape = x.recordingTape ?? weight.recordingTape ?? bias?.recordingTape else { return y }

    let (nodeX, nodeW, nodeB) = (tape.node(of: x), tape.node(of: weight), tape.node(of: bias))
    return tape.record(y) { dy, backward in
        if let nodeX {
            backward.accumulate(into: nodeX, shape: x.shape, type) { dx, accumulates in
                let pack = weight.packed(.matrix(k: outputs, n: inputs, row: stride, column: 1), start: columns.lowerBound)
                pack.multiply(m: rows, n: inputs, k: outputs, a: dy.pointer, bias: nil, accumulates: accumulates, c: dx)
            }
        }
        if let nodeW {
            let addProduct = { (dw: UnsafeMutableRawPointer, accumulates: Bool) in
                unroll_product(
                    type.kernel, outputs, inputs, rows, dy.pointer, 1, outputs, x.pointer, inputs, 1, nil, accumulates,
                    dw + columns.lowerBound * type.width, stride)
            }
            if inputs == stride {
                backward.accumulate(into: nodeW, shape: weight.shape, type, addProduct)
            } else {
                backward.addInPlace(to: nodeW, shape: weight.shape, type) { addProduct($0, true) }
            }
        }
        if let nodeB { backward.add(sum(dy.reshaped(to: [rows, outputs]), axis: 0), to: nodeB) }
    }
}

/// y = a b over the last two axes, each transposed if asked; the axes before them, if any, are a batch and must be equal.
///
/// With neither transposed: da = dy bᵀ, db = aᵀ dy.
public func matmul(_ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor {
    let y = product(a, b, transposeA, transposeB)
    return y.derived(from: a, b) { dy in
        transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB)
    } _: { dy in
        transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false)
    }
}

private func product(_ a: Tensor, _ b: Tensor, _ transposeA: Bool, _ transposeB: Bool) -> Tensor {
    let (m, k) = transposeA ? (a.shape[-1], a.shape[-2]) : (a.shape[-2], a.shape[-1])
    let (kB, n) = transposeB ? (b.shape[-1], b.shape[-2]) : (b.shape[-2], b.shape[-1])
    let batchShape = a.shape.array.dropLast(2)
    precondition(
        k == kB && batchShape == b.shape.array.dropLast(2) && a.scalarType == b.scalarType,
        "a product of \(a.scalarType)\(a.shape)\(transposeA ? "ᵀ" : "") and \(b.scalarType)\(b.shape)\(transposeB ? "ᵀ" : "")")
    let y = Tensor(uninitialized: Shape(Array(batchShape) + [m, n]), a.scalarType)
    let batch = batchShape.reduce(1, *)
    let (rowA, columnA) = transposeA ? (1, m) : (k, 1)
    let (rowB, columnB) = transposeB ? (1, k) : (n, 1)
    if batch == 1 {
        unroll_product(
            a.scalarType.kernel, m, n, k, a.pointer, rowA, columnA, b.pointer, rowB, columnB, nil, false, y.pointer, n)
    } else {
        unroll_product_batched(
            a.scalarType.kernel, batch, m, n, k, a.pointer, m * k, rowA, columnA, b.pointer, k * n, rowB, columnB, false, y.pointer,
            m * n, n)
    }
    return y
}
