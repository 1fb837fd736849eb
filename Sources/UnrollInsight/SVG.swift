import Foundation

/// Elements of SVG, as all pictures write them.
enum SVG {
    /// About how wide a column of 13-pixel text is; on the generous side, since fonts differ.
    static let columnWidth = 7.4

    /// A line with a style.
    static func rule(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>\n"
    }

    /// A text on its baseline.
    static func text(_ text: String, _ x: Double, _ y: Double, anchor: String? = nil, style: String? = nil) -> String {
        let anchor = anchor.map { " text-anchor=\"\($0)\"" } ?? ""
        let style = style.map { " class=\"\($0)\"" } ?? ""
        return "<text x=\"\(number(x))\" y=\"\(number(y))\"\(anchor)\(style)>\(escaped(text))</text>\n"
    }

    /// A coordinate with at most one decimal.
    static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Text as XML shows it.
    static func escaped(_ text: String) -> String { AlignmentPage.escaped(text) }

    /// A text of at most so many columns; a longer one ends in an ellipsis.
    static func shortened(_ text: String, columns: Int) -> String {
        guard DisplayWidth.columns(of: text) > columns else { return text }
        var result = ""
        for character in text {
            if DisplayWidth.columns(of: result) + DisplayWidth.columns(of: String(character)) > columns - 1 { break }
            result.append(character)
        }
        return result + "…"
    }

    /// A text in lines of at most so many columns, broken at blanks; a word that is too long for a line stands alone.
    static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, DisplayWidth.columns(of: last) + 1 + DisplayWidth.columns(of: String(word)) <= columns {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
