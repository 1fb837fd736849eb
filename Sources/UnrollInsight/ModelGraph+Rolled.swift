extension ModelGraph {
    /// The graph with its loops: every state goes through a delay of one step back into the function that made it.
    public var rolledSVG: String {
        let drawings = walks.map(RolledWalk.init)
        let height = drawings.map(\.height).max() ?? 0
        var (content, x) = ("", 0.0)
        var centres: [Double] = []
        for drawing in drawings {
            content += drawing.content(x: x, bottom: height)
            centres.append(x + drawing.centre)
            x += drawing.width
        }
        if let attention, drawings.count == 2 {
            let (from, to) = (height - drawings[0].topOfLayers, height - (attentionFeedsCell ? drawings[1].topLayer : drawings[1].topBox))
            let start = centres[0] + 12
            let turn = centres[1] - RolledWalk.boxWidth / 2 - 34
            content += GraphElements.arrow(
                [(start, from - 20), (turn, from - 20), (turn, to), (centres[1] - RolledWalk.boxWidth / 2, to)], isFar: true)
            content += SVG.text(attention, (start + turn) / 2 + 20, from - 28, anchor: "middle", style: "faint")
        }
        return GraphElements.picture(title: "The model, rolled", summary: summary, width: x, height: height, content)
    }

    /// The graph in words.
    var summary: String {
        walks.map { walk in
            let parts =
                [walk.input, walk.encoder].compactMap { $0 } + walk.layers + [walk.pooling, walk.decoder, walk.output].compactMap { $0 }
            let name = walk.name.isEmpty ? "" : "\(walk.name): "
            return "\(name)\(parts.joined(separator: ", then ")). Before the first step the state is \(walk.first)."
        }.joined(separator: " ") + (attention.map { " The \(walks.last?.name ?? "") reads by \($0)." } ?? "")
    }
}

/// One walk as a stack of boxes, from the input at the bottom to the output at the top; heights are counted from the bottom.
private struct RolledWalk {
    static let boxWidth = 224.0
    private static let (boxHeight, gap, edge) = (44.0, 44.0, 24.0)
    private static let delayWidth = 60.0

    let walk: ModelGraph.Walk
    private let note: [String]

    init(_ walk: ModelGraph.Walk) {
        self.walk = walk
        note = SVG.wrapped("z(−1): \(walk.first)", columns: 38)
    }

    let centre = RolledWalk.edge + RolledWalk.boxWidth / 2 + 16
    var width: Double { centre + Self.boxWidth / 2 + 2 * Self.edge + Self.delayWidth + 30 }
    private var base: Double { Self.edge + 17 * Double(note.count) + 28 }
    private var boxes: [(role: GraphElements.Role, lines: [String])] {
        var boxes: [(role: GraphElements.Role, lines: [String])] = []
        if let encoder = walk.encoder { boxes.append((.encoder, [encoder])) }
        for (place, layer) in walk.layers.enumerated() {
            let name = walk.layers.count == 1 ? "g" : "g, layer \(place + 1)"
            boxes.append((.cell, [layer, walk.isBidirectional ? "\(name), in both directions" : name]))
        }
        if let pooling = walk.pooling { boxes.append((.pooling, [pooling])) }
        if let decoder = walk.decoder { boxes.append((.decoder, [decoder])) }
        return boxes
    }
    /// How high the middle of a box is.
    private func height(ofBox place: Int) -> Double {
        base + 14 + Self.gap * 0.7 + Self.boxHeight / 2 + Double(place) * (Self.boxHeight + Self.gap)
    }
    private var lastLayer: Int { boxes.lastIndex { $0.role == .cell } ?? 0 }
    /// How high the middle of the last layer is, and its upper edge.
    var topLayer: Double { height(ofBox: lastLayer) }
    var topOfLayers: Double { topLayer + Self.boxHeight / 2 }
    /// How high the middle of the last box is.
    var topBox: Double { height(ofBox: boxes.count - 1) }
    var height: Double { height(ofBox: boxes.count - 1) + Self.boxHeight / 2 + (walk.output == nil ? 22 : Self.gap + 12) + 40 }

    func content(x: Double, bottom: Double) -> String {
        let middle = x + centre
        func y(_ height: Double) -> Double { bottom - height }
        var result = ""
        for (place, line) in note.enumerated() {
            result += SVG.text(line, middle, y(Self.edge + 17 * Double(note.count - 1 - place)), anchor: "middle", style: "faint")
        }
        result += SVG.text(walk.input, middle, y(base), anchor: "middle")
        let boxes = boxes
        var below = base + 16
        for (place, box) in boxes.enumerated() {
            let height = height(ofBox: place)
            result += GraphElements.arrow([(middle, y(below)), (middle, y(height - Self.boxHeight / 2))])
            result += GraphElements.box(box.role, middle, y(height), Self.boxWidth, Self.boxHeight, box.lines)
            let top = height + Self.boxHeight / 2
            if box.role == .cell { result += loop(middle, y(height), y(top + 15)) }
            let isFirst = place == 0 && box.role == .encoder
            if isFirst { result += SVG.text("h(t)", middle + 9, y(top + 18)) }
            if box.role == .cell { result += SVG.text("z(t)", middle - 9, y(top + 24), anchor: "end") }
            below = top
        }
        if let output = walk.output {
            result += GraphElements.arrow([(middle, y(below)), (middle, y(below + Self.gap * 0.7))])
            result += SVG.text(output, middle, y(below + Self.gap * 0.7 + 9), anchor: "middle")
        } else {
            result += GraphElements.arrow([(middle, y(below)), (middle, y(below + 26))])
        }
        if !walk.name.isEmpty { result += SVG.text(walk.name, x + Self.edge, 32, style: "title") }
        return result
    }

    /// From above a box through the delay back into its side.
    private func loop(_ middle: Double, _ y: Double, _ branch: Double) -> String {
        let side = middle + Self.boxWidth / 2
        let delay = side + 26 + Self.delayWidth / 2
        return GraphElements.arrow([(middle, branch), (delay, branch), (delay, y - 13)])
            + GraphElements.box(.delay, delay, y, Self.delayWidth, 26, ["delay"])
            + GraphElements.arrow([(delay - Self.delayWidth / 2, y), (side, y)])
            + SVG.text("z(t−1)", delay, y + 30, anchor: "middle", style: "faint")
    }
}
