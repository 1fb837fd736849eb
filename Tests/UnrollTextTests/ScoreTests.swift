import Foundation
import Testing

@testable import UnrollText

@Suite struct ScoreTests {
    @Test func unequalLineCountsNameBothNumbers() {
        for score in [
            { _ = try BLEU().score(of: ["a", "b"], against: [["a", "b"], ["a"]]) },
            { _ = try ChrF().score(of: ["a", "b"], against: [["a", "b"], ["a"]]) },
        ] {
            let error = #expect(throws: TextError.self) { try score() }
            #expect(error?.kind == .unequalLineCounts)
            #expect(
                error?.description
                    == "there are 2 hypotheses, but reference 2 of 2 has 1 lines; line n of each must belong to the same sentence")
        }
    }

    @Test func nothingToScoreIsAnError() {
        #expect(throws: TextError.self) { try BLEU().score(of: [], against: [[]]) }
        #expect(throws: TextError.self) { try BLEU().score(of: ["a"], against: []) }
        #expect(throws: TextError.self) { try ChrF().score(of: [], against: [[]]) }
        #expect(throws: TextError.self) { try ExactMatch(of: [], against: []) }
    }

    @Test func aSentenceWithoutReferencesMatchesNothing() {
        let bleu = BLEU().statistics(of: "a b", against: [])
        #expect(bleu.matches == [0, 0, 0, 0])
        #expect(bleu.totals == [2, 1, 0, 0])
        #expect(bleu.referenceLength == 0)
        #expect(ChrF().score(of: ChrF().statistics(of: "a b", against: [])).score == 0)
    }

    @Test func everythingRightIs100AndNoMore() throws {
        let lines = ["the cat sat on the mat", "a dog runs over the grass"]
        #expect(try BLEU().score(of: lines, against: [lines]).score == 100)
        #expect(try ChrF().score(of: lines, against: [lines]).score == 100)
    }

    @Test func resultsSurviveJSON() throws {
        let bleu = try BLEU().score(of: ["the cat sat on a mat"], against: [["the cat sat on the mat"]])
        #expect(try JSONDecoder().decode(BLEU.Score.self, from: JSONEncoder().encode(bleu)) == bleu)
        let chrF = try ChrF().score(of: ["the cat"], against: [["the cats"]])
        #expect(try JSONDecoder().decode(ChrF.Score.self, from: JSONEncoder().encode(chrF)) == chrF)
    }

    @Test func exactMatchComparesScalars() throws {
        let match = try ExactMatch(
            of: ["1999-12-31", "a ", "caf\u{e9}", "", "x"], against: ["1999-12-31", "a", "cafe\u{301}", "", "y"])
        #expect(match.matches == 2)
        #expect(match.total == 5)
        #expect(match.share == 0.4)
        #expect(match.description == "40.0% of 5")
        #expect(ExactMatch().share == 0)
        #expect(try JSONDecoder().decode(ExactMatch.self, from: JSONEncoder().encode(match)) == match)
    }

    @Test func fixedDecimalsRoundAsPrintf() {
        #expect(ScoreSignature.fixed(98.65, decimals: 1) == String(format: "%.1f", 98.65))
        #expect(ScoreSignature.fixed(0.5, decimals: 0) == "0")
        #expect(ScoreSignature.fixed(1e300, decimals: 3).count == 305)
    }
}
