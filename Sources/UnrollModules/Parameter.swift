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

    /// How many bits its elements have where products read them.
    public var precision: WeightPrecision { rounding?.precision ?? .float32 }

    package var rounding: Rounding? { current.withLock { $0.storage.packs?.rounding } }

    /// Rounds a matrix in single precision to fewer bits, in which products read it from now on; until it is set or changed by training.
    ///
    /// With 8 bits a row w becomes s round(w / s), s = max |w| / 127; with `bfloat16` each element the nearest that there is.
    public func round(to precision: WeightPrecision) {
        precondition(shape.rank == 2 && scalarType == .float32, "a \(scalarType) of shape \(shape) cannot be rounded to \(precision)")
        guard precision != .float32 else { return }
        let old = value
        let new = Tensor(uninitialized: shape, .float32)
        let elements = UnsafeBufferPointer(start: old.pointer.assumingMemoryBound(to: Float.self), count: old.count)
        let rounded = new.pointer.assumingMemoryBound(to: Float.self)
        var scales: [Float] = []
        for row in 0..<shape[0] {
            let places = row * shape[1]..<(row + 1) * shape[1]
            guard precision.hasScales else {
                for place in places { rounded[place] = elements[place].roundedToBFloat16 }
                continue
            }
            let scale = elements[places].reduce(0) { max($0, abs($1)) } / 127
            for place in places { rounded[place] = scale > 0 ? (elements[place] / scale).rounded(.toNearestOrEven) * scale : 0 }
            scales.append(scale)
        }
        set(new, rounding: Rounding(precision, scales: scales, width: shape[1]))
    }

    /// The value now. It stays what it is when the parameter is written later.
    public var value: Tensor { current.withLock { $0 } }

    /// Replaces the value; the shape must be the same.
    public func set(_ value: Tensor) { set(value, rounding: nil) }

    /// Replaces the value by one whose elements are rounded as is told.
    package func set(_ value: Tensor, rounding: Rounding?) {
        precondition(value.shape == shape, "a parameter of shape \(shape) cannot become \(value.shape)")
        let new = value.converted(to: scalarType).asParameter(rounding)
        current.withLock { $0 = new }
    }

    /// Changes the elements in place, unless someone still holds the old value, which is then left alone.
    package func update(_ body: (UnsafeMutableRawPointer) -> Void) {
        current.withLock { tensor in
            let isPacked = tensor.storage.packs?.rounding != nil || tensor.storage.whole != nil
            if isPacked || !tensor.isUnique() { tensor = tensor.copied().asParameter() }
            body(tensor.pointer)
            tensor.storage.packs?.drop()
        }
    }
}

extension Tensor {
    /// The same elements in storage that keeps its packed forms. They are copied where they are a part of others, or a parameter's; else when
    /// someone writes to them while this tensor is still held.
    fileprivate func asParameter(_ rounding: Rounding? = nil) -> Tensor {
        if let whole = storage.whole, whole.rounding == rounding, offset == 0, shape == [whole.n, whole.k] {
            return Tensor(storage: storage, shape: shape)
        }
        let packs = PackCache(rounding: rounding)
        if offset == 0, storage.isPlain(count: count) { return Tensor(storage: Storage(of: storage, packs: packs), shape: shape) }
        let copy = Tensor(storage: Storage(count: count, scalarType: scalarType, packs: packs), shape: shape)
        copy.pointer.copyMemory(from: pointer, byteCount: count * scalarType.width)
        return copy
    }
}

extension Float {
    /// The nearest number whose fraction has 7 bits; of two as near, the even one.
    fileprivate var roundedToBFloat16: Float {
        guard !isNaN else { return self }
        return Float(bitPattern: ((bitPattern + 0x7fff + (bitPattern >> 16 & 1)) >> 16) << 16)
    }
}
