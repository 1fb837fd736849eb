/// A SentencePiece model's table of normalisation: what stands in place of a sequence of characters.
///
/// The file has it as the length of a trie, the trie, and the replacements, each ended by NUL. The trie is a double array (Aoe 1989) in the layout of the
/// darts-clone library: from unit u the byte b leads to unit u ⊕ offset(u) ⊕ b, if that unit's label is b; a unit that ends a sequence has its value at
/// u ⊕ offset(u), which is the place of the replacement.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    /// The replacements one after the other, each ended by NUL.
    let replacements: [UInt8]

    /// The table that some bytes of a file hold, or nil where they hold none: each step that `longestMatch` could take is checked here.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count > 4 else { return nil }
        let words = { (place: Int) in (0..<4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[place + $1]) } }
        let size = Int(words(bytes.startIndex))
        // The double array is made of blocks of 256 units, so that a step by a byte stays inside the block that its offset points into.
        guard size >= 1024, size % 1024 == 0, size < bytes.count - 4, bytes.last == 0 else { return nil }
        let start = bytes.startIndex + 4
        units = stride(from: start, to: start + size, by: 4).map(words)
        replacements = Array(bytes[(start + size)...])
        guard Unit(units[0]).label == 0, !Unit(units[0]).hasValue, Unit(units[0]).offset != 0 else { return nil }
        for (place, bits) in units.enumerated() {
            let unit = Unit(bits)
            if unit.isValue {
                guard unit.value < replacements.count else { return nil }
            } else {
                let next = place ^ unit.offset
                guard next | 0xff < units.count, !unit.hasValue || Unit(units[next]).isValue else { return nil }
            }
        }
    }

    /// A unit of the double array.
    private struct Unit {
        let bits: UInt32
        init(_ bits: UInt32) { self.bits = bits }

        var isValue: Bool { bits >> 31 == 1 }
        var value: Int { Int(bits & 0x7fff_ffff) }
        var hasValue: Bool { bits >> 8 & 1 == 1 }
        /// The byte that leads here; more than a byte for a value.
        var label: UInt32 { bits & 0x8000_00ff }
        var offset: Int { Int((bits >> 10) << ((bits & 0x200) >> 6)) }
    }

    /// The longest sequence of the table that begins at a place of a text, as the place behind it and that of its replacement.
    @inline(__always)
    func longestMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> (end: Int, replacement: Range<Int>)? {
        var best: (end: Int, value: Int)?
        var place = Unit(units[0]).offset
        var index = start
        while index < text.count {
            place ^= Int(text[index])
            let unit = Unit(units[place])
            guard unit.label == UInt32(text[index]) else { break }
            index += 1
            place ^= unit.offset
            if unit.hasValue { best = (index, Unit(units[place]).value) }
        }
        guard let best else { return nil }
        var end = best.value
        while replacements[end] != 0 { end += 1 }
        return (best.end, best.value..<end)
    }
}
