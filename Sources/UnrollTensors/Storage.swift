import CUnrollKernels
import UnrollKernels

/// The aligned, pooled memory behind tensors. Written while its tensor is made, immutable once that is shared.
package final class Storage: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    package let scalarType: ScalarType
    private let byteCount: Int
    /// Packed copies for the products; only a parameter's storage has them, since only a parameter outlives a step.
    package let packs: PackCache?

    package init(count: Int, scalarType: ScalarType, packs: PackCache? = nil) {
        byteCount = max(1, count) * scalarType.width
        pointer = unroll_allocate(byteCount)
        self.scalarType = scalarType
        self.packs = packs
    }

    deinit { unroll_release(pointer, byteCount) }
}
