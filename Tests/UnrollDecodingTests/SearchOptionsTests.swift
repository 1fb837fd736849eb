import Foundation
import Testing

@testable import UnrollDecoding

@Suite("Search options") struct SearchOptionsTests {
    private func said(_ json: String) -> String {
        do {
            _ = try JSONDecoder().decode(SearchOptions.self, from: Data(json.utf8))
            return "no error"
        } catch DecodingError.dataCorrupted(let context) {
            return (context.codingPath.last?.stringValue ?? "") + ": " + context.debugDescription
        } catch {
            return "\(error)"
        }
    }

    @Test func whatCannotBeIsRefused() {
        #expect(said("{}") == "no error")
        #expect(said(#"{"beam":2,"best":2,"lengthPenalty":0,"maximumFactor":0,"maximumExtra":0}"#) == "no error")
        #expect(said(#"{"beam":0}"#) == "beam: must be at least 1, not 0")
        #expect(said(#"{"beam":2,"best":3}"#) == "best: must be at most 'beam', 2, not 3")
        #expect(said(#"{"lengthPenalty":-1}"#) == "lengthPenalty: must be at least 0, not -1.0")
        #expect(said(#"{"maximumFactor":-0.5}"#) == "maximumFactor: must be at least 0, not -0.5")
        #expect(said(#"{"maximumExtra":-1}"#) == "maximumExtra: must be at least 0, not -1")
        #expect(said(#"{"minimumLength":-1}"#) == "minimumLength: must be at least 0, not -1")
        #expect(said(#"{"maximumLength":0}"#) == "maximumLength: must be at least 1, not 0")
        #expect(said(#"{"minimumLength":5,"maximumLength":4}"#) == "maximumLength: must be at least 'minimumLength', 5, not 4")
        #expect(said(#"{"lengthNormalisation":"wu"}"#).hasPrefix("lengthNormalisation: "))
    }

    @Test func survivesJSON() throws {
        var options = SearchOptions()
        options.beam = 7
        options.best = 3
        options.lengthPenalty = 0.6
        options.maximumFactor = 1.5
        options.maximumExtra = 4
        (options.lengthNormalisation, options.minimumLength, options.maximumLength) = (.plain, 2, 20)
        options.wantsAlignments = true
        #expect(try JSONDecoder().decode(SearchOptions.self, from: JSONEncoder().encode(options)) == options)
    }
}
