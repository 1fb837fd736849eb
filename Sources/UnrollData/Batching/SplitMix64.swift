/// SplitMix64: output n is a mixing function of seed + n · γ, so the generator is a counter and a hash, and any two seeds give unrelated streams.
///
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. Used for orders and for generated examples, whose bytes
/// must not depend on the standard library's version; that is why bounded numbers and shuffles are written here too.
struct SplitMix64: Sendable {
    private static let gamma: UInt64 = 0x9e37_79b9_7f4a_7c15

    private var state: UInt64

    /// A stream of its own for every sequence of parts, for example seed, epoch, window.
    init(_ parts: UInt64...) {
        state = parts.reduce(0) { Self.mix($0 &+ Self.gamma) ^ Self.mix($1 &+ 2 &* Self.gamma) }
    }

    /// The stream that the paper's algorithm gives from this state.
    init(state: UInt64) {
        self.state = state
    }

    mutating func next() -> UInt64 {
        state &+= Self.gamma
        return Self.mix(state)
    }

    /// A uniform number in 0 ..< bound, by Lemire's multiplication with rejection ("Fast random integer generation in an interval", 2019).
    mutating func next(below bound: Int) -> Int {
        precondition(bound > 0, "the bound must be positive, not \(bound)")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// Fisher and Yates, from the last place down to the second, each exchanged with one of those up to itself.
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, through: 1, by: -1) {
            elements.swapAt(last, next(below: last + 1))
        }
    }

    /// The finaliser: a bijection of 64 bits ("variant 13" of Stafford).
    static func mix(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
