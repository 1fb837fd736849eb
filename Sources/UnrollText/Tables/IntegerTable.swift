/// Maps 64-bit keys to numbers from 0 up, by open addressing: the merge ranks of a tokenizer are looked up millions of times.
struct IntegerTable: Sendable {
    private var keys: [UInt64]
    private var values: [Int32]
    private var shift: UInt64
    private(set) var count = 0

    init(minimumCapacity: Int = 0) {
        var bits: UInt64 = 4
        while 1 << bits < 2 * minimumCapacity { bits += 1 }
        keys = [UInt64](repeating: 0, count: 1 << Int(bits))
        values = [Int32](repeating: -1, count: 1 << Int(bits))
        shift = 64 - bits
    }

    /// The key of an ordered pair of numbers.
    static func key(_ first: Int32, _ second: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    }

    /// The value of `key`, or -1.
    func value(of key: UInt64) -> Int32 {
        values[slot(of: key)]
    }

    /// The value of `key`, which becomes `new` (0 or more) where there was none.
    mutating func value(of key: UInt64, orInsert new: Int32) -> Int32 {
        let place = slot(of: key)
        if values[place] >= 0 { return values[place] }
        keys[place] = key
        values[place] = new
        count += 1
        if 2 * count > keys.count { grow() }
        return new
    }

    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        // Multiplicative hashing puts its best bits on top.
        var place = Int((key &* 0x9e37_79b9_7f4a_7c15) >> shift)
        while values[place] >= 0 && keys[place] != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        var larger = IntegerTable(minimumCapacity: keys.count)
        for (key, value) in zip(keys, values) where value >= 0 { _ = larger.value(of: key, orInsert: value) }
        self = larger
    }
}
