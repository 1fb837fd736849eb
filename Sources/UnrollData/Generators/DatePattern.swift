/// A Unicode date pattern (UTS 35), such as `d. MMMM yy`, as far as the generator needs to understand it.
struct DatePattern: Equatable {
    /// The pattern with every year written in full.
    let text: String
    /// Whether a date in it is digits, white space and punctuation and nothing else: then only the locale tells day from month.
    let isNumeric: Bool

    /// Letters outside quotation marks are fields; all else stands for itself.
    init(_ pattern: String) {
        var text = ""
        var hasWords = false
        var isQuoted = false
        var field: (letter: Unicode.Scalar, length: Int)?

        func endField() {
            guard let (letter, length) = field else { return }
            text += letter == "y" && length == 2 ? "y" : String(repeating: Character(letter), count: length)
            hasWords = hasWords || !Self.isNumeric(letter, length: length)
            field = nil
        }

        for scalar in pattern.unicodeScalars {
            if !isQuoted, scalar.isASCII, scalar.properties.isAlphabetic {
                if let (letter, length) = field, letter == scalar {
                    field = (letter, length + 1)
                } else {
                    endField()
                    field = (scalar, 1)
                }
                continue
            }
            endField()
            if scalar == "'" { isQuoted.toggle() }
            hasWords = hasWords || scalar.properties.isAlphabetic
            text.unicodeScalars.append(scalar)
        }
        endField()
        self.text = text
        isNumeric = !hasWords
    }

    private static func isNumeric(_ letter: Unicode.Scalar, length: Int) -> Bool {
        switch letter {
        case "y", "d": true
        case "M", "L": length <= 2
        default: false
        }
    }
}
