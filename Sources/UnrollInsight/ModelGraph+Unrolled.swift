extension ModelGraph {
    /// One walk over the steps of a sequence: the same boxes once for each step, joined by the state. Where there are many more steps
    /// than `most`, those in the middle are left out.
    ///
    /// - Parameters:
    ///   - place: which walk.
    ///   - tokens: what stands at each step.
    ///   - outputs: what is said at each step, or once; nothing where empty.
    ///   - most: the steps drawn where some are left out.
    public func unrolledSVG(walk place: Int, tokens: [String], outputs: [String], most: Int = 10) -> String {
        let title =
            walks[place].name.isEmpty ? "Unrolled" : "\(walks[place].name.prefix(1).uppercased())\(walks[place].name.dropFirst()), unrolled"
        return UnrolledWalk(walks[place], title: title, tokens: tokens, outputs: outputs, most: max(2, most)).svg
    }
}

/// A walk unrolled: a column for each step that is shown, with a gap where steps were left out.
private struct UnrolledWalk {
    private static let (column, boxWidth, boxHeight, row) = (88.0, 64.0, 30.0, 66.0)
    private static let (edge, start, top) = (20.0, 56.0, 64.0)

    private let walk: ModelGraph.Walk
    private let title: String
    private let tokens: [String]
    private let outputs: [String]
    /// The steps that are shown, and nil for a gap.
    private let columns: [Int?]
    private let isRightToLeft: Bool

    init(_ walk: ModelGraph.Walk, title: String, tokens: [String], outputs: [String], most: Int) {
        self.walk = walk
        self.title = title
        self.tokens = tokens
        self.outputs = outputs
        isRightToLeft = TokenDisplay.direction(of: tokens) == .rightToLeft
        var columns: [Int?] = Array(tokens.indices)
        // One step alone is not left out: the gap would take its place.
        if tokens.count > most + 1 { columns.replaceSubrange((most + 1) / 2..<tokens.count - most / 2, with: [nil]) }
        self.columns = columns
    }

    private var width: Double { 2 * Self.edge + 2 * Self.start + Self.column * Double(max(1, columns.count)) }
    private var saysAtEnd: Bool { walk.pooling != nil && walk.decoder != nil }
    private var rows: Int {
        (walk.encoder == nil ? 0 : 1) + walk.layers.count + (walk.pooling == nil ? 0 : 1) + (walk.decoder == nil ? 0 : 1)
    }
    private var height: Double { Self.top + Self.row * Double(rows) + 78 }

    private func x(_ place: Int) -> Double {
        let x = Self.edge + Self.start + (Double(place) + 0.5) * Self.column
        return isRightToLeft ? width - x : x
    }
    private var forwards: Double { isRightToLeft ? -1 : 1 }
    /// The middle of a row of boxes, counted from below.
    private func y(_ row: Int) -> Double { height - 62 - (Double(row) + 0.5) * Self.row }

    var svg: String {
        var content = SVG.text(title, Self.edge, 32, style: "title")
        let weights = walk.sharesWeights ? "the same weights w at every step" : "weights w of its own at every step"
        let note = weights + (columns.contains(nil) ? "; \(tokens.count) steps in all" : "")
        content += SVG.text(note, Self.edge, 52, style: "faint")
        let firstLayer = walk.encoder == nil ? 0 : 1
        let lastLayer = firstLayer + walk.layers.count - 1
        for (place, step) in columns.enumerated() {
            guard let step else {
                for layer in walk.layers.indices {
                    content += SVG.text("…", x(place), y(firstLayer + layer) + 4.5, anchor: "middle", style: "faint")
                }
                continue
            }
            content += SVG.text(label(tokens[step]), x(place), height - 40, anchor: "middle")
            content += SVG.text("x(\(step))", x(place), height - 22, anchor: "middle", style: "faint")
            content += GraphElements.arrow([(x(place), height - 55), (x(place), y(0) + Self.boxHeight / 2)])
            if walk.encoder != nil { content += box(.encoder, place, 0, "Enc") + upward(place, from: 0) }
            for layer in walk.layers.indices {
                content += box(.cell, place, firstLayer + layer, walk.layers.count == 1 ? "g" : "g \(layer + 1)")
                if layer < walk.layers.count - 1 { content += upward(place, from: firstLayer + layer) }
            }
            content += top(place, step, lastLayer)
        }
        for layer in walk.layers.indices { content += states(firstLayer + layer) }
        if saysAtEnd { content += atEnd(lastLayer + 1) }
        return GraphElements.picture(
            title: title, summary: "\(tokens.count) steps, each with the same boxes; the state goes from each to the next.", width: width,
            height: height, content)
    }

