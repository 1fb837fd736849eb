import CUnrollKernels

/// How many bits the weights of products have.
public enum WeightPrecision: String, Codable, Sendable, CaseIterable {
    /// 32 bits: as they were learnt.
    case float32
    /// 16 bits, the upper halves of single-precision numbers: 8 bits of exponent and 7 of fraction. Sums are in single precision.
    case bfloat16
    /// 8 bits: integers from −127 to 127, with one factor for each output. Sums are in single precision.
    case int8
    /// The same, and what meets the weights is rounded too, while it is computed: each row to integers from −63 to 63 times a factor of its own.
    /// Products are those of integers, and their sums exact.
    case int8Dynamic = "int8_dynamic"

    /// Whether there is a factor for each output.
    package var hasScales: Bool { self == .int8 || self == .int8Dynamic }
}

/// What is known of a matrix whose elements have fewer bits than their type.
package struct Rounding: Sendable, Equatable {
    /// Anything but `float32`.
    package let precision: WeightPrecision
    /// Of 8 bits, what the integers of each row are multiplied by; empty otherwise.
    package let scales: [Float]
    /// The length of a row.
    package let width: Int

    /// A rounding.
    package init(_ precision: WeightPrecision, scales: [Float] = [], width: Int) {
        precondition(precision != .float32, "a matrix in single precision is not rounded")
        self.precision = precision
        self.scales = scales
        self.width = width
    }

    func withScales(_ body: (UnsafePointer<Float>?) -> Void) {
        scales.withUnsafeBufferPointer { body(precision.hasScales ? $0.baseAddress : nil) }
    }

    /// Nil for products of integers, which have kernels of their own.
    var kernel: unroll_narrow? {
        switch precision {
        case .int8: UNROLL_INT8
        case .bfloat16: UNROLL_BFLOAT16
        case .float32, .int8Dynamic: nil
        }
    }

    /// The same of some rows alone.
    package func rows(_ rows: Range<Int>) -> Rounding {
        Rounding(precision, scales: precision.hasScales ? Array(scales[rows]) : [], width: width)
    }
}
