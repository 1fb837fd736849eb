import Foundation
import Testing

@testable import UnrollInsight

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("The line chart") struct LineChartTests {
    private let chart = LineChart(
        title: "Copying", subtitle: "two models", xAxis: .init("symbols"), yAxis: .init("right, %", range: 0...100),
        series: [.init("lstm", [.init(10, 100), .init(20, 50), .init(40, 25)]), .init("attention", [.init(10, 100), .init(40, 75)])])

    /// The values of an attribute of the elements of a class, in the order of the drawing.
    private func values(_ attribute: String, of element: String, in svg: String) -> [String] {
        svg.components(separatedBy: element).dropFirst().compactMap { rest in
            rest.prefix { $0 != ">" }.components(separatedBy: " \(attribute)=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) }
        }
    }

    private func pairs(_ text: String) -> [[Double]] {
        text.split(separator: " ").map { $0.split(separator: ",").compactMap { Double($0) } }
    }

    @Test func pointsLieWhereTheirValuesAre() throws {
        let lines = values("points", of: "<polyline class=\"line\"", in: chart.svg).map(pairs)
        #expect(lines.count == 2)
        let grid = values("y1", of: "<line class=\"grid\"", in: chart.svg).compactMap(Double.init)
        #expect(grid.count == 6)
        let (zero, hundred) = (try #require(grid.first), try #require(grid.last))
        // The axis goes from 10 to 40 by fives, the lines are drawn last one first.
        let (left, right) = (lines[1][0][0], lines[1][2][0])
        #expect(lines[1].map { $0[1] } == [hundred, (zero + hundred) / 2, zero + (hundred - zero) / 4])
        #expect(abs(lines[1][1][0] - (left + (right - left) / 3)) < 0.1)
        #expect(lines[0].map { $0[0] } == [left, right])
        #expect(lines[0].map { $0[1] } == [hundred, zero + (hundred - zero) * 0.75])
    }

    @Test func ofAnAxisJSONNeedsItsTitleOnly() throws {
        let axis = try JSONDecoder().decode(LineChart.Axis.self, from: Data(#"{"title":"rows","isLogarithmic":true}"#.utf8))
        #expect(axis == .init("rows", isLogarithmic: true))
        #expect(try JSONDecoder().decode(LineChart.self, from: JSONEncoder().encode(chart)) == chart)
    }

    @Test func everyPointHasAMarkThatTellsItsValue() {
        for tip in ["lstm: 100 at 10", "lstm: 50 at 20", "lstm: 25 at 40", "attention: 100 at 10", "attention: 75 at 40"] {
            #expect(chart.svg.contains("<title>\(tip)</title>"), "\(tip)")
        }
        #expect(chart.svg.components(separatedBy: "class=\"mark\"").count - 1 == 5 + 2)
    }

    @Test func longLinesHaveNoMarksButAtTheirName() {
        let loss = LineChart.Series("loss", (0..<500).map { .init(Double($0), 1 / Double($0 + 1)) })
        let svg = LineChart(title: "t", xAxis: .init("steps"), yAxis: .init("loss"), series: [loss]).svg
        #expect(svg.components(separatedBy: "class=\"mark\"").count - 1 == 1)
        #expect(values("points", of: "<polyline class=\"line\"", in: svg).map(pairs).map(\.count) == [500])
    }

    @Test func valuesThatAreNoNumbersLeaveAGap() {
        let heights: [Double] = [1, 2, .nan, .infinity, 2, 1, .nan]
        let series = LineChart.Series("a", heights.enumerated().map { .init(Double($0), $1) })
        let svg = LineChart(title: "t", xAxis: .init("x"), yAxis: .init("y"), series: [series]).svg
        #expect(values("points", of: "<polyline class=\"line\"", in: svg).map(pairs).map(\.count) == [2, 2])
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test func pointsOutsideTheAxisAreNotDrawn() {
        let series = LineChart.Series("a", [.init(0, -5), .init(1, 0), .init(2, 10), .init(3, 11)])
        let svg = LineChart(title: "t", xAxis: .init("x"), yAxis: .init("y", range: 0...10), series: [series]).svg
        #expect(values("points", of: "<polyline class=\"line\"", in: svg).map(pairs).map(\.count) == [2])
    }

    @Test(arguments: [[], [LineChart.Series("empty", [])], [LineChart.Series("bad", [.init(.nan, 1)])]])
    func aChartOfNothingSaysSo(_ series: [LineChart.Series]) {
        let svg = LineChart(title: "t", xAxis: .init("x"), yAxis: .init("y"), series: series).svg
        #expect(svg.contains(">There is nothing to show.</text>"))
        #expect(!svg.contains("<polyline") && !svg.contains("class=\"mark\""))
    }

    @Test func onePointAloneIsDrawn() {
        let svg = LineChart(title: "t", xAxis: .init("x"), yAxis: .init("y"), series: [.init("one", [.init(7, 7)])]).svg
        #expect(svg.components(separatedBy: "class=\"mark\"").count - 1 == 2)
        #expect(!svg.contains("<polyline") && !svg.contains("nan"))
    }

    @Test func namesNeverOverlap() {
        let series = (0..<30).map { LineChart.Series("model \($0)", [.init(0, 5), .init(1, Double($0 % 3))]) }
        let svg = LineChart(title: "t", xAxis: .init("x"), yAxis: .init("y"), series: series).svg
        let places = svg.components(separatedBy: "<text ").dropFirst().compactMap { text -> Double? in
            guard text.prefix(while: { $0 != "<" }).contains(">model ") else { return nil }
            return text.components(separatedBy: " y=\"")[1].split(separator: "\"").first.flatMap { Double($0) }
        }
        #expect(places.count == 30)
        let sorted = places.sorted()
        for (first, second) in zip(sorted, sorted.dropFirst()) { #expect(second - first > 17.8) }
    }

    @Test func moreLinesThanColoursAreDashed() {
        let series = (0..<9).map { LineChart.Series("\($0)", [.init(0, 0), .init(1, Double($0))]) }
        let svg = LineChart(title: "t", xAxis: .init("x"), yAxis: .init("y"), series: series).svg
        #expect(svg.components(separatedBy: "class=\"line dashed\"").count - 1 == 1)
        #expect(svg.components(separatedBy: "class=\"line\"").count - 1 == 8)
    }

    @Test func longTextsAreWrappedAndCut() {
        let name = String(repeating: "長", count: 30)
        let title = Array(repeating: "word", count: 40).joined(separator: " ")
        let svg = LineChart(title: title, xAxis: .init("x"), yAxis: .init("y"), series: [.init(name, [.init(0, 0), .init(1, 1)])]).svg
        #expect(svg.contains(">\(String(repeating: "長", count: 13))…</text>"))
        #expect(svg.contains("<title>\(name)</title>"))
        #expect(svg.components(separatedBy: "class=\"title\"").count - 1 == 3)
    }

    @Test func textIsEscapedAndNothingComesFromOutside() {
        let evil = "</text><script>alert('\"&')</script>\u{FFFF}"
        let svg = LineChart(
            title: evil, subtitle: evil, xAxis: .init(evil), yAxis: .init(evil), series: [.init(evil, [.init(0, 0), .init(1, 1)])]
        ).svg
        #expect(!svg.contains("<script") && !svg.contains("\u{FFFF}"))
        let outside = svg.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
        for word in ["http", "href", "url(", "@import"] { #expect(!outside.contains(word), "the chart contains \(word)") }
        #expect(svg.contains("@media (prefers-color-scheme: dark)"))
    }

    @Test func theChartIsWellFormed() {
        final class Reader: NSObject, XMLParserDelegate {
            var depth = 0
            func parser(
                _: XMLParser, didStartElement: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
            ) {
                depth += 1
            }
            func parser(_: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
                depth -= 1
            }
        }
        for chart in [chart, LineChart(title: "<&>", xAxis: .init("\""), yAxis: .init("'"), series: [])] {
            let parser = XMLParser(data: Data(chart.svg.utf8))
            let reader = Reader()
            parser.delegate = reader
            #expect(parser.parse(), "\(String(describing: parser.parserError))")
            #expect(reader.depth == 0)
        }
    }

    @Test func itCanBeReadByEar() {
        #expect(
            chart.summary == "right, % against symbols. lstm: from 100 at 10 to 25 at 40; attention: from 100 at 10 to 75 at 40.")
        #expect(chart.svg.contains("<title>Copying</title>\n<desc>\(chart.summary)</desc>"))
        #expect(chart.svg.contains("role=\"img\""))
    }

    @Test func coloursReadOnTheirGround() throws {
        for (colours, paper) in [(LineChart.lightColours, LineChart.lightPaper), (LineChart.darkColours, LineChart.darkPaper)] {
            #expect(colours.count == 8)
            for colour in colours {
                let values = [try luminance(colour), try luminance(paper)].sorted()
                #expect((values[1] + 0.05) / (values[0] + 0.05) >= 3, "\(colour) on \(paper)")
            }
        }
    }

    /// Relative luminance as WCAG 2 defines it.
    private func luminance(_ colour: String) throws -> Double {
        let value = try #require(UInt32(colour.dropFirst(), radix: 16))
        let linear = [16, 8, 0].map { shift -> Double in
            let part = Double((value >> UInt32(shift)) & 0xFF) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    @Test func theDataComesBackFromJSON() throws {
        let data = try JSONEncoder().encode(chart)
        #expect(try JSONDecoder().decode(LineChart.self, from: data) == chart)
    }
}
