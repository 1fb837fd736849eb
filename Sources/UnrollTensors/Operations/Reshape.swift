import CUnrollKernels
import UnrollKernels

extension Tensor {
    /// The same elements in another shape, without a copy.  dx = dy in the old shape.
    public func reshaped(to newShape: Shape) -> Tensor {
        Swift.precondition(newShape.count == count, "\(shape) has \(count) elements, \(newShape) has \(newShape.count)")
        let old = shape
        return Tensor(storage: storage, offset: offset, shape: newShape).derived(from: self) { dy in dy.reshaped(to: old) }
    }

    /// y with axes in another order: axis i of y is axis `axes[i]` of x.  dx = dy with the axes put back.
    public func permuted(_ axes: [Int]) -> Tensor {
        Swift.precondition(axes.sorted() == Array(0..<shape.rank), "\(axes) is not an order of the axes of \(shape)")
        let y = Tensor(uninitialized: Shape(axes.map { shape[$0] }), scalarType)
        unroll_permute(scalarType.width, shape.rank, shape.array, axes, pointer, y.pointer)
        return y.derived(from: self) { dy in
            dy.permuted(axes.indices.map { axis in axes.firstIndex(of: axis)! })
        }
    }

    /// The last two axes exchanged.
    public func transposed() -> Tensor {
        var axes = Array(0..<shape.rank)
        axes.swapAt(axes.count - 1, axes.count - 2)
        return permuted(axes)
    }
}