    private func label(_ token: String) -> String { SVG.shortened(TokenDisplay(token).text, columns: 11) }

    private func box(_ role: GraphElements.Role, _ place: Int, _ row: Int, _ text: String) -> String {
        GraphElements.box(role, x(place), y(row), Self.boxWidth, Self.boxHeight, [text])
    }

    private func upward(_ place: Int, from row: Int) -> String {
        GraphElements.arrow([(x(place), y(row) - Self.boxHeight / 2), (x(place), y(row + 1) + Self.boxHeight / 2)])
    }

    /// What stands above a step's last layer.
    private func top(_ place: Int, _ step: Int, _ lastLayer: Int) -> String {
        if walk.pooling != nil { return upward(place, from: lastLayer) }
        guard walk.decoder != nil else { return "" }
        let said = outputs.indices.contains(step) ? label(outputs[step]) : "y(\(step))"
        return upward(place, from: lastLayer) + box(.decoder, place, lastLayer + 1, "Dec")
            + GraphElements.arrow([
                (x(place), y(lastLayer + 1) - Self.boxHeight / 2), (x(place), y(lastLayer + 1) - Self.boxHeight / 2 - 16),
            ])
            + SVG.text(said, x(place), y(lastLayer + 1) - Self.boxHeight / 2 - 22, anchor: "middle")
    }

    /// The state's way through a layer, in one direction or both.
    private func states(_ row: Int) -> String {
        guard !columns.isEmpty else { return "" }
        let half = forwards * Self.boxWidth / 2
        let lane = walk.isBidirectional ? 7.0 : 0
        var result = ""
        let (first, last) = (x(0) - half, x(columns.count - 1) + half)
        result += GraphElements.arrow([(first - forwards * 28, y(row) - lane), (first, y(row) - lane)])
        result += SVG.text(
            "z(−1)", first - forwards * 32, y(row) - lane + (walk.isBidirectional ? 0 : 4.5), anchor: isRightToLeft ? "start" : "end",
            style: "faint")
        if walk.isBidirectional {
            result += GraphElements.arrow([(last + forwards * 28, y(row) + lane), (last, y(row) + lane)])
            result += SVG.text("z(−1)", last + forwards * 32, y(row) + lane + 4.5, anchor: isRightToLeft ? "end" : "start", style: "faint")
        }
        for place in columns.indices.dropLast() {
            let from = x(place) + half * (columns[place] == nil ? 0.35 : 1)
            let to = x(place + 1) - half * (columns[place + 1] == nil ? 0.35 : 1)
            result += GraphElements.arrow([(from, y(row) - lane), (to, y(row) - lane)])
            if walk.isBidirectional { result += GraphElements.arrow([(to, y(row) + lane), (from, y(row) + lane)]) }
        }
        return result
    }

    /// One vector of all steps, and what is said of it.
    private func atEnd(_ row: Int) -> String {
        guard let pooling = walk.pooling, !columns.isEmpty else { return "" }
        let middle = (x(0) + x(columns.count - 1)) / 2
        let span = abs(x(columns.count - 1) - x(0)) + Self.boxWidth
        let wide = max(span, Double(DisplayWidth.columns(of: pooling)) * SVG.columnWidth + 20)
        let said = outputs.first.map { SVG.shortened(TokenDisplay($0).text, columns: 40) } ?? "y"
        return GraphElements.box(.pooling, middle, y(row), wide, Self.boxHeight, [pooling])
            + GraphElements.arrow([(middle, y(row) - Self.boxHeight / 2), (middle, y(row + 1) + Self.boxHeight / 2)])
            + GraphElements.box(.decoder, middle, y(row + 1), Self.boxWidth, Self.boxHeight, ["Dec"])
            + GraphElements.arrow([(middle, y(row + 1) - Self.boxHeight / 2), (middle, y(row + 1) - Self.boxHeight / 2 - 16)])
            + SVG.text(said, middle, y(row + 1) - Self.boxHeight / 2 - 22, anchor: "middle")
    }
}
