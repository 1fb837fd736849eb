import Foundation
import Testing

@testable import UnrollInsight

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Pages of the inside") struct InspectionPageTests {
    /// Parses a picture as XML and returns the boxes of its rectangles.
    private final class Reader: NSObject, XMLParserDelegate {
        var names: [String] = []
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
        ) { names.append(name) }
    }

    private func elements(_ svg: String) throws -> [String] {
        let parser = XMLParser(data: Data(svg.utf8))
        let reader = Reader()
        parser.delegate = reader
        try #require(parser.parse(), "\(String(describing: parser.parserError)) in \(svg.prefix(300))")
        return reader.names
    }

    @Test func aPageHasItsPartsAndNothingFromOutside() throws {
        let page = InspectionPage(title: "A <look>", SampleInspection.inspection()).html
        #expect(page.hasPrefix("<!DOCTYPE html>\n"))
        #expect(page.hasSuffix("</body>\n</html>\n"))
        for head in [
            "The example", "The graph", "The gradient through time", "Attention", "Gates and states", "Saturated gates", "Parameters",
            "The parameters&#39; gradients over training",
        ] { #expect(page.components(separatedBy: "<h2>\(head)</h2>").count == 2, "\(head)") }
        let outside = page.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!outside.contains("<script") && !outside.contains("http://"))
        #expect(!page.contains("https://") && !page.contains("@import") && !page.contains("url("))
        #expect(page.contains("A &lt;look&gt;") && !page.contains("A <look>"))
        #expect(page.contains("a &lt;b&gt; &amp; c") && !page.contains("<b>"))
        #expect(page.contains("the model&#39;s own answer"))
        let opened = page.matches(of: /<(section|div|table|dl|details|figure|svg|h2|h3|p)[ >]/).count
        let closed = page.matches(of: /<\/(section|div|table|dl|details|figure|svg|h2|h3|p)>/).count
        #expect(opened == closed)
        #expect(InspectionPage(title: "A <look>", SampleInspection.inspection()).html == page)
    }

    @Test func everyPictureIsXML() throws {
        let page = InspectionPage(title: "t", SampleInspection.inspection(tokens: (0..<30).map { "w\($0) & \"x\"" })).html
        let pictures = page.components(separatedBy: "<svg ").dropFirst().map {
            "<svg " + $0.components(separatedBy: "</svg>")[0] + "</svg>"
        }
        // The graph twice, the flow twice, two gates and a state and the saturation for each direction, the history twice.
        #expect(pictures.count == 2 + 2 + 2 * 3 + 2 + 2)
        for picture in pictures { #expect(try elements(picture).first == "svg") }
    }

    @Test func whatIsNotThereIsNotShown() {
        var inspection = SampleInspection.inspection()
        (inspection.attention, inspection.training, inspection.recurrences) = ([], nil, [])
        let page = InspectionPage(title: "t", inspection).html
        #expect(!page.contains("<h2>Attention</h2>") && !page.contains("<h2>Saturated gates</h2>"))
        #expect(page.contains("gradient_norms: true"))
    }

    @Test func saturationCountsTheTenthsOfTheRange() {
        let gate = InspectedRecurrence.Gate(name: "z", lowest: 0, highest: 1, values: [[0.05, 0.5, 0.95, 0.1], [0.9, 0.2, 0.3, 0.99]])
        #expect(gate.lowShare == 1.0 / 8 && gate.highShare == 2.0 / 8)
        #expect(gate.saturation == [0.5, 0.25])
        let tanh = InspectedRecurrence.Gate(name: "n", lowest: -1, highest: 1, values: [[-0.9, -0.7, 0.7, 0.85]])
        #expect(tanh.lowShare == 0.25 && tanh.highShare == 0.25)
        let relu = InspectedRecurrence.Gate(name: "a", lowest: 0, highest: nil, values: [[0, 0, 5, 0.01]])
        #expect(relu.lowShare == 0.5 && relu.highShare == 0)
        let none = InspectedRecurrence.Gate(name: "a", lowest: 0, highest: 1, values: [])
        #expect(none.lowShare == 0 && none.saturation.isEmpty)
    }

    @Test func inspectionsSurviveJSON() throws {
        let inspection = SampleInspection.inspection()
        let data = try JSONEncoder().encode(inspection)
        #expect(try JSONDecoder().decode(Inspection.self, from: data) == inspection)
    }

    // MARK: - Graphs

    private static let translation = ModelGraph(
        walks: [
            .init(
                name: "encoder", input: "x", encoder: "embedding", layers: ["GRU", "GRU"], isBidirectional: true, decoder: nil, output: nil,
                first: "zeros"),
            .init(
                name: "decoder", sequence: 1, input: "y", encoder: "embedding", layers: ["GRU"], decoder: "output layer", output: "token",
                first: "the encoder's last states"),
        ], attention: "additive attention", attentionFeedsCell: true)

    @Test func aRolledGraphHasADelayForEachLayer() throws {
        let svg = Self.translation.rolledSVG
        #expect(try elements(svg).count { $0 == "rect" } == 1 + 2 + 3 + 1 + 3)
        #expect(svg.components(separatedBy: ">delay<").count == 4)
        #expect(svg.contains("additive attention"))
    }

    @Test(arguments: [0, 1, 2, 11, 12, 500])
    func anUnrolledGraphHasAColumnForEachStepShown(count: Int) throws {
        let tokens = (0..<count).map { "w\($0)" }
        let svg = Self.translation.unrolledSVG(walk: 1, tokens: tokens, outputs: tokens)
        let shown = count > 11 ? 10 : count
        #expect(try elements(svg).count { $0 == "rect" } == 1 + 3 * shown)
        #expect(svg.contains(">…<") == (count > 11))
        #expect(svg.contains("500 steps in all") == (count == 500))
    }

    @Test func unrolledStepsOfRightToLeftTextRunFromTheRight() throws {
        let svg = Self.translation.unrolledSVG(walk: 0, tokens: ["سلام", "دنیا"], outputs: [])
        let places = svg.matches(of: /<text x="([0-9.]+)"[^>]*>x\(([01])\)</).map { (Double($0.1) ?? 0, String($0.2)) }
        #expect(places.map(\.1) == ["0", "1"])
        #expect(places[0].0 > places[1].0)
    }

    // MARK: - Gradients

    @Test func aStudyIsDrawn() throws {
        let study = GradientStudy(
            task: "a <task>", length: 4, units: 2, sequences: 1, draws: 1, seed: 1,
            flows: [
                .init(network: "RNN", initialization: "Gaussian", norms: [1, 0.1, 0.01, 0]),
                .init(network: "RNN", initialization: "orthogonal", norms: [1, 1, 1, 1]),
            ], trained: "IRNN",
            runs: [
                .init(
                    name: "no clipping", learningRate: 0.1, clipNorm: nil, losses: [1, 2, nil], gradientNorms: [1, 1e9, nil],
                    weightNorms: [1, 1, nil])
            ])
        let page = GradientPage(study).html
        #expect(page.contains("a &lt;task&gt;"))
        #expect(page.components(separatedBy: "<svg ").count == 1 + 2 + 3)
        #expect(page.contains("<td>no number</td><td>2</td>"))
        #expect(!page.contains("<script"))
    }
}
