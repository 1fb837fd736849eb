extension Alignment {
    /// The alignment for a terminal: a row for each target token, a column as wide as its word for each source token, and in the
    /// cells a shade: nothing below 0.05, then ░ to 0.25, ▒ to 0.5, ▓ to 0.75 and █ above.
    ///
    /// A source too long for the width goes on in further blocks. In lines with right-to-left text every token is isolated, so that columns
    /// keep their order from left to right.
    ///
    /// - Parameter width: The columns of the terminal; a block has at least one source token however narrow it is.
    /// - Returns: Lines, each ending in a line feed.
    public func terminalText(width: Int = 100) -> String {
        guard !source.isEmpty, !target.isEmpty else { return source.isEmpty ? "(the source is empty)\n" : "(nothing was written)\n" }
        let columns = source.map { TokenDisplay($0).text }
        let rows = target.map { TokenDisplay($0).text }
        let margin = rows.map(DisplayWidth.columns(of:)).max() ?? 0
        var blocks: [String] = []
        var start = 0
        while start < columns.count {
            var end = start
            var used = margin
            while end < columns.count {
                let next = used + 1 + max(1, DisplayWidth.columns(of: columns[end]))
                if end > start, next > width { break }
                used = next
                end += 1
            }
            blocks.append(block(start..<end, columns: columns, rows: rows, margin: margin))
            start = end
        }
        return blocks.joined(separator: "\n")
    }

    private func block(_ range: Range<Int>, columns: [String], rows: [String], margin: Int) -> String {
        let widths = range.map { max(1, DisplayWidth.columns(of: columns[$0])) }
        var lines = [String(repeating: " ", count: margin)]
        for index in range { lines[0] += " " + Self.isolated(columns[index]) }
        for (row, weights) in zip(rows, weights) {
            var line = String(repeating: " ", count: margin - DisplayWidth.columns(of: row)) + Self.isolated(row)
            for (index, width) in zip(range, widths) {
                line += " " + String(repeating: Self.shade(weights[index]), count: width)
            }
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func isolated(_ token: String) -> String {
        TokenDisplay.direction(of: [token]) == .rightToLeft ? "\u{2068}\(token)\u{2069}" : token
    }

    private static func shade(_ weight: Float) -> Character {
        switch weight {
        case ..<0.05: " "
        case ..<0.25: "░"
        case ..<0.5: "▒"
        case ..<0.75: "▓"
        case 0.75...: "█"
        default: "?"
        }
    }
}
