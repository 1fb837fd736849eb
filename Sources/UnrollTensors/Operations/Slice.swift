import CUnrollKernels
import UnrollKernels

extension Tensor {
    /// y = x[…, range, …] along one axis; along the first one it is no copy.  dx = dy in that range, 0 elsewhere.
    public func sliced(_ range: Range<Int>, axis: Int) -> Tensor {
        let (outer, extent, inner) = shape.split(at: axis)
        Swift.precondition(range.lowerBound >= 0 && range.upperBound <= extent, "\(range) of axis \(axis) of \(shape)")
        let sliceShape = shape.replacing(axis, by: range.count)
        let y: Tensor
        if outer == 1 {
            y = Tensor(storage: storage, offset: offset + range.lowerBound * inner, shape: sliceShape)
        } else {
            y = Tensor(uninitialized: sliceShape, scalarType)
            let width = scalarType.width
            unroll_copy_rows(
                outer, range.count * inner * width, pointer + range.lowerBound * inner * width, extent * inner * width, y.pointer,
                range.count * inner * width)
        }
        guard let tape = recordingTape else { return y }
        let (node, full) = (node, shape)
        return tape.record(y) { dy, backward in
            backward.addInPlace(to: node, shape: full, dy.scalarType) { dx in
                let width = dy.scalarType.width
                for block in 0..<outer {
                    unroll_accumulate(
                        dy.scalarType.kernel, range.count * inner, 1, dy.pointer + block * range.count * inner * width,
                        dx + (block * extent + range.lowerBound) * inner * width)
                }
            }
        }
    }

    /// y = x[index] along one axis, which disappears.  dx = dy there, 0 elsewhere.
    public func at(_ index: Int, axis: Int = 0) -> Tensor {
        let slice = sliced(index..<index + 1, axis: axis)
        return slice.reshaped(to: shape.removing(axis))
    }

    /// Parts of equal extent along an axis, in order.
    public func split(into parts: Int, axis: Int) -> [Tensor] {
        let extent = shape[axis]
        Swift.precondition(extent % parts == 0, "\(extent) does not split into \(parts) equal parts")
        let size = extent / parts
        return (0..<parts).map { sliced($0 * size..<($0 + 1) * size, axis: axis) }
    }
}
