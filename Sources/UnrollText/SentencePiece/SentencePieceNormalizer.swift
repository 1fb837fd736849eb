/// What a SentencePiece model does to text before it looks for pieces: characters are replaced by a table, blanks are marked `▁`.
struct SentencePieceNormalizer: Sendable {
    /// Whether a blank is put before the text, so that its first word is a word like any other.
    var addsDummyPrefix = true
    /// Whether blanks at both ends go, and runs of blanks become one.
    var removesExtraWhitespace = true
    /// Whether a blank is written `▁`.
    var escapesWhitespace = true
    /// Whether the blank that `addsDummyPrefix` asks for comes at the text's end.
    var marksWordEnds = false
    /// What is replaced.
    var map: CharacterMap?
    /// What the table leaves alone: the model's user-defined symbols.
    var literals: PieceTrie?

    /// `▁` (U+2581), as bytes.
    static let mark: [UInt8] = [0xe2, 0x96, 0x81]
    private static let blank = UInt8(ascii: " ")

    /// The bytes that are searched for pieces.
    func normalized(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var place = 0
        if removesExtraWhitespace {
            while place < text.count {
                let prefix = prefix(of: text, from: place)
                guard prefix.count == 1, byte(0, of: prefix, text) == Self.blank else { break }
                place = prefix.end
            }
        }
        if place == text.count { return [] }
        let space = escapesWhitespace ? Self.mark : [Self.blank]
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 2 + space.count)
        if addsDummyPrefix && !marksWordEnds { result += space }
        var isAfterBlank = removesExtraWhitespace
        while place < text.count {
            let prefix = prefix(of: text, from: place)
            var index = 0
            if isAfterBlank { while index < prefix.count, byte(index, of: prefix, text) == Self.blank { index += 1 } }
            if index < prefix.count {
                while index < prefix.count {
                    let byte = byte(index, of: prefix, text)
                    if byte == Self.blank { result += space } else { result.append(byte) }
                    index += 1
                }
                isAfterBlank = removesExtraWhitespace && byte(prefix.count - 1, of: prefix, text) == Self.blank
            }
            place = prefix.end
        }
        if removesExtraWhitespace { while result.suffix(space.count).elementsEqual(space) { result.removeLast(space.count) } }
        if addsDummyPrefix && marksWordEnds { result += space }
        return result
    }

    /// The next few bytes of the result, and where in the text they end.
    private struct Prefix {
        /// Where they stand: in the text itself, or among the replacements.
        let start: Int
        let count: Int
        let isReplacement: Bool
        let end: Int
    }

    @inline(__always)
    private func prefix(of text: UnsafeBufferPointer<UInt8>, from place: Int) -> Prefix {
        if let end = literals?.longestMatch(in: text, from: place) {
            return Prefix(start: place, count: end - place, isReplacement: false, end: end)
        }
        if let match = map?.longestMatch(in: text, from: place) {
            return Prefix(start: match.replacement.lowerBound, count: match.replacement.count, isReplacement: true, end: match.end)
        }
        let count = min(text[place].scalarLength, text.count - place)
        return Prefix(start: place, count: count, isReplacement: false, end: place + count)
    }

    @inline(__always)
    private func byte(_ index: Int, of prefix: Prefix, _ text: UnsafeBufferPointer<UInt8>) -> UInt8 {
        prefix.isReplacement ? map!.replacements[prefix.start + index] : text[prefix.start + index]
    }
}

extension UInt8 {
    /// How many bytes of UTF-8 the scalar has that begins with this byte; 1 for a byte that begins none.
    @inline(__always)
    var scalarLength: Int { self < 0xc0 ? 1 : self < 0xe0 ? 2 : self < 0xf0 ? 3 : 4 }
}
