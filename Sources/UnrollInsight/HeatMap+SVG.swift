import Foundation

extension HeatMap {
    /// The map as an SVG image, in UTF-8; it may also stand in an HTML page.
    public var svg: String { HeatMapDrawing(self).svg }
}

/// A heat map while it is drawn. The cells are one picture, which the reader's program enlarges; text stays text.
private struct HeatMapDrawing {
    private static let edge = 20.0
    /// A map takes the width of a chart, and where its labels need more, up to that of the page.
    private static let (usual, widest) = (760.0, 1126.0)
    /// The longest label over a column, and before a row, in columns of text.
    private static let (columnLabel, rowLabel) = (16, 34)
    private static let lineHeight = 14.0

    private let map: HeatMap
    private let labels: [String]
    private let isRightToLeft: Bool
    /// The width that a label over a column needs.
    private let labelRoom: Double
    /// The longest label, in columns of text, that does not stand on end.
    private let longestLevel: Int
    private let left: Double
    private let top: Double
    private let cell: (width: Double, height: Double)
    private let width: Double

    init(_ map: HeatMap) {
        self.map = map
        labels = map.columns.map { SVG.shortened(TokenDisplay($0).text, columns: Self.columnLabel) }
        isRightToLeft = TokenDisplay.direction(of: map.columns) == .rightToLeft
        let widest = map.rows.map { DisplayWidth.columns(of: SVG.shortened($0, columns: Self.rowLabel)) }.max() ?? 5
        left = Self.edge + Double(widest) * SVG.columnWidth + 8
        let lengths = labels.map { DisplayWidth.columns(of: $0) }
        let longest = lengths.max() ?? 0
        // A mark among letters may come close to its neighbours; words need their room.
        let manyAreTurned = 5 * lengths.count { $0 > 2 } > lengths.count
        longestLevel = manyAreTurned ? 0 : 2
        labelRoom = manyAreTurned ? Self.lineHeight : Double(lengths.filter { $0 <= 2 }.max() ?? 0) * SVG.columnWidth + 3
        let columns = Double(max(1, map.columns.count))
        let room = { (width: Double) in (width - Self.edge - (Self.edge + Double(widest) * SVG.columnWidth + 8)) / columns }
        let rows = Double(max(1, map.values.count))
        cell = (min(max(room(Self.usual), min(room(Self.widest), labelRoom)), 26), map.rows.isEmpty ? min(max(240 / rows, 1), 12) : 22)
        let cells = left + cell.width * columns + Self.edge
        // Letters of a title are about a third wider than a label's, and the legend stands beside it.
        let title = Double(DisplayWidth.columns(of: map.title)) * SVG.columnWidth * 1.35
        let ends = [map.ends.lowerBound, map.ends.upperBound].map {
            Double(DisplayWidth.columns(of: ChartScale.plain($0))) * SVG.columnWidth
        }
        let subtitle = Double(map.subtitle.map { DisplayWidth.columns(of: $0) } ?? 0) * SVG.columnWidth
        let heading = max(title + ends[0] + ends[1] + 120 + 16 + 24, subtitle) + 2 * Self.edge
        width = min(max(cells, heading), Self.widest)
        top = 62 + (map.subtitle == nil ? 0 : 19) + (longest > 2 ? Double(longest) * SVG.columnWidth : 14)
    }

    private var size: (width: Double, height: Double) {
        (cell.width * Double(map.columns.count), cell.height * Double(map.values.count))
    }

