import CUnrollKernels

/// How many bits the weights of products have. Everything else, sums too, stays in single precision.
public enum WeightPrecision: String, Codable, Sendable, CaseIterable {
    /// 32 bits: as they were learnt.
    case float32
    /// 16 bits, the upper halves of single-precision numbers: 8 bits of exponent and 7 of fraction.
    case bfloat16
    /// 8 bits: integers from −127 to 127, with one factor for each output.
    case int8
}

/// What is known of a matrix whose elements have fewer bits than their type.
package struct Rounding: Sendable, Equatable {
    /// Anything but `float32`.
    package let precision: WeightPrecision
    /// Of `int8`, what the integers of each row are multiplied by; empty otherwise.
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
        scales.withUnsafeBufferPointer { body(precision == .int8 ? $0.baseAddress : nil) }
    }

    var kernel: unroll_narrow { precision == .int8 ? UNROLL_INT8 : UNROLL_BFLOAT16 }

    /// The same of some rows alone.
    package func rows(_ rows: Range<Int>) -> Rounding {
        Rounding(precision, scales: precision == .int8 ? Array(scales[rows]) : [], width: width)
    }
}
