import CUnrollKernels
import UnrollKernels

/// The gradient of one tensor: whole, or only the rows of a table that were used.
public enum Gradient: Sendable {
    case dense(Tensor)
    case rows(RowGradient)

    /// The same gradient with each used row once, in ascending order.
    package var merged: Gradient {
        if case .rows(let rows) = self { .rows(rows.merged) } else { self }
    }

    /// Σ g² over all elements.
    package var sumOfSquares: Double {
        switch self {
        case .dense(let tensor): tensor.sumOfSquares
        case .rows(let rows): rows.merged.values.sumOfSquares
        }
    }

    /// The whole gradient, zeros included.
    public var dense: Tensor {
        switch self {
        case .dense(let tensor): tensor
        case .rows(let rows): rows.dense
        }
    }
}

/// The gradient of an embedding table, without the rows that no token used.
public struct RowGradient: Sendable {
    /// The used rows, in the order of their use; a row may occur more than once.
    package let indices: [Int32]
    /// [indices.count, width].
    package let values: Tensor
    /// The shape of the table.
    package let shape: Shape

    package init(indices: [Int32], values: Tensor, shape: Shape) {
        self.indices = indices
        self.values = values
        self.shape = shape
    }

    package func joined(with other: RowGradient) -> RowGradient {
        RowGradient(indices: indices + other.indices, values: concatenated([values, other.values], axis: 0), shape: shape)
    }

    func add(to table: UnsafeMutableRawPointer) {
        unroll_scatter_add_rows(values.scalarType.kernel, indices.count, shape[-1], values.pointer, indices, table)
    }

    /// The whole gradient.
    package var dense: Tensor {
        let table = values.zeros(shape)
        add(to: table.pointer)
        return table
    }

    /// The same gradient with each used row once, in ascending order.
    package var merged: RowGradient {
        if zip(indices, indices.dropFirst()).allSatisfy(<) { return self }
        let unique = Set(indices).sorted()
        var position = [Int32: Int32](minimumCapacity: unique.count)
        for (place, row) in unique.enumerated() { position[row] = Int32(place) }
        let places = indices.map { position[$0]! }
        let sums = values.zeros([unique.count, shape[-1]])
        unroll_scatter_add_rows(values.scalarType.kernel, places.count, shape[-1], values.pointer, places, sums.pointer)
        return RowGradient(indices: unique, values: sums, shape: shape)
    }
}

/// The gradients of one call, by the owner or the watched tensor they belong to.
public struct Gradients {
    private let backward: Backward
    private let leaves: [ObjectIdentifier: Int32]

    init(_ backward: Backward, leaves: [(ObjectIdentifier, Int32)]) {
        self.backward = backward
        self.leaves = Dictionary(uniqueKeysWithValues: leaves)
    }

    /// The gradient of an owner's value; nil where the result does not depend on it.
    public subscript(owner: AnyObject) -> Gradient? {
        leaves[ObjectIdentifier(owner)].flatMap { backward.gradient(of: $0) }
    }

    /// The gradient of a watched tensor; nil where the result does not depend on it.
    public subscript(watched: Tensor) -> Tensor? {
        watched.node < 0 ? nil : backward.gradient(of: watched.node)?.dense
    }
}
