/// Leaves statements out of correct programs, which stay correct: so a program that is learnt from more than once is another one each time.
enum ProgramShortening {
    /// The program without some of its lines that are one whole statement each.
    ///
    /// - Parameters:
    ///   - program: as it was written, or as tokens.
    ///   - share: the probability that such a line is left out.
    static func shortened(_ program: String, share: Double, _ generator: inout SplitMix64) -> String {
        guard share > 0 else { return program }
        // White space at the ends of a line is no part of a statement, but of the program.
        let lines = program.split(separator: "\n", omittingEmptySubsequences: false)
        var kept: [Substring] = []
        var before: Substring = ""
        for line in lines {
            let text = line.trimmed
            let mayGo = isStatement(text) && (before.last.map { ";{}".contains($0) } ?? false)
            if !text.isEmpty { before = text }
            if mayGo, Double(generator.next() >> 11) * 0x1p-53 < share { continue }
            kept.append(line)
        }
        return kept.joined(separator: "\n")
    }

    /// Whether a line is an assignment or a call and nothing else.
    private static func isStatement(_ line: Substring) -> Bool {
        let word = line.prefix { $0 == "_" || $0 == "." || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
        // What begins with a keyword declares something, or other lines hang on it.
        guard line.last == ";", let first = word.first, !first.isNumber, !RepairedProgram.keywords.contains(String(word)) else {
            return false
        }
        guard let next = line[word.endIndex...].trimmed.first, "=([+-".contains(next) else { return false }
        func count(_ sign: Character) -> Int { line.count { $0 == sign } }
        return !line.contains { "{}#:".contains($0) } && !line.contains("/*") && !line.contains("*/") && count("(") == count(")")
            && count("[") == count("]") && count("\"").isMultiple(of: 2) && count("'").isMultiple(of: 2)
    }
}

extension Substring {
    /// The text without white space at its ends.
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return self[first...last]
    }
}
