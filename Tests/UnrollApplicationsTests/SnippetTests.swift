import Foundation
import Testing
import UnrollInsight

@testable import UnrollApplications

@Suite("Snippets of the documentation") struct SnippetTests {
    /// The folder that SwiftPM builds executables and snippets into.
    private var products: URL {
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    }

    private func run(_ snippet: String, _ arguments: [String], input: Data = Data()) throws -> String {
        let process = Process()
        process.executableURL = products.appendingPathComponent(snippet)
        process.arguments = arguments
        let (given, output) = (Pipe(), Pipe())
        process.standardInput = given
        process.standardOutput = output
        try process.run()
        try given.fileHandleForWriting.write(contentsOf: input)
        try given.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return text
    }

    @Test func drawChartRuns() throws {
        let chart = LineChart(
            title: "Cost", xAxis: .init("units", isLogarithmic: true), yAxis: .init("GFLOP/s", range: 0...100),
            series: [.init("one", [.init(64, 20), .init(2048, 80)])])
        #expect(try run("DrawChart", [], input: JSONEncoder().encode(chart)) == chart.svg)
    }

    @Test func translateRuns() throws {
        let model = try SampleModel()
        let text = try run("Translate", [model.url.path])
        let expected = try Translator(contentsOf: model.url).translate("3 March 1987").text
        #expect(!expected.isEmpty)
        #expect(text == expected + "\n")
    }

    /// How many of how many dates a snippet says that its network reads.
    private func share(_ snippet: String) throws -> Double {
        let text = try run(snippet, [])
        let match = try #require(text.prefixMatch(of: /(\d+) of (\d+) dates/), "\(text)")
        return try #require(Double(match.output.1)) / (try #require(Double(match.output.2)))
    }

    /// Twelve months: chance alone would be right once in twelve.
    @Test func anUnrolledNetworkLearns() throws {
        #expect(try share("UnrolledNetwork") > 0.9)
    }

    @Test func suppliedWeightsLearn() throws {
        #expect(try share("SuppliedWeights") > 0.9)
    }

    /// Lima's value is 11 and Oslo's 22.
    @Test func anAssociativeMemoryGivesAMatchingKeysValueUnlessAnotherIsLonger() throws {
        let answers = try run("AssociativeMemory", []).split(separator: "\n").map { line in
            try #require(line.firstMatch(of: /: ([\d.]+) from/).flatMap { Double($0.output.1) })
        }
        #expect(answers.count == 4)
        #expect(abs(answers[0] - 11) > 5 && answers[1] == 11 && answers[2] == 22 && answers[3] == 11)
    }
}
