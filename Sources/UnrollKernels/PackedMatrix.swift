import CUnrollKernels

/// A matrix laid out as the product kernels read it, made once and used at every step.
package final class PackedMatrix: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    private let byteCount: Int
    private let type: ScalarType
    private let rounding: Rounding?

    /// Packs the `k` × `n` matrix whose element (i, j) lies at `source[i · row + j · column]`.
    package init(_ type: ScalarType, k: Int, n: Int, source: UnsafeRawPointer, row: Int, column: Int) {
        (self.type, rounding) = (type, nil)
        byteCount = unroll_packed_bytes(type.kernel, k, n)
        pointer = unroll_allocate(byteCount)
        unroll_pack(type.kernel, k, n, source, row, column, pointer)
    }

    /// Packs the `k` × `n` matrix in single precision whose element (i, j) lies at `source[i + j · rounding.width]`, in the bits that it needs.
    package init(k: Int, n: Int, source: UnsafeRawPointer, rounding: Rounding) {
        (type, self.rounding) = (.float32, rounding)
        if let narrow = rounding.kernel {
            byteCount = unroll_packed_narrow_bytes(UNROLL_FLOAT32, narrow, k, n)
            pointer = unroll_allocate(byteCount)
            rounding.withScales { unroll_pack_narrow(UNROLL_FLOAT32, narrow, k, n, source, 1, rounding.width, $0, pointer) }
        } else {
            byteCount = unroll_packed_integer_bytes(UNROLL_FLOAT32, k, n)
            pointer = unroll_allocate(byteCount)
            rounding.withScales { unroll_pack_integers(UNROLL_FLOAT32, k, n, source, 1, rounding.width, $0, pointer) }
        }
    }

    /// Packs a recurrent weight [gates · hidden, hidden] gate by gate, or transposed for the backward pass.
    package init(_ type: ScalarType, gates: Int, hidden: Int, transposed: Bool, weight: UnsafeRawPointer) {
        (self.type, rounding) = (type, nil)
        byteCount = unroll_packed_recurrent_bytes(type.kernel, gates, hidden)
        pointer = unroll_allocate(byteCount)
        unroll_pack_recurrent(type.kernel, gates, hidden, transposed, weight, pointer)
    }

    /// c = a b + c, or + bias, or neither, where this is b: `k` × `n`. Each element of c is summed over k in its order, unless this is `int8Dynamic`: then
    /// a is rounded too, and the sums are exact.
    ///
    /// - Parameters:
    ///   - m: rows of a and c.
    ///   - a: [m, k], dense.
    ///   - bias: [n].
    ///   - c: [m, n], dense.
    package func multiply(
        m: Int, n: Int, k: Int, a: UnsafeRawPointer, bias: UnsafeRawPointer?, accumulates: Bool = false, c: UnsafeMutableRawPointer
    ) {
        guard let rounding else {
            unroll_product_packed(type.kernel, m, n, k, a, k, 1, pointer, bias, accumulates, c, n)
            return
        }
        rounding.withScales {
            if let narrow = rounding.kernel {
                unroll_product_narrow(type.kernel, narrow, m, n, k, a, k, 1, pointer, $0, bias, accumulates, c, n)
            } else {
                unroll_product_integers(type.kernel, m, n, k, a, k, pointer, $0, bias, accumulates, c, n)
            }
        }
    }

    deinit { unroll_release(pointer, byteCount) }
}
