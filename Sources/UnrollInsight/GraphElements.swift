/// What drawings of a model's graph are made of.
enum GraphElements {
    /// Rules beside those of charts, whose colours boxes take.
    static let style = """
        \(LineChart.style).model-graph .tip { fill: #63606b; }
        .model-graph .line { stroke-width: 1.75; }
        .model-graph .thin { stroke: #63606b; stroke-width: 1.25; fill: none; }
        .model-graph .far { stroke: #63606b; stroke-width: 1.25; fill: none; stroke-dasharray: 5 4; }
        @media (prefers-color-scheme: dark) {
        .model-graph .tip { fill: #a9a6b3; }
        .model-graph .thin, .model-graph .far { stroke: #a9a6b3; }
        }

        """

    /// What a box stands for; each has a colour of its own.
    enum Role: Int {
        case cell = 0, decoder = 1, encoder = 2, pooling = 3, delay = 4
    }

    /// A picture of a size around what is drawn in it.
    static func picture(title: String, summary: String, width: Double, height: Double, _ content: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="line-chart model-graph" role="img" viewBox="0 0 \(SVG.number(width)) \
        \(SVG.number(height))" width="\(SVG.number(width))" height="\(SVG.number(height))">
        <title>\(SVG.escaped(title))</title>
        <desc>\(SVG.escaped(summary))</desc>
        <style>
        \(style)</style>
        <rect class="paper" width="100%" height="100%" rx="10"/>
        \(content)</svg>

        """
    }

    /// A box around a place, with a line of text, or two.
    static func box(_ role: Role, _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ lines: [String]) -> String {
        var result = """
            <g class="s\(role.rawValue)"><rect class="line" x="\(SVG.number(x - width / 2))" y="\(SVG.number(y - height / 2))" \
            width="\(SVG.number(width))" height="\(SVG.number(height))" rx="7"/></g>

            """
        for (place, line) in lines.enumerated() {
            let baseline = y + 4.5 + (Double(place) - Double(lines.count - 1) / 2) * 17
            result += SVG.text(line, x, baseline, anchor: "middle", style: place == 0 ? nil : "faint")
        }
        return result
    }

    /// Lines from place to place with a tip at the end.
    static func arrow(_ places: [(x: Double, y: Double)], isFar: Bool = false) -> String {
        let path = places.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(SVG.number($0.element.x)) \(SVG.number($0.element.y))" }
        let (end, before) = (places[places.count - 1], places[places.count - 2])
        let (dx, dy) = (end.x - before.x, end.y - before.y)
        let length = max(1e-9, (dx * dx + dy * dy).squareRoot())
        let (ux, uy) = (dx / length, dy / length)
        let corners = [
            (end.x, end.y), (end.x - 7 * ux - 4 * uy, end.y - 7 * uy + 4 * ux), (end.x - 7 * ux + 4 * uy, end.y - 7 * uy - 4 * ux),
        ]
        let points = corners.map { "\(SVG.number($0.0)),\(SVG.number($0.1))" }.joined(separator: " ")
        return
            "<path class=\"\(isFar ? "far" : "thin")\" d=\"\(path.joined(separator: " "))\"/>\n<polygon class=\"tip\" points=\"\(points)\"/>\n"
    }
}
