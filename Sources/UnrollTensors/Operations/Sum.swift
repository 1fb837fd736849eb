import CUnrollKernels
import UnrollKernels

/// y = Σ x over one axis.  dx = dy, repeated along it.
///
/// - Parameter keepsAxis: whether the axis stays, with extent 1.
public func sum(_ x: Tensor, axis: Int, keepsAxis: Bool = false) -> Tensor {
    let (outer, extent, inner) = x.shape.split(at: axis)
    let shape = x.shape
    let y = Tensor(uninitialized: keepsAxis ? shape.replacing(axis, by: 1) : shape.removing(axis), x.scalarType)
    unroll_reduce(x.scalarType.kernel, UNROLL_SUM, outer, extent, inner, x.pointer, y.pointer)
    return y.derived(from: x) { dy in
        dy.reshaped(to: shape.replacing(axis, by: 1)) + dy.zeros(shape)
    }
}

/// y = Σ x over every element, a number of shape [].  dx = dy everywhere.
public func sum(_ x: Tensor) -> Tensor {
    sum(x.reshaped(to: [x.count]), axis: 0)
}

/// y = (1/n) Σ x over every element.  dx = dy / n.
public func mean(_ x: Tensor) -> Tensor { sum(x) / Double(x.count) }

/// y = (1/n) Σ x over one axis of extent n.  dx = dy / n, repeated along it.
public func mean(_ x: Tensor, axis: Int, keepsAxis: Bool = false) -> Tensor {
    sum(x, axis: axis, keepsAxis: keepsAxis) / Double(x.shape[axis])
}

extension Tensor {
    /// Σ x² in double precision; not recorded.
    package var sumOfSquares: Double { unroll_sum_of_squares(scalarType.kernel, count, pointer) }

    /// The index of the first largest element along the last axis; not recorded. [...] without the last axis.
    public func argmax() -> Tensor {
        let columns = shape[-1]
        Swift.precondition(columns > 0, "no element of \(shape) is the largest along its last axis")
        let y = Tensor(uninitialized: shape.removing(-1), .int32)
        unroll_argmax(scalarType.kernel, y.count, columns, pointer, y.pointer.assumingMemoryBound(to: Int32.self))
        return y
    }
}
