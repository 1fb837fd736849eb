import CUnrollKernels
import Synchronization
import UnrollKernels

/// The aligned, pooled memory behind tensors. Written while its tensor is made, immutable once that is shared.
package final class Storage: @unchecked Sendable {
    package let scalarType: ScalarType
    /// Nil while nobody has asked for the elements of a packed matrix.
    private let memory: Atomic<UnsafeMutableRawPointer?>
    private let byteCount: Int
    private let beganAsZeros: Bool
    /// Whose memory this is, where it is another's.
    private var owner: Storage?
    /// Packed copies for the products; only a parameter's storage has them, since only a parameter outlives a step.
    package let packs: PackCache?
    /// What the elements came as, where they are a matrix that came packed: its columns are their rows.
    package let whole: PackedMatrix?

    package init(count: Int, scalarType: ScalarType, packs: PackCache? = nil) {
        byteCount = max(1, count) * scalarType.width
        memory = Atomic(unroll_allocate(byteCount))
        self.scalarType = scalarType
        self.packs = packs
        (whole, beganAsZeros) = (nil, false)
    }

    /// Zeros, which take no memory before they are touched where they are many.
    package init(zeros count: Int, scalarType: ScalarType) {
        byteCount = max(1, count) * scalarType.width
        memory = Atomic(unroll_allocate_zeros(byteCount))
        self.scalarType = scalarType
        (packs, whole, beganAsZeros) = (nil, nil, true)
    }

    /// The same memory as another's, with packed copies.
    package init(of owner: Storage, packs: PackCache) {
        memory = Atomic(owner.pointer)
        (scalarType, byteCount) = (owner.scalarType, owner.byteCount)
        (self.owner, self.packs, whole, beganAsZeros) = (owner, packs, nil, false)
    }

    /// A parameter's matrix, of which there is nothing but the packed copy until somebody asks for the elements.
    package init(_ whole: PackedMatrix) {
        byteCount = max(1, whole.k * whole.n) * whole.type.width
        memory = Atomic(nil)
        scalarType = whole.type
        packs = PackCache(rounding: whole.rounding)
        (self.whole, beganAsZeros) = (whole, false)
    }

    /// The elements.
    package var pointer: UnsafeMutableRawPointer { memory.load(ordering: .acquiring) ?? unpacked() }

    /// The packed matrix, where there are no elements beside it.
    var packedAlone: PackedMatrix? { memory.load(ordering: .acquiring) == nil ? whole : nil }

    private func unpacked() -> UnsafeMutableRawPointer {
        guard let whole else { preconditionFailure("a storage has neither elements nor a packed matrix") }
        let mine: UnsafeMutableRawPointer = unroll_allocate(byteCount)
        whole.unpack(columns: 0..<whole.n, to: mine)
        let (exchanged, other) = memory.compareExchange(expected: nil, desired: mine, ordering: .acquiringAndReleasing)
        guard !exchanged, let other else { return mine }
        // Somebody else was here meanwhile.
        unroll_release(mine, byteCount)
        return other
    }

    /// Whether nobody else reads this memory, provided that nobody else holds this storage.
    var hasItsMemoryAlone: Bool { owner == nil || isKnownUniquelyReferenced(&owner) }

    /// Whether it is just so many elements, without packed copies.
    package func isPlain(count: Int) -> Bool { packs == nil && byteCount == max(1, count) * scalarType.width }

    deinit {
        guard owner == nil, let memory = memory.load(ordering: .acquiring) else { return }
        if beganAsZeros { unroll_release_zeros(memory, byteCount) } else { unroll_release(memory, byteCount) }
    }
}
