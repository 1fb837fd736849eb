/// How tokens spell scalars that would be taken for a part of the notation: `％` (U+FF05) and the scalar's value in hexadecimal digits.
///
/// The fullwidth percent sign is one of them itself, so that a spelling and the same characters in a text are never confused.
enum ScalarEscape {
    static let introducer: Unicode.Scalar = "\u{FF05}"

    /// Whether the word tokenizer spells this scalar out.
    static func isNeeded(_ scalar: Unicode.Scalar) -> Bool {
        scalar == introducer || scalar == WordTokenizer.mark || ScalarClass(scalar) == .invisible
    }

    static func spelling(of scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        var spelling = String.UnicodeScalarView()
        spelling.append(introducer)
        spelling.append(contentsOf: String(repeating: "0", count: max(0, 4 - digits.count)).unicodeScalars)
        spelling.append(contentsOf: digits.unicodeScalars)
        return spelling
    }

    /// The scalar that `content` spells as a whole, or nil where it is no spelling.
    static func scalar(spelt content: Substring.UnicodeScalarView) -> Unicode.Scalar? {
        guard content.first == introducer, content.count >= 5 else { return nil }
        return UInt32(String(content.dropFirst()), radix: 16).flatMap(Unicode.Scalar.init)
    }
}
