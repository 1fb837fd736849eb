import Foundation
import Testing

@testable import UnrollText

@Suite("Labels and spans") struct LabelTests {
    @Test func labelsAreInTheOrderOfTheirBytes() throws {
        let labels = LabelSet(["b", "a", "B", "é", "b", "e\u{301}"])
        #expect(labels.names.map { Array($0.utf8) } == ["B", "a", "b", "e\u{301}", "é"].map { Array($0.utf8) })
        #expect(labels.names.indices.allSatisfy { labels.id(of: labels.names[$0]) == Int32($0) })
        #expect(labels.id(of: "c") == nil && labels.count == 5)
        let json = try JSONEncoder().encode(labels)
        #expect(try JSONDecoder().decode(LabelSet.self, from: json) == labels)
        #expect(throws: TextError.self) { try JSONDecoder().decode(LabelSet.self, from: Data("[]".utf8)) }
        #expect(throws: TextError.self) { try JSONDecoder().decode(LabelSet.self, from: Data(#"["a","b","a"]"#.utf8)) }
    }

    @Test func tagsOfSpansAreKnown() {
        #expect(LabelSet(["O", "B-x", "I-x"]).areSpanTags)
        #expect(!LabelSet(["O", "B-x", "NOUN"]).areSpanTags)
        #expect(!LabelSet(["O"]).areSpanTags)
    }

    private func spans(_ tags: String) -> [String] {
        SpanScore.spans(tags.split(separator: " ").map(String.init)).map { "\($0.kind)\($0.words.lowerBound)-\($0.words.upperBound)" }
    }

    /// The cases that conlleval tells apart.
    @Test func spansBeginAndEndAsConllevalHasIt() {
        #expect(spans("B-x I-x O B-y") == ["x0-2", "y3-4"])
        #expect(spans("B-x B-x I-x") == ["x0-1", "x1-3"])
        #expect(spans("O I-x I-x") == ["x1-3"])
        #expect(spans("B-x I-y I-y") == ["x0-1", "y1-3"])
        #expect(spans("I-x O I-x") == ["x0-1", "x2-3"])
        #expect(spans("O O") == [])
        #expect(spans("") == [])
        #expect(spans("B-a-b I-a-b") == ["a-b0-2"])
        #expect(spans("B- I- B-") == ["0-2", "2-3"])
    }

    @Test func countsWholeSpans() {
        var score = SpanScore()
        #expect(score.f1 == 0)
        let tags = { (text: String) in text.split(separator: " ").map(String.init) }
        score.add(tags("B-x I-x O B-y"), reference: tags("B-x I-x O B-z"))
        score.add(tags("B-x O O"), reference: tags("B-x I-x O"))
        score.add(tags("O B-x"), reference: tags("O B-x"))
        #expect((score.expected, score.found, score.right) == (4, 4, 2))
        score.add(tags("O O"), reference: tags("B-x B-x"))
        #expect(score.precision == 0.5 && score.recall == 2 / 6.0)
        #expect(abs(score.f1 - 0.4) < 1e-15)
    }
}
