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
        #expect(said(#"{"noRepeat":0}"#) == "noRepeat: must be at least 1, not 0")
        #expect(said(#"{"best":9,"sampling":{}}"#) == "no error")
        #expect(said(#"{"sampling":{"topK":0}}"#) == "topK: must be at least 1, not 0")
        #expect(said(#"{"sampling":{"topP":0}}"#) == "topP: must be above 0 and at most 1, not 0.0")
        #expect(said(#"{"sampling":{"temperature":-1}}"#) == "temperature: must be at least 0, not -1.0")
    }

    @Test func survivesJSON() throws {
        var options = SearchOptions()
        options.beam = 7
        options.best = 3
        options.lengthPenalty = 0.6
        options.maximumFactor = 1.5
        options.maximumExtra = 4
        (options.lengthNormalisation, options.minimumLength, options.maximumLength) = (.plain, 2, 20)
        (options.wantsAlignments, options.replacesUnknown, options.noRepeat) = (true, true, 3)
        var sampling = SamplingOptions()
        (sampling.temperature, sampling.topK, sampling.topP, sampling.seed) = (0.5, 4, 0.9, 7)
        options.sampling = sampling
        #expect(try JSONDecoder().decode(SearchOptions.self, from: JSONEncoder().encode(options)) == options)
    }
}