    var svg: String {
        let height = top + size.height + Self.edge
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" class="line-chart" role="img" viewBox="0 0 \(SVG.number(width)) \(SVG.number(height))" \
            width="\(SVG.number(width))" height="\(SVG.number(height))">
            <title>\(SVG.escaped(map.title))</title>
            <desc>\(SVG.escaped(map.summary))</desc>
            <style>
            \(LineChart.style)</style>
            <rect class="paper" width="100%" height="100%" rx="10"/>

            """
        svg += SVG.text(map.title, Self.edge, 32, style: "title") + legend
        if let subtitle = map.subtitle { svg += SVG.text(subtitle, Self.edge, 53, style: "faint") }
        guard !map.columns.isEmpty, !map.values.isEmpty else { return svg + "</svg>\n" }
        let image = PixelImage(width: map.columns.count, height: map.values.count, pixels: pixels, palette: map.palette)
        svg += picture(image, left, top, size.width, size.height)
        return svg + columnLabels + rowLabels + "</svg>\n"
    }

    private func picture(_ image: PixelImage, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
        """
        <image x="\(SVG.number(x))" y="\(SVG.number(y))" width="\(SVG.number(width))" height="\(SVG.number(height))" \
        preserveAspectRatio="none" style="image-rendering: pixelated" href="\(image.address)"/>

        """
    }

    /// The places of the steps from the left.
    private var order: [Int] { isRightToLeft ? map.columns.indices.reversed() : Array(map.columns.indices) }

    private var pixels: [UInt8] {
        map.values.flatMap { row in
            order.map { map.position(row[$0]).map { UInt8(($0 * Double(HeatMap.colours - 1)).rounded()) } ?? UInt8(HeatMap.colours) }
        }
    }

    private var columnLabels: String {
        // Where there is less room than a label needs, every second or third step has one.
        let every = max(1, Int((labelRoom / cell.width - 1e-9).rounded(.up)))
        return order.enumerated().filter { $0.offset % every == 0 }.map { place, step in
            let x = left + (Double(place) + 0.5) * cell.width
            if DisplayWidth.columns(of: labels[step]) <= longestLevel { return SVG.text(labels[step], x, top - 7, anchor: "middle") }
            let corner = "\(SVG.number(x + 4.5)) \(SVG.number(top - 7))"
            return "<text transform=\"translate(\(corner)) rotate(-90)\">\(SVG.escaped(labels[step]))</text>\n"
        }.joined()
    }

    private var rowLabels: String {
        guard map.rows.isEmpty else {
            return map.rows.enumerated().map { row, name in
                SVG.text(
                    SVG.shortened(name, columns: Self.rowLabel), left - 8, top + (Double(row) + 0.5) * cell.height + 4.5, anchor: "end")
            }.joined()
        }
        let ticks = [0, map.values.count - 1]
        return ticks.prefix(map.values.count).map { unit in
            SVG.text(
                String(unit + 1), left - 8, top + (unit == 0 ? 10 : size.height - 1), anchor: "end", style: "faint")
        }.joined()
    }

    /// The colours from end to end with their numbers, at the right of the title.
    private var legend: String {
        let ends = map.ends
        let (low, high) = (ChartScale.plain(ends.lowerBound), ChartScale.plain(ends.upperBound))
        let right = width - Self.edge - Double(DisplayWidth.columns(of: high)) * SVG.columnWidth - 8
        let bar = PixelImage(width: HeatMap.colours, height: 1, pixels: (0..<HeatMap.colours).map(UInt8.init), palette: map.palette)
        return SVG.text(low, right - 128, 32, anchor: "end", style: "faint") + picture(bar, right - 120, 22, 120, 11)
            + SVG.text(high, right + 8, 32, style: "faint")
    }
}

extension HeatMap {
    /// How many colours there are; grey, for what is no number, follows.
    static let colours = 2 * ColourRamp.steps + 1

    /// The same on light and on dark pages: a map is its own ground.
    var palette: [UInt32] {
        let steps = 0..<Self.colours
        let colours: [UInt32]
        switch scale {
        case .diverging:
            colours = steps.map { step in
                let distance = step - ColourRamp.steps
                return (distance < 0 ? ColourRamp.cold : ColourRamp.dark).rgb(step: Double(abs(distance)))
            }
        default: colours = steps.map { ColourRamp.dark.rgb(step: Double($0) / 2) }
        }
        return colours + [0x80_8080]
    }
}
