import CUnrollKernels
import UnrollKernels

/// The gradients that a walk back has gathered so far, by node: whole ones, and those of tables of which only rows were used.
package final class Backward {
    // One walk on one thread uses it, so no access can overlap another.
    @exclusivity(unchecked) private var dense: ContiguousArray<Tensor?>
    @exclusivity(unchecked) private var rows: [Int32: RowGradient] = [:]

    init(nodeCount: Int) {
        dense = ContiguousArray(repeating: nil, count: nodeCount)
    }

    /// Adds a gradient to a node's.
    package func add(_ gradient: Tensor, to node: Int32) {
        if dense[Int(node)] == nil, rows.isEmpty || rows[node] == nil {
            dense[Int(node)] = gradient
            return
        }
        accumulate(into: node, shape: gradient.shape, gradient.scalarType) { pointer, _ in
            unroll_accumulate(gradient.scalarType.kernel, gradient.count, 1, gradient.pointer, pointer)
        }
    }

    /// Adds rows of a table's gradient: values [count, width] at `indices`.
    package func add(rows indices: [Int32], _ values: Tensor, to node: Int32, shape: Shape) {
        let added = RowGradient(indices: indices, values: values, shape: shape)
        if dense[Int(node)] != nil {
            accumulate(into: node, shape: shape, values.scalarType) { pointer, _ in added.add(to: pointer) }
        } else {
            rows[node] = rows[node].map { $0.joined(with: added) } ?? added
        }
    }

    /// Lets a kernel write a node's gradient in place: it adds to the buffer where `accumulates`, else it must overwrite every element. For no node it
    /// runs all the same, for what else it writes.
    package func accumulate(
        into node: Int32?, shape: Shape, _ scalarType: ScalarType, _ body: (_ buffer: UnsafeMutableRawPointer, _ accumulates: Bool) -> Void
    ) {
        guard let node else {
            let unwanted = Tensor(uninitialized: shape, scalarType)
            withExtendedLifetime(unwanted) { body(unwanted.pointer, false) }
            return
        }
        guard var sum = take(node) else {
            let sum = Tensor(uninitialized: shape, scalarType)
            body(sum.pointer, false)
            dense[Int(node)] = sum
            return
        }
        // A gradient may be shared with another node's (addition passes dy on to both sides): that one must stay as it is.
        if !sum.isUnique() { sum = sum.copied() }
        body(sum.pointer, true)
        dense[Int(node)] = sum
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
        if let gradient = dense[Int(node)] {
            dense[Int(node)] = nil
            return gradient
        }
        return rows.isEmpty ? nil : rows.removeValue(forKey: node)?.dense
    }

    /// A node's gradient as it was gathered.
    func gradient(of node: Int32) -> Gradient? {
        dense[Int(node)].map { .dense($0) } ?? rows[node].map { .rows($0) }
    }
}

extension Tensor {
    /// The same elements in storage of their own.
    package func copied() -> Tensor {
        let result = Tensor(uninitialized: shape, scalarType)
        result.pointer.copyMemory(from: pointer, byteCount: count * scalarType.width)
        return result
    }
}
