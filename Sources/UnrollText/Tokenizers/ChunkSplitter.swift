/// Splits text into the chunks inside which byte pairs are joined, and puts spelt text together again.
enum ChunkSplitter {
    /// Stands for a blank, at the head of the chunk that follows it.
    static let mark: Unicode.Scalar = "\u{2581}"

    /// Calls `body` with the scalars of each chunk, marks and spellings in place.
    static func forEachChunk(of text: String, _ body: (ArraySlice<Unicode.Scalar>) -> Void) {
        if text.utf8.isEmpty { return }
        // The text behind its first mark, blanks turned into marks; so a mark that starts a chunk is part of the same array.
        var scalars: [Unicode.Scalar] = [mark]
        scalars.reserveCapacity(text.utf8.count + 1)
        for scalar in text.unicodeScalars {
            if scalar == " " {
                scalars.append(mark)
            } else if scalar == mark || scalar == ScalarEscape.introducer {
                scalars.append(contentsOf: ScalarEscape.spelling(of: scalar))
            } else {
                scalars.append(scalar)
            }
        }
        var start = 0
        while start < scalars.count {
            var end = start + 1
            if scalars[start] != mark || (end < scalars.count && scalars[end] != mark) {
                let first = scalars[start] == mark ? start + 1 : start
                let scalarClass = ScalarClass(scalars[first])
                end = first + 1
                while end < scalars.count && scalars[end] != mark && ScalarClass(scalars[end]) == scalarClass { end += 1 }
            }
            body(scalars[start..<end])
            start = end
        }
    }

    /// The text of chunks that stand one after the other.
    static func text(spelt: String.UnicodeScalarView) -> String {
        var text = String.UnicodeScalarView()
        var index = spelt.startIndex
        if spelt.first == mark { spelt.formIndex(after: &index) }
        while index < spelt.endIndex {
            let scalar = spelt[index]
            if scalar == ScalarEscape.introducer, let end = spelt.index(index, offsetBy: 5, limitedBy: spelt.endIndex),
                let literal = ScalarEscape.scalar(spelt: spelt[index..<end]), literal == mark || literal == ScalarEscape.introducer
            {
                text.append(literal)
                index = end
            } else {
                text.append(scalar == mark ? " " : scalar)
                spelt.formIndex(after: &index)
            }
        }
        return String(text)
    }
}
