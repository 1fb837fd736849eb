import CUnrollKernels
import UnrollKernels

/// The aligned, pooled memory behind tensors. Written while its tensor is made, immutable once that is shared.
package final class Storage: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    package let scalarType: ScalarType
    private let byteCount: Int
    /// Whose memory this is, where it is another's.
    private var owner: Storage?
    /// Packed copies for the products; only a parameter's storage has them, since only a parameter outlives a step.
    package let packs: PackCache?

    package init(count: Int, scalarType: ScalarType, packs: PackCache? = nil) {
        byteCount = max(1, count) * scalarType.width
        pointer = unroll_allocate(byteCount)
        self.scalarType = scalarType
        self.packs = packs
    }

    /// Zeros, which take no memory before they are touched where they are many.
    package init(zeros count: Int, scalarType: ScalarType) {
        byteCount = max(1, count) * scalarType.width
        pointer = unroll_allocate_zeros(byteCount)
        self.scalarType = scalarType
        packs = nil
    }

    /// The same memory as another's, with packed copies.
    package init(of owner: Storage, packs: PackCache) {
        (pointer, scalarType, byteCount) = (owner.pointer, owner.scalarType, owner.byteCount)
        (self.owner, self.packs) = (owner, packs)
    }

    /// Whether nobody else reads this memory, provided that nobody else holds this storage.
    var hasItsMemoryAlone: Bool { owner == nil || isKnownUniquelyReferenced(&owner) }

    /// Whether it is just so many elements, without packed copies.
    package func isPlain(count: Int) -> Bool { packs == nil && byteCount == max(1, count) * scalarType.width }

    deinit {
        if owner == nil { unroll_release(pointer, byteCount) }
    }
}
