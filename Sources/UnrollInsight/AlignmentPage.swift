/// A page that shows what attention looked at: one heat map for each alignment, in a single HTML file without scripts or outside resources.
///
/// Each heat map is a table, target tokens down and source tokens across, so that it can be read by ear as well. The columns of a source
/// that is written from right to left run from right to left; every token is isolated from the direction of its neighbours.
/// The page follows the reader's light or dark colours, and the same alignments always give the same bytes.
public struct AlignmentPage: Sendable {
    /// The page's title.
    public var title: String
    /// A sentence under the title, such as the model and what it was given.
    public var subtitle: String?
    /// The alignments, in the order of the page.
    public var alignments: [Alignment]

    /// Makes a page.
    public init(title: String, subtitle: String? = nil, alignments: [Alignment]) {
        self.title = title
        self.subtitle = subtitle
        self.alignments = alignments
    }

    /// The page as HTML, in UTF-8.
    public var html: String {
        var body = "<input type=\"checkbox\" id=\"numbers\"><header>\n<h1 dir=\"auto\">\(Self.escaped(title))</h1>\n"
        if let subtitle { body += "<p dir=\"auto\">\(Self.escaped(subtitle))</p>\n" }
        body += Self.legend + "</header>\n<main>\n"
        if alignments.isEmpty { body += "<p>There is nothing to show: no sentence was given.</p>\n" }
        for (index, alignment) in alignments.enumerated() { body += Self.figure(alignment, number: index + 1) }
        return PageFrame.html(title: title, style: Self.style, body: body + "</main>\n")
    }

    static let legend = """
        <div class="legend">
        <div class="scale" role="img" aria-label="Colour scale of the attention weight, from 0 to 1">
        <span>0</span><i></i><span>1</span>
        </div>
        <p>Rows: the tokens that the model wrote. Columns: the source. The weights of a row sum to 1.</p>
        <label for="numbers">Show the numbers</label>
        </div>

        """

    // MARK: - One alignment

    static func figure(_ alignment: Alignment, number: Int) -> String {
        var figure = caption(alignment, number: number)
        if alignment.source.isEmpty || alignment.target.isEmpty {
            return figure + "<p>No weights: \(alignment.target.isEmpty ? "nothing was written" : "the source is empty").</p>\n</figure>\n"
        }
        let (direction, targetDirection) = (TokenDisplay.direction(of: alignment.source), TokenDisplay.direction(of: alignment.target))
        let isRightToLeft = direction == .rightToLeft
        let order = isRightToLeft ? TokenDisplay.orderFromTheRight(alignment.source) : Array(alignment.source.indices)
        let labels = alignment.source.map(TokenDisplay.init)
        let turned = labels.contains { DisplayWidth.columns(of: $0.text) > 2 }
        figure += "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Heat map \(number)\">\n"
        figure += "<table dir=\"\(isRightToLeft ? "rtl" : "ltr")\"\(turned ? " class=\"turned\"" : "")>\n<thead><tr><td></td>"
        for column in order {
            let token = alignment.source[column]
            figure += "<th scope=\"col\" title=\"\(escaped(token))\">\(element(token, in: direction, isTurned: turned))</th>"
        }
        figure += "</tr></thead>\n<tbody>\n"
        for (token, row) in zip(alignment.target, alignment.weights) {
            let label = TokenDisplay(token)
            figure += "<tr><th scope=\"row\" title=\"\(escaped(token))\">\(element(token, in: targetDirection))</th>"
            for column in order {
                figure += cell(row[column], source: labels[column], target: label)
            }
            figure += "</tr>\n"
        }
        return figure + "</tbody>\n</table>\n</div>\n</figure>\n"
    }

    /// A figure's beginning, up to its caption.
    static func caption(_ alignment: Alignment, number: Int) -> String {
        "<figure role=\"group\" aria-labelledby=\"caption\(number)\">\n<figcaption id=\"caption\(number)\">"
            + "<span class=\"number\">\(number)</span>" + sentence(alignment.sourceText, tokens: alignment.source, name: "source")
            + sentence(alignment.targetText, tokens: alignment.target, name: "target") + "</figcaption>\n"
    }

    private static func sentence(_ text: String?, tokens: [String], name: String) -> String {
        guard let text else {
            return "<span class=\"\(name)\">\(tokens.count) \(name) \(tokens.count == 1 ? "token" : "tokens")</span>"
        }
        return "<bdi class=\"\(name)\" dir=\"auto\">\(escaped(text))</bdi>"
    }

    static func cell(_ weight: Float, source: TokenDisplay, target: TokenDisplay) -> String {
        // Isolates keep a Persian and an English token in their order in the tip, which has no markup.
        let tip = "\u{2068}\(target.text)\u{2069} ← \u{2068}\(source.text)\u{2069}: "
        guard weight.isFinite else {
            return "<td class=\"broken\" title=\"\(escaped(tip))not a number\"><span>?</span></td>"
        }
        let step = ColourRamp.step(weight)
        let title = escaped(tip) + decimal(weight, places: 3)
        return "<td class=\"w\(step)\" title=\"\(title)\"><span>\(decimal(weight, places: 2))</span></td>"
    }

    /// A token as a label. One without letters has the direction of the sequence that it stands in: a bracket is mirrored there.
    private static func element(_ token: String, in sequence: TokenDisplay.Direction?, isTurned: Bool = false) -> String {
        let parts = TokenDisplay(token).parts.map { part in
            part.isMark ? "<i>\(escaped(part.text))</i>" : escaped(part.text)
        }
        let hasLetters = token.unicodeScalars.contains { TokenDisplay.direction(of: $0) != nil }
        let isRightToLeft = (hasLetters ? TokenDisplay.direction(of: [token]) : sequence) == .rightToLeft
        // Whole words are turned, so that the letters of Arabic script stay joined, each beginning at its column.
        let turn = TokenDisplay.isUpright(token) ? "upright" : isRightToLeft ? "down" : "up"
        let direction = hasLetters ? "auto" : isRightToLeft ? "rtl" : "ltr"
        return "<bdi dir=\"\(direction)\"\(isTurned ? " class=\"\(turn)\"" : "")>\(parts.joined())</bdi>"
    }

    // MARK: - Text

    /// Text as HTML shows it, in elements and in quoted attributes; what HTML cannot hold becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            // XML, and so SVG, has no place for these two.
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    /// A weight with a fixed number of decimals, whatever the locale.
    static func decimal(_ weight: Float, places: Int) -> String {
        let scale = places == 2 ? 100 : 1000
        let value = Int((Double(min(max(weight, -9), 9)) * Double(scale)).rounded())
        let fraction = String(value.magnitude % UInt(scale))
        let sign = value < 0 ? "−" : ""
        return "\(sign)\(value.magnitude / UInt(scale)).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
    }
}
