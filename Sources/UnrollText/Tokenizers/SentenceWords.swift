/// The words of a sentence alone: small letters, without the punctuation around them.
///
/// `Where is Mary?` gives `where`, `is`, `mary`. What stands inside a word stays: `o'clock`, `apple,milk`.
public enum SentenceWords {
    /// The words between white space, from their first letter or digit to their last, in small letters. A word without any is left out.
    public static func words(in text: String) -> [String] {
        WhitespaceTokenizer().tokens(in: text).compactMap { token in
            let scalars = token.unicodeScalars
            guard let first = scalars.firstIndex(where: isPart), let last = scalars.lastIndex(where: isPart) else { return nil }
            return String(scalars[first...last]).lowercased()
        }
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}
