import UnrollKernels
import UnrollModules
import UnrollTensors

/// A tensor as it is written to a file.
struct StoredTensor {
    enum Elements {
        case tensor(Tensor)
        case bytes([UInt8])
    }

    let name: String
    let type: ElementType
    let shape: Shape
    let elements: Elements

    /// A tensor with elements of its own type.
    init(_ name: String, _ tensor: Tensor) {
        (self.name, shape, elements) = (name, tensor.shape, .tensor(tensor))
        type = ElementType(tensor.scalarType)
    }

    /// Elements as the file has them.
    init(_ name: String, _ type: ElementType, _ shape: Shape, _ bytes: [UInt8]) {
        (self.name, self.type, self.shape, elements) = (name, type, shape, .bytes(bytes))
    }

    /// What a parameter is stored as, in the bits that it was rounded to.
    static func of(_ named: NamedParameter) -> [StoredTensor] {
        let value = named.parameter.value
        guard let rounding = named.parameter.rounding else { return [StoredTensor(named.name, value)] }
        let elements = UnsafeBufferPointer(start: value.pointer.assumingMemoryBound(to: Float.self), count: value.count)
        return withExtendedLifetime(value) {
            switch rounding.precision {
            case .float32: [StoredTensor(named.name, value)]
            case .bfloat16:
                [
                    StoredTensor(
                        named.name, .bfloat16, value.shape,
                        elements.flatMap { [UInt8(truncatingIfNeeded: $0.bitPattern >> 16), UInt8($0.bitPattern >> 24)] })
                ]
            case .int8, .int8Dynamic:
                [
                    StoredTensor(
                        named.name, .int8, value.shape,
                        elements.enumerated().map { place, element in
                            let scale = rounding.scales[place / rounding.width]
                            return UInt8(bitPattern: scale > 0 ? Int8((element / scale).rounded(.toNearestOrEven)) : 0)
                        }),
                    StoredTensor(
                        named.name + TensorFile.scaleSuffix(rounding.precision), Tensor(rounding.scales, shape: [rounding.scales.count])),
                ]
            }
        }
    }
}
