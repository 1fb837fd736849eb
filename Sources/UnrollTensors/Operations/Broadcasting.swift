import CUnrollKernels
import UnrollKernels

/// How two shapes meet element by element: axes are matched from the last, and an extent of 1 stretches.
struct Broadcast {
    let shape: Shape

    init(_ a: Shape, _ b: Shape) {
        let rank = max(a.rank, b.rank)
        var extents = [Int](repeating: 1, count: rank)
        for back in 1..<(rank + 1) {
            let left = back <= a.rank ? a[-back] : 1
            let right = back <= b.rank ? b[-back] : 1
            precondition(left == right || left == 1 || right == 1, "the shapes \(a) and \(b) do not meet element by element")
            extents[rank - back] = left == 1 ? right : left
        }
        shape = Shape(extents)
    }
}

/// y = a ∘ b with stretching.
func combine(_ operation: unroll_binary, _ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.scalarType == b.scalarType, "\(a.scalarType)\(a.shape) meets \(b.scalarType)\(b.shape)")
    let type = a.scalarType.kernel
    if a.shape == b.shape {
        let y = Tensor(uninitialized: a.shape, a.scalarType)
        unroll_combine(type, operation, 1, a.count, a.pointer, 0, 1, b.pointer, 0, 1, y.pointer)
        return y
    }
    let shape = Broadcast(a.shape, b.shape).shape
    let y = Tensor(uninitialized: shape, a.scalarType)
    guard y.count > 0 else { return y }
    // The axes fold into blocks that both operands walk with constant strides: the innermost two go to the kernel, the others are a loop.
    let axes = foldedAxes(shape, a.shape, b.shape)
    let inner = axes[axes.count - 1]
    let rows = axes.count > 1 ? axes[axes.count - 2] : FoldedAxis(extent: 1, strideA: 0, strideB: 0)
    let outer = Array(axes.dropLast(2))
    let width = a.scalarType.width
    var index = [Int](repeating: 0, count: outer.count)
    var done = 0
    while done < y.count {
        var startA = 0
        var startB = 0
        for (axis, position) in zip(outer, index) {
            startA += position * axis.strideA
            startB += position * axis.strideB
        }
        unroll_combine(
            type, operation, rows.extent, inner.extent, a.pointer + startA * width, rows.strideA, inner.strideA,
            b.pointer + startB * width, rows.strideB, inner.strideB, y.pointer + done * width)
        done += rows.extent * inner.extent
        for axis in outer.indices.reversed() {
            index[axis] += 1
            if index[axis] < outer[axis].extent { break }
            index[axis] = 0
        }
    }
    return y
}

private struct FoldedAxis {
    var extent: Int
    var strideA: Int
    var strideB: Int
}

private func foldedAxes(_ shape: Shape, _ a: Shape, _ b: Shape) -> [FoldedAxis] {
    var axes: [FoldedAxis] = []
    var strideA = 1
    var strideB = 1
    for back in 1..<(shape.rank + 1) {
        let extentA = back <= a.rank ? a[-back] : 1
        let extentB = back <= b.rank ? b[-back] : 1
        let axis = FoldedAxis(extent: shape[-back], strideA: extentA == 1 ? 0 : strideA, strideB: extentB == 1 ? 0 : strideB)
        strideA *= extentA
        strideB *= extentB
        if axis.extent == 1 { continue }
        if var last = axes.last, axis.strideA == last.strideA * last.extent, axis.strideB == last.strideB * last.extent {
            last.extent *= axis.extent
            axes[axes.count - 1] = last
        } else {
            axes.append(axis)
        }
    }
    return axes.isEmpty ? [FoldedAxis(extent: 1, strideA: 1, strideB: 1)] : axes.reversed()
}

extension Tensor {
    /// The sum over the axes along which a tensor of `shape` was stretched to become this one: the derivative of stretching.
    func summed(to shape: Shape) -> Tensor {
        guard self.shape != shape else { return self }
        var result = self
        while result.shape.rank > shape.rank { result = sum(result, axis: 0) }
        for axis in 0..<shape.rank where shape[axis] == 1 && result.shape[axis] != 1 {
            result = sum(result, axis: axis, keepsAxis: true)
        }
        return result
    }
}
