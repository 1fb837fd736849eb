import Foundation

extension LineChart {
    /// The chart as a stand-alone SVG image, in UTF-8; it may also stand in an HTML page.
    public var svg: String { Drawing(self).svg }
}

/// A chart while it is drawn: where everything goes, in the picture's own units (pixels at its natural size).
private struct Drawing {
    private static let width = 760.0
    private static let labelGap = 18.0
    private static let edge = 20.0
    /// A name longer than this many columns is cut short where it labels its line.
    private static let nameColumns = 28
    /// Lines with more points than this show no marks.
    private static let mostMarks = 40

    private let chart: LineChart
    private let x: ChartScale
    private let y: ChartScale
    private let titleLines: [String]
    private let subtitleLines: [String]
    private let left: Double
    private let right: Double
    private let top: Double
    private let bottom: Double

    init(_ chart: LineChart) {
        self.chart = chart
        let points = chart.series.flatMap(\.points).filter(\.isDrawable)
        x = Self.scale(chart.xAxis, points.map(\.x), intervals: 8)
        let y = Self.scale(chart.yAxis, points.map(\.y), intervals: 5)
        self.y = y
        // Bold 17-pixel letters are about a third wider than a label's.
        titleLines = SVG.wrapped(chart.title, columns: Int((Self.width - 2 * Self.edge) / (SVG.columnWidth * 1.35)))
        subtitleLines = chart.subtitle.map { SVG.wrapped($0, columns: Int((Self.width - 2 * Self.edge) / SVG.columnWidth)) } ?? []
        let widestTick = y.ticks.map { DisplayWidth.columns(of: y.label($0)) }.max() ?? 1
        let widestName = chart.series.map { DisplayWidth.columns(of: SVG.shortened($0.name, columns: Self.nameColumns)) }.max() ?? 0
        left = Self.edge + Double(widestTick) * SVG.columnWidth + 8
        right = Self.width - Self.edge - (widestName == 0 ? 0 : Double(widestName) * SVG.columnWidth + 26)
        top = Self.edge + 24 * Double(titleLines.count) + 19 * Double(subtitleLines.count) + 34
        bottom = top + max(320, Double(chart.series.count) * Self.labelGap)
    }

