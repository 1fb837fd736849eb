import CUnrollKernels
import UnrollKernels

/// y = eˣ ⊘ Σ eˣ along the last axis.  dx = y ⊙ (dy − Σ dy ⊙ y).
///
/// - Parameter lengths: for each row, how many of its columns count; the others become 0.
public func softmax(_ x: Tensor, lengths: [Int32]? = nil) -> Tensor {
    let columns = x.shape[-1]
    let rows = columns == 0 ? 0 : x.count / columns
    let y = Tensor(uninitialized: x.shape, x.scalarType)
    withLengths(lengths, rows: rows, longest: columns) { lengths in
        unroll_softmax(x.scalarType.kernel, rows, columns, x.pointer, lengths, y.pointer)
    }
    return y.derived(from: x) { dy in
        let dx = Tensor(uninitialized: y.shape, y.scalarType)
        unroll_softmax_gradient(y.scalarType.kernel, rows, columns, y.pointer, dy.pointer, dx.pointer)
        return dx
    }
}

/// y = x − log Σ eˣ along the last axis.  dx = dy − eʸ Σ dy.
public func logSoftmax(_ x: Tensor) -> Tensor {
    let columns = x.shape[-1]
    let rows = columns == 0 ? 0 : x.count / columns
    let y = Tensor(uninitialized: x.shape, x.scalarType)
    unroll_log_softmax(x.scalarType.kernel, rows, columns, x.pointer, y.pointer)
    return y.derived(from: x) { dy in
        let dx = Tensor(uninitialized: y.shape, y.scalarType)
        unroll_log_softmax_gradient(y.scalarType.kernel, rows, columns, y.pointer, dy.pointer, dx.pointer)
        return dx
    }
}
