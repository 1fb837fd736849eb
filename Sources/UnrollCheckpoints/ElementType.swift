import UnrollKernels

/// The type of a stored tensor's elements, by its name in the file.
public enum ElementType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float8e5m2 = "F8_E5M2"
    case float8e4m3 = "F8_E4M3"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes an element takes in the file.
    public var width: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float8e5m2, .float8e4m3, .int8, .uint8, .bool: 1
        }
    }

    /// The type of the tensor that is read from such elements; nil for those that can be listed but not read.
    public var scalarType: ScalarType? {
        switch self {
        case .float64: .float64
        case .float32, .float16, .bfloat16: .float32
        case .int32: .int32
        case .float8e5m2, .float8e4m3, .int64, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool: nil
        }
    }

    /// The type that elements of a tensor are stored as.
    init(_ scalarType: ScalarType) {
        switch scalarType {
        case .float64: self = .float64
        case .float32: self = .float32
        case .int32: self = .int32
        }
    }
}
