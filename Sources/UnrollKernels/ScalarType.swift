import CUnrollKernels

/// The type of a tensor's elements, known at run time.
///
/// `float32` is for work, `float64` for checking gradients (the same kernels, compiled for both), `int32` for tokens.
public enum ScalarType: String, Sendable, Codable, CaseIterable {
    case float32
    case float64
    case int32

    /// Bytes an element takes.
    public var width: Int {
        switch self {
        case .float32, .int32: 4
        case .float64: 8
        }
    }

    /// The kernels' name of a floating-point type; traps for tokens, which no arithmetic kernel takes.
    package var kernel: unroll_scalar {
        switch self {
        case .float32: UNROLL_FLOAT32
        case .float64: UNROLL_FLOAT64
        case .int32: preconditionFailure("int32 tensors hold tokens; arithmetic needs float32 or float64")
        }
    }
}
