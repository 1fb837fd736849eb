/// How a token is shown so that every token can be seen and told from its neighbours.
struct TokenDisplay: Equatable {
    enum Direction {
        case leftToRight, rightToLeft
    }

    /// The token's visible form in its parts, in order: text, and marks that stand for what cannot be seen or are not part of the word.
    private(set) var parts: [Part] = []

    struct Part: Equatable {
        var text: String
        /// A mark is shown fainter than text.
        var isMark: Bool
    }

    /// The longest form shown; a longer token is cut in its middle.
    static let lengthLimit = 24

    /// What `WordTokenizer` writes on the side of a symbol where no blank belongs.
    static let joint = "\u{FFED}"
    /// Prefixes and suffixes with which tokenisers mark the pieces of a word.
    private static let prefixes = ["▁", "Ġ", "##", joint]
    private static let suffixes = ["@@", "</w>", joint]

    init(_ token: String) {
        guard !token.isEmpty else {
            parts = [Part(text: "∅", isMark: true)]
            return
        }
        if token.count > 2, token.hasPrefix("<"), token.hasSuffix(">") {
            append(token[...], isMark: true)
            return
        }
        var middle = token[...]
        if let prefix = Self.prefixes.first(where: { middle.hasPrefix($0) }) {
            append(middle.prefix(prefix.count), isMark: true)
            middle = middle.dropFirst(prefix.count)
        }
        let suffix = Self.suffixes.first { middle.count > $0.count && middle.hasSuffix($0) }
        if let suffix { middle = middle.dropLast(suffix.count) }
        if middle.count > Self.lengthLimit {
            append(middle.prefix(Self.lengthLimit / 2), isMark: false)
            append("…", isMark: true)
            middle = middle.suffix(Self.lengthLimit / 2 - 1)
        }
        append(middle, isMark: false)
        if let suffix { append(suffix[...], isMark: true) }
    }

    /// The visible form as one string.
    var text: String { parts.map(\.text).joined() }

    private mutating func append(_ text: Substring, isMark: Bool) {
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if let visible = Self.visibleForm(scalar, isFirst: index == 0) {
                add(visible, isMark: true)
            } else if index == 0, Self.isCombining(scalar) {
                // A combining mark alone needs something to stand on.
                add("◌" + String(scalar), isMark: isMark)
            } else {
                add(String(scalar), isMark: isMark)
            }
        }
    }

    private mutating func add(_ text: String, isMark: Bool) {
        if let last = parts.last, last.isMark == isMark {
            parts[parts.count - 1].text += text
        } else {
            parts.append(Part(text: text, isMark: isMark))
        }
    }

    /// What stands for a scalar that cannot be seen, or none for one that can.
    private static func visibleForm(_ scalar: Unicode.Scalar, isFirst: Bool) -> String? {
        switch scalar.value {
        case 0x20: return "␣"
        case 0x09: return "⇥"
        case 0x0A, 0x0D, 0x2028, 0x2029: return "⏎"
        case 0x200C: return isFirst ? "ZWNJ" : nil
        case 0x200D, 0xFE0F: return isFirst ? "ZWJ" : nil
        default: break
        }
        switch scalar.properties.generalCategory {
        case .spaceSeparator: return "⍽"
        case .control, .format, .privateUse, .unassigned, .surrogate:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        default: return nil
        }
    }

    static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: return true
        default: return false
        }
    }
}
