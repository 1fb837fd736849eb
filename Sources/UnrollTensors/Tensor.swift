import CUnrollKernels
import UnrollKernels

/// A dense, row-major array of numbers: a value, whose elements never change once it is shared.
///
/// A tensor that came out of an operation on a tape carries its place there, so that equations are written as they stand:
/// `tanh(x * w + b)`. Sequences are time-major, `[time, batch, features]`, which makes a time step a slice without a copy.
public struct Tensor: @unchecked Sendable {
    package private(set) var storage: Storage
    /// Elements before this tensor's first one in its storage.
    package let offset: Int
    /// The extents.
    public let shape: Shape
    /// The tape this tensor is recorded on.
    package let tape: Tape?
    /// The place on that tape.
    package let node: Int32

    package init(storage: Storage, offset: Int = 0, shape: Shape, tape: Tape? = nil, node: Int32 = -1) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.tape = tape
        self.node = node
    }

    /// A new tensor whose elements the caller writes before anyone else sees it.
    package init(uninitialized shape: Shape, _ scalarType: ScalarType) {
        self.init(storage: Storage(count: shape.count, scalarType: scalarType), shape: shape)
    }

    /// The type of the elements.
    public var scalarType: ScalarType { storage.scalarType }

    /// The number of elements.
    public var count: Int { shape.count }

    package var pointer: UnsafeMutableRawPointer { storage.pointer + offset * scalarType.width }

    /// The same elements, as a constant: gradients do not flow through it.
    public func detached() -> Tensor { Tensor(storage: storage, offset: offset, shape: shape) }

    /// The tape, if it still records.
    package var recordingTape: Tape? {
        guard let tape, tape.isRecording else { return nil }
        return tape
    }

    /// Whether this tensor may be changed in place: nobody else holds its storage.
    package mutating func isUnique() -> Bool { isKnownUniquelyReferenced(&storage) && storage.hasItsMemoryAlone }

    /// The same elements and place on the tape, in storage that may be written: this tensor's own where nobody else holds it, else a copy.
    consuming func exclusive() -> Tensor {
        if storage.packs == nil, isUnique() { return self }
        return Tensor(storage: copied().storage, shape: shape, tape: tape, node: node)
    }

    /// Traps unless this tensor is what a kernel, which sees only memory, is about to take it for.
    package func precondition(shape expected: Shape, _ type: ScalarType, _ what: StaticString) {
        Swift.precondition(shape == expected && scalarType == type, "\(what) must be \(type)\(expected), not \(scalarType)\(shape)")
    }
}

// MARK: - Making and reading

extension Tensor {
    /// Elements in row-major order.
    public init(_ elements: [Float], shape: Shape) {
        Swift.precondition(elements.count == shape.count, "\(elements.count) elements for the shape \(shape)")
        self.init(uninitialized: shape, .float32)
        elements.withUnsafeBytes { pointer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(pointer), byteCount: $0.count) }
    }

    /// Elements in row-major order, stored as `scalarType`.
    public init(_ elements: [Double], shape: Shape, scalarType: ScalarType = .float64) {
        Swift.precondition(elements.count == shape.count, "\(elements.count) elements for the shape \(shape)")
        switch scalarType {
        case .float32: self.init(elements.map(Float.init), shape: shape)
        case .int32: self.init(elements.map { Int32($0) }, shape: shape)
        case .float64:
            self.init(uninitialized: shape, .float64)
            elements.withUnsafeBytes { pointer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(pointer), byteCount: $0.count) }
        }
    }

    /// Tokens in row-major order.
    public init(_ elements: [Int32], shape: Shape) {
        Swift.precondition(elements.count == shape.count, "\(elements.count) elements for the shape \(shape)")
        self.init(uninitialized: shape, .int32)
        elements.withUnsafeBytes { pointer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(pointer), byteCount: $0.count) }
    }

    /// One number everywhere.
    public init(repeating value: Double, shape: Shape, scalarType: ScalarType = .float32) {
        self.init(uninitialized: shape, scalarType)
        unroll_fill(scalarType.kernel, count, value, pointer)
    }

    /// Zeros.
    public static func zeros(_ shape: Shape, _ scalarType: ScalarType = .float32) -> Tensor {
        Tensor(repeating: 0, shape: shape, scalarType: scalarType)
    }

    /// Zeros of this tensor's type.
    package func zeros(_ shape: Shape) -> Tensor { .zeros(shape, scalarType) }

    /// The elements as double-precision numbers.
    public var doubles: [Double] {
        switch scalarType {
        case .float32: buffer(of: Float.self).map(Double.init)
        case .float64: Array(buffer(of: Double.self))
        case .int32: buffer(of: Int32.self).map(Double.init)
        }
    }

    /// The elements as single-precision numbers.
    public var floats: [Float] {
        switch scalarType {
        case .float32: Array(buffer(of: Float.self))
        case .float64: buffer(of: Double.self).map(Float.init)
        case .int32: buffer(of: Int32.self).map(Float.init)
        }
    }

    /// The elements as tokens; traps for a floating-point tensor.
    public var tokens: [Int32] { Array(buffer(of: Int32.self)) }

    /// The only element.
    public var scalar: Double {
        Swift.precondition(count == 1, "a tensor of shape \(shape) is not one number")
        return doubles[0]
    }

    /// The elements converted; the same tensor where the type is right already.
    public func converted(to type: ScalarType) -> Tensor {
        guard type != scalarType else { return self }
        let result = Tensor(uninitialized: shape, type)
        unroll_convert(scalarType.kernel, type.kernel, count, pointer, result.pointer)
        return result
    }

    /// Whether no element is infinite or not a number.
    public var isFinite: Bool { scalarType == .int32 || unroll_all_finite(scalarType.kernel, count, pointer) }

    /// Whether another tensor has the same type, shape and bits.
    package func isIdentical(to other: Tensor) -> Bool {
        let size = count * scalarType.width
        return scalarType == other.scalarType && shape == other.shape
            && UnsafeRawBufferPointer(start: pointer, count: size).elementsEqual(UnsafeRawBufferPointer(start: other.pointer, count: size))
    }

    package func buffer<Scalar>(of type: Scalar.Type) -> UnsafeBufferPointer<Scalar> {
        Swift.precondition(MemoryLayout<Scalar>.size == scalarType.width && (Scalar.self == Int32.self) == (scalarType == .int32))
        return UnsafeBufferPointer(start: UnsafePointer(pointer.assumingMemoryBound(to: type)), count: count)
    }
}

extension Tensor: CustomStringConvertible {
    /// The type, the shape and the first elements.
    public var description: String {
        let shown = doubles.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "\(scalarType)\(shape) [\(shown)\(count > 8 ? ", …" : "")]"
    }
}