    var svg: String {
        let height = bottom + 62
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" class="line-chart" role="img" viewBox="0 0 \(SVG.number(Self.width)) \(SVG.number(height))" \
            width="\(SVG.number(Self.width))" height="\(SVG.number(height))">
            <title>\(SVG.escaped(chart.title))</title>
            <desc>\(SVG.escaped(chart.summary))</desc>
            <style>
            \(LineChart.style)</style>
            <rect class="paper" width="100%" height="100%" rx="10"/>

            """
        svg += headings + axes
        // The first line is drawn last, on top of the others.
        for index in chart.series.indices.reversed() { svg += line(index) }
        svg += labels
        if !chart.series.contains(where: { $0.points.contains(where: isShown) }) {
            svg += SVG.text("There is nothing to show.", (left + right) / 2, (top + bottom) / 2, anchor: "middle", style: "faint")
        }
        return svg + "</svg>\n"
    }

    // MARK: - Frame

    private var headings: String {
        var result = ""
        var baseline = Self.edge - 3
        for line in titleLines {
            baseline += 23
            result += SVG.text(line, Self.edge, baseline, style: "title")
        }
        for line in subtitleLines {
            baseline += 19
            result += SVG.text(line, Self.edge, baseline, style: "faint")
        }
        return result
    }

    private var axes: String {
        var result = SVG.text(chart.yAxis.title, Self.edge, top - 14, style: "faint")
        for tick in y.ticks {
            let place = vertical(tick)
            result += SVG.rule("grid", left, place, right, place)
            result += SVG.text(y.label(tick), left - 8, place + 4.5, anchor: "end", style: "faint")
        }
        for tick in x.ticks {
            let place = horizontal(tick)
            result += SVG.rule("base", place, bottom, place, bottom + 5)
            result += SVG.text(x.label(tick), place, bottom + 21, anchor: "middle", style: "faint")
        }
        result += SVG.rule("base", left, bottom, right, bottom)
        return result + SVG.text(chart.xAxis.title, (left + right) / 2, bottom + 44, anchor: "middle", style: "faint")
    }

    // MARK: - Lines

    private func line(_ index: Int) -> String {
        let series = chart.series[index]
        var result = "<g class=\"s\(index % LineChart.lightColours.count)\">\n"
        for part in series.points.split(whereSeparator: { !isShown($0) }) where part.count > 1 {
            let places = part.map { "\(SVG.number(horizontal($0.x))),\(SVG.number(vertical($0.y)))" }
            let style = index < LineChart.lightColours.count ? "line" : "line dashed"
            result += "<polyline class=\"\(style)\" points=\"\(places.joined(separator: " "))\"/>\n"
        }
        if series.points.count <= Self.mostMarks {
            for point in series.points where isShown(point) {
                let tip = "\(series.name): \(ChartScale.plain(point.y)) at \(ChartScale.plain(point.x))"
                result += mark(index, horizontal(point.x), vertical(point.y), tip: tip)
            }
        }
        return result + "</g>\n"
    }

    /// A line's name stands where the line ends, or as near as the other names let it, joined to it by a thin rule.
    private var labels: String {
        let ends = chart.series.indices.compactMap { index in
            chart.series[index].points.last(where: isShown).map { (index: index, x: horizontal($0.x), y: vertical($0.y)) }
        }
        let places = LabelPlacement.spread(ends.map(\.y), gap: Self.labelGap, bounds: top...bottom)
        var result = ""
        for (end, place) in zip(ends, places) {
            let series = chart.series[end.index]
            result += "<g class=\"s\(end.index % LineChart.lightColours.count)\">\n"
            if abs(place - end.y) > 1 || end.x < right - 1 { result += SVG.rule("leader", end.x + 6, end.y, right + 10, place) }
            result += mark(end.index, right + 16, place, tip: series.name)
            result += SVG.text(SVG.shortened(series.name, columns: Self.nameColumns), right + 26, place + 4.5)
            result += "</g>\n"
        }
        return result
    }

    private func mark(_ index: Int, _ x: Double, _ y: Double, tip: String) -> String {
        let (cx, cy) = (SVG.number(x), SVG.number(y))
        let tip = "<title>\(SVG.escaped(tip))</title>"
        switch index % 4 {
        case 0: return "<circle class=\"mark\" cx=\"\(cx)\" cy=\"\(cy)\" r=\"4.5\">\(tip)</circle>\n"
        case 1: return polygon([(-4.2, -4.2), (4.2, -4.2), (4.2, 4.2), (-4.2, 4.2)], x, y, tip)
        case 2: return polygon([(0, -5.4), (5.2, 4), (-5.2, 4)], x, y, tip)
        default: return polygon([(0, -5.6), (5.6, 0), (0, 5.6), (-5.6, 0)], x, y, tip)
        }
    }

    private func polygon(_ corners: [(Double, Double)], _ x: Double, _ y: Double, _ tip: String) -> String {
        let points = corners.map { "\(SVG.number(x + $0.0)),\(SVG.number(y + $0.1))" }
        return "<polygon class=\"mark\" points=\"\(points.joined(separator: " "))\">\(tip)</polygon>\n"
    }

    // MARK: - Parts

    private static func scale(_ axis: LineChart.Axis, _ values: [Double], intervals: Int) -> ChartScale {
        axis.isLogarithmic
            ? ChartScale(logarithmic: values, range: axis.range)
            : ChartScale(values, range: axis.range, intervals: intervals, leastStep: axis.isCounted ? 1 : 0)
    }

    private func isShown(_ point: LineChart.Point) -> Bool { point.isDrawable && x.contains(point.x) && y.contains(point.y) }

    private func horizontal(_ value: Double) -> Double { left + x.position(value) * (right - left) }

    private func vertical(_ value: Double) -> Double { bottom - y.position(value) * (bottom - top) }
}
