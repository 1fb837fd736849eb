import CUnrollKernels

/// A matrix laid out as the product kernels read it, made once and used at every step.
package final class PackedMatrix: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Packs the `k` × `n` matrix whose element (i, j) lies at `source[i · row + j · column]`.
    package init(_ type: ScalarType, k: Int, n: Int, source: UnsafeRawPointer, row: Int, column: Int) {
        byteCount = unroll_packed_bytes(type.kernel, k, n)
        pointer = unroll_allocate(byteCount)
        unroll_pack(type.kernel, k, n, source, row, column, pointer)
    }

    /// Packs a recurrent weight [gates · hidden, hidden] gate by gate, or transposed for the backward pass.
    package init(_ type: ScalarType, gates: Int, hidden: Int, transposed: Bool, weight: UnsafeRawPointer) {
        byteCount = unroll_packed_recurrent_bytes(type.kernel, gates, hidden)
        pointer = unroll_allocate(byteCount)
        unroll_pack_recurrent(type.kernel, gates, hidden, transposed, weight, pointer)
    }

    deinit { unroll_release(pointer, byteCount) }
}
