/// Numbers byte strings 0, 1, 2, … in the order in which they first come.
///
/// A `Dictionary` keyed by `String` would take canonically equivalent strings for one key, which makes a vocabulary lossy and a score
/// differ from those of other tools; and it hashes more slowly.
struct ByteStringTable: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var slots: [Int32]

    init(minimumCapacity: Int = 0) {
        var size = 16
        while size < 2 * minimumCapacity { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        ends.reserveCapacity(minimumCapacity)
    }

    /// How many different strings there are.
    var count: Int { ends.count }

    /// The string that was numbered `index`.
    func string(at index: Int) -> String {
        String(decoding: bytes[range(of: index)], as: UTF8.self)
    }

    /// The number of `key`, or nil where it never came.
    func index(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        let found = slots[slot(of: key)]
        return found < 0 ? nil : Int(found)
    }

    /// The number of `key`, which is the next free one where it comes for the first time.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        let place = slot(of: key)
        if slots[place] >= 0 { return Int(slots[place]) }
        slots[place] = Int32(ends.count)
        bytes.append(contentsOf: key)
        ends.append(bytes.count)
        if 2 * ends.count > slots.count { grow() }
        return ends.count - 1
    }

    private func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    /// The slot that holds `key`, or the free one where it belongs.
    private func slot(of key: UnsafeBufferPointer<UInt8>) -> Int {
        let mask = slots.count - 1
        var place = Self.hash(key) & mask
        while slots[place] >= 0 {
            let stored = range(of: Int(slots[place]))
            if stored.count == key.count && holds(key, at: stored.lowerBound) { break }
            place = (place + 1) & mask
        }
        return place
    }

    private func holds(_ key: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        for index in key.indices where bytes[start + index] != key[index] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        let mask = slots.count - 1
        bytes.withUnsafeBufferPointer { stored in
            for index in ends.indices {
                var place = Self.hash(UnsafeBufferPointer(rebasing: stored[range(of: index)])) & mask
                while slots[place] >= 0 { place = (place + 1) & mask }
                slots[place] = Int32(index)
            }
        }
    }

    /// FNV-1a, with the high bits folded in because the table masks the low ones.
    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }
}
