import Foundation
import Testing

@testable import UnrollApplications

@Suite("Snippets of the documentation") struct SnippetTests {
    /// The folder that SwiftPM builds executables and snippets into.
    private var products: URL {
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    }

    @Test func translateRuns() throws {
        let model = try SampleModel()
        let process = Process()
        process.executableURL = products.appendingPathComponent("Translate")
        process.arguments = [model.url.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let expected = try Translator(contentsOf: model.url).translate("3 March 1987").text
        #expect(!expected.isEmpty)
        #expect(text == expected + "\n")
    }
}
