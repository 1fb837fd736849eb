import CUnrollKernels
import UnrollKernels

/// The gradients that a walk back has gathered so far, by node.
package final class Backward {
    private var slots: ContiguousArray<Gradient?>

    init(nodeCount: Int) {
        slots = ContiguousArray(repeating: nil, count: nodeCount)
    }

    /// Adds a gradient to a node's.
    package func add(_ gradient: Tensor, to node: Int32) {
        let index = Int(node)
        guard slots[index] != nil else {
            slots[index] = .dense(gradient)
            return
        }
        accumulate(into: node, shape: gradient.shape, gradient.scalarType) { pointer, _ in
            unroll_accumulate(gradient.scalarType.kernel, gradient.count, 1, gradient.pointer, pointer)
        }
    }

    /// Adds rows of a table's gradient: values [count, width] at `indices`.
    package func add(rows indices: [Int32], _ values: Tensor, to node: Int32, shape: Shape) {
        let rows = RowGradient(indices: indices, values: values, shape: shape)
        let index = Int(node)
        switch slots[index] {
        case nil: slots[index] = .rows(rows)
        case .rows(let others): slots[index] = .rows(others.joined(with: rows))
        case .dense:
            accumulate(into: node, shape: shape, values.scalarType) { pointer, _ in rows.add(to: pointer) }
        }
    }

    /// Lets a kernel write a node's gradient in place: it adds to the buffer where `accumulates`, else it must overwrite every element.
    package func accumulate(
        into node: Int32, shape: Shape, _ scalarType: ScalarType, _ body: (_ buffer: UnsafeMutableRawPointer, _ accumulates: Bool) -> Void
    ) {
        let index = Int(node)
        var sum: Tensor
        switch slots[index] {
        case nil:
            sum = Tensor(uninitialized: shape, scalarType)
            body(sum.pointer, false)
            slots[index] = .dense(sum)
            return
        case .dense(let tensor): sum = tensor
        case .rows(let rows): sum = rows.dense
        }
        slots[index] = nil
        // A gradient may be shared with another node's (addition passes dy on to both sides): that one must stay as it is.
        if !sum.isUnique() { sum = sum.copied() }
        body(sum.pointer, true)
        slots[index] = .dense(sum)
    }

    /// Like `accumulate`, for kernels that only ever add.
    package func addInPlace(
        to node: Int32, shape: Shape, _ scalarType: ScalarType, _ body: (_ buffer: UnsafeMutableRawPointer) -> Void
    ) {
        accumulate(into: node, shape: shape, scalarType) { buffer, accumulates in
            if !accumulates { unroll_fill(scalarType.kernel, shape.count, 0, buffer) }
            body(buffer)
        }
    }

    /// A node's whole gradient, which is not needed any more afterwards.
    func take(_ node: Int32) -> Tensor? {
        let gradient = slots[Int(node)]
        slots[Int(node)] = nil
        return gradient?.dense
    }

    func finish() -> ContiguousArray<Gradient?> { slots }
}

extension Tensor {
    /// The same elements in storage of their own.
    package func copied() -> Tensor {
        let result = Tensor(uninitialized: shape, scalarType)
        result.pointer.copyMemory(from: pointer, byteCount: count * scalarType.width)
        return result
    }
}
