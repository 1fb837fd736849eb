/// What a scalar is to a tokenizer that splits text where the class changes.
enum ScalarClass {
    /// Letters, combining marks, letter-like numbers, the two joiners that stand inside words, private use and unassigned.
    case letter
    /// Decimal digits of any script.
    case digit
    /// Punctuation and symbols, emoji among them.
    case symbol
    /// What has no ink: blanks of any kind, line ends, control and format characters such as direction marks.
    case invisible

    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            switch UInt8(ascii: scalar) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): self = .letter
            case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
            case 0x21...0x7e: self = .symbol
            default: self = .invisible
            }
            return
        }
        switch scalar.properties.generalCategory {
        case .decimalNumber: self = .digit
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            self = .symbol
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control: self = .invisible
        case .format:
            // Persian and the scripts of India write these two inside words.
            self = scalar == "\u{200C}" || scalar == "\u{200D}" ? .letter : .invisible
        default: self = .letter
        }
    }
}
