/// Words, numbers, and each punctuation mark or symbol by itself.
///
/// A token stands one blank apart from its neighbour unless one of them says otherwise: the mark `￭` (U+FFED) on the side of a symbol means
/// that no blank belongs there. `He said: "No, (1,000 times) no!"` becomes
/// `He said ￭: "￭ No ￭, (￭ 1,000 times ￭) no ￭! ￭"`. Words never carry a mark, so that they are the same token beside a blank, a bracket or a
/// comma, and what a model produces reads as it should.
///
/// An apostrophe between letters and a point, comma or colon between digits stay inside (`don't`, `3.14`, `12:30`); a hyphen splits. A blank
/// too many, any other white space, control and direction marks, and the two characters that the notation itself uses are tokens of their own,
/// spelt `％` (U+FF05) and at least four hexadecimal digits: a tab is `％0009`. Scripts that put no blanks between words want another tokenizer.
public struct WordTokenizer: Tokenizer, Codable, Equatable {
    /// A word tokenizer; there is nothing to choose.
    public init() {}

    /// The words, numbers and symbols of `text`, with their marks.
    public func tokens(in text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [String] = []
        var afterBlank = false
        var afterSymbol = false
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == " " && !afterBlank && !tokens.isEmpty && index + 1 < scalars.count {
                afterBlank = true
                index += 1
                continue
            }
            let end = Self.endOfWord(scalars, from: index)
            if end > index {
                if afterSymbol && !afterBlank { tokens[tokens.count - 1].unicodeScalars.append(Self.mark) }
                var word = String.UnicodeScalarView()
                word.append(contentsOf: scalars[index..<end])
                tokens.append(String(word))
                index = end
                afterSymbol = false
            } else {
                var symbol = String.UnicodeScalarView()
                if !tokens.isEmpty && !afterBlank { symbol.append(Self.mark) }
                symbol.append(contentsOf: ScalarEscape.isNeeded(scalar) ? ScalarEscape.spelling(of: scalar) : String(scalar).unicodeScalars)
                tokens.append(String(symbol))
                index += 1
                afterSymbol = true
            }
            afterBlank = false
        }
        return tokens
    }

    /// The tokens with one blank between them, or none where a mark says so.
    public func text(from tokens: [String]) -> String {
        var text = String.UnicodeScalarView()
        var isJoined = true
        for token in tokens {
            var content = token.unicodeScalars[...]
            if content.first == Self.mark {
                isJoined = true
                content.removeFirst()
            }
            if !isJoined { text.append(" ") }
            isJoined = content.last == Self.mark
            if isJoined { content.removeLast() }
            if let scalar = ScalarEscape.scalar(spelt: content) { text.append(scalar) } else { text.append(contentsOf: content) }
        }
        return String(text)
    }

    static let mark: Unicode.Scalar = "\u{FFED}"

    /// Where the word that starts at `start` ends, or `start` itself where none does.
    private static func endOfWord(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
        var index = start
        var last = ScalarClass.invisible
        while index < scalars.count {
            let current = ScalarClass(scalars[index])
            switch current {
            case .letter, .digit: last = current
            case .symbol:
                guard index > start, index + 1 < scalars.count, isInner(scalars[index], between: last, and: scalars[index + 1]) else {
                    return index
                }
            case .invisible: return index
            }
            index += 1
        }
        return index
    }

    private static func isInner(_ scalar: Unicode.Scalar, between last: ScalarClass, and next: Unicode.Scalar) -> Bool {
        switch scalar {
        case "'", "\u{2019}": last == .letter && ScalarClass(next) == .letter
        case ".", ",", ":": last == .digit && ScalarClass(next) == .digit
        default: false
        }
    }
}
