import Synchronization
import UnrollKernels
import UnrollTensors

/// A learnt tensor. The only reference type among the building blocks: its identity is weight sharing, the optimiser's slot and the gradient's key.
///
/// Reading is safe from any number of tasks; writing belongs to the one that trains.
public final class Parameter: Sendable {
    private let current: Mutex<Tensor>
    /// The shape, which never changes.
    public let shape: Shape
    /// The type of the elements, which never changes.
    public let scalarType: ScalarType

    /// A parameter that starts as a copy of `value`.
    public init(_ value: Tensor) {
        shape = value.shape
        scalarType = value.scalarType
        current = Mutex(value.asParameter())
    }

    /// The value now. It stays what it is when the parameter is written later.
    public var value: Tensor { current.withLock { $0 } }

    /// Replaces the value; the shape must be the same.
    public func set(_ value: Tensor) {
        precondition(value.shape == shape, "a parameter of shape \(shape) cannot become \(value.shape)")
        let new = value.converted(to: scalarType).asParameter()
        current.withLock { $0 = new }
    }

    /// Changes the elements in place, unless someone still holds the old value, which is then left alone.
    package func update(_ body: (UnsafeMutableRawPointer) -> Void) {
        current.withLock { tensor in
            if !tensor.isUnique() { tensor = tensor.asParameter() }
            body(tensor.pointer)
            tensor.storage.packs?.drop()
        }
    }
}

extension Tensor {
    /// A copy in storage that keeps its packed forms.
    fileprivate func asParameter() -> Tensor {
        let copy = Tensor(storage: Storage(count: count, scalarType: scalarType, packs: PackCache()), shape: shape)
        copy.pointer.copyMemory(from: pointer, byteCount: count * scalarType.width)
        return copy
    }
}
