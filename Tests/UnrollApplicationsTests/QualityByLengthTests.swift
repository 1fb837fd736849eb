import Testing
import UnrollText

@testable import UnrollApplications

@Suite("Quality by length") struct QualityByLengthTests {
    /// Lengths 1, 2, 3 and 5 in words, in an order of their own.
    private let sources = ["a b c", "d", "e f g h i", "j k"]
    private let references = ["a b c", "d", "e f g h i", "j k"]
    private let outputs = ["a x c", "d", "e f g h", "j k l m"]

    @Test func sourcesAreSortedByTheirLength() throws {
        let quality = try QualityByLength(sources: sources, outputs: outputs, references: references, width: 2)
        #expect(quality.buckets.map(\.shortest) == [1, 3, 5])
        #expect(quality.buckets.map(\.longest) == [2, 4, 6])
        #expect(quality.buckets.map(\.sentences) == [2, 1, 1])
        #expect(quality.buckets.map(\.meanLength) == [1.5, 3, 5])
        #expect((quality.overall.shortest, quality.overall.longest, quality.overall.sentences) == (1, 5, 4))
        #expect(quality.overall.meanLength == 11.0 / 4)
    }

    @Test func placesThatAreMissingOrTooManyAreErrors() throws {
        let quality = try QualityByLength(sources: sources, outputs: outputs, references: references, width: 2)
        // "d" 1 of 1 and "j k l m" 2 of 4 places; "a x c" 2 of 3; "e f g h" 4 of 5.
        let accuracies: [Double] = [3 / 5, 2 / 3, 4 / 5]
        #expect(quality.buckets.map(\.accuracy) == accuracies)
        #expect(quality.overall.accuracy == 9.0 / 13)
        #expect(quality.buckets.map(\.exactMatch) == [0.5, 0, 0])
        #expect(quality.overall.exactMatch == 0.25)
    }

    @Test func bleuIsThatOfTheBucketAsACorpus() throws {
        let quality = try QualityByLength(sources: sources, outputs: outputs, references: references, width: 2)
        #expect(quality.buckets[0].bleu == (try BLEU().score(of: ["d", "j k l m"], against: [["d", "j k"]]).score))
        #expect(quality.buckets[2].bleu == (try BLEU().score(of: ["e f g h"], against: [["e f g h i"]]).score))
        #expect(quality.overall.bleu == (try BLEU().score(of: outputs, against: [references]).score))
        #expect(quality.buckets[2].bleu > 0)
    }

    @Test func perfectAndEmptyOutputs() throws {
        let perfect = try QualityByLength(sources: sources, outputs: references, references: references, width: 100)
        #expect(perfect.buckets.count == 1)
        #expect((perfect.overall.accuracy, perfect.overall.exactMatch) == (1, 1))
        let empty = try QualityByLength(sources: sources, outputs: ["", "", "", ""], references: references, width: 100)
        #expect((empty.overall.accuracy, empty.overall.exactMatch, empty.overall.bleu) == (0, 0, 0))
    }

    @Test func aWidthOfOneSeparatesEveryLength() throws {
        let quality = try QualityByLength(
            sources: ["", "a", "b c", "  "], outputs: ["", "a", "b c", ""], references: ["", "a", "b d", ""], width: 1)
        #expect(quality.buckets.map(\.shortest) == [1, 2])
        #expect(quality.buckets.map(\.longest) == [1, 2])
        // What has no word is with the shortest, and right where nothing was written.
        #expect(quality.buckets.map(\.sentences) == [3, 1])
        #expect(quality.buckets.map(\.accuracy) == [1, 0.5])
        #expect(quality.overall.shortest == 0)
    }

    @Test func charactersAreCountedAsAReaderDoes() throws {
        let quality = try QualityByLength(
            sources: ["二人の男", "e\u{301}a"], outputs: ["二人は男", "éa"], references: ["二人の男", "e\u{301}a"], width: 2, unit: .character)
        #expect(quality.buckets.map(\.shortest) == [1, 3])
        #expect(quality.buckets[1].accuracy == 0.75)
        // A precomposed letter is another answer than the letter and its accent.
        #expect((quality.buckets[0].accuracy, quality.buckets[0].exactMatch) == (0.5, 0))
    }

    @Test func whatCannotBeMeasuredIsAnError() {
        #expect(throws: TextError.self) { try QualityByLength(sources: [], outputs: [], references: [], width: 5) }
        #expect(throws: TextError.self) { try QualityByLength(sources: ["a"], outputs: ["a"], references: ["a", "b"], width: 5) }
    }
}

@Suite("The comparison of models") struct ModelComparisonTests {
    private func comparison(_ labels: [String], _ outputs: [[String]]) throws -> ModelComparison {
        let references = ["a b", "c d", "e f g"]
        return ModelComparison(
            try zip(labels, outputs).map {
                .init($0, try QualityByLength(sources: references, outputs: $1, references: references, width: 2))
            })
    }

    @Test func theTableMarksTheBest() throws {
        let comparison = try comparison(["small", "the large one"], [["a b", "c x", "e f g"], ["a b", "c d", "x x g"]])
        #expect(
            comparison.table(.accuracy) == """
                token accuracy, %
                words  sentences  small   the large one
                  1–2          2   75.0           100.0*
                  3–4          1  100.0*           33.3
                  all          3   85.7*           71.4

                """)
        #expect(
            comparison.table(.exact) == """
                exact match, %
                words  sentences  small   the large one
                  1–2          2   50.0           100.0*
                  3–4          1  100.0*            0.0
                  all          3   66.7            66.7

                """)
        #expect(comparison.table == comparison.table(.accuracy) + "\n" + comparison.table(.exact) + "\n" + comparison.table(.bleu))
    }

    @Test func labelsOfAnyScriptKeepTheColumns() throws {
        let table = try comparison(["大きい", "é"], [["a b", "c d", "e f g"], ["a b", "c d", "e f x"]]).table(.accuracy)
        #expect(
            table == """
                token accuracy, %
                words  sentences  大きい       é
                  1–2          2   100.0   100.0
                  3–4          1   100.0*   66.7
                  all          3   100.0*   85.7

                """)
    }

    @Test func theChartStandsAtTheMeanLengths() throws {
        let chart = try comparison(["a", "b"], [["a b", "c x", "e f g"], ["a b", "c d", "x x g"]]).chart(.accuracy, title: "T")
        #expect(chart.title == "T")
        #expect(chart.series.map(\.name) == ["a", "b"])
        #expect(chart.series.map { $0.points.map(\.x) } == [[2, 3], [2, 3]])
        #expect(chart.series[0].points.map(\.y) == [75, 100])
        #expect(chart.yAxis.range == 0...100)
        #expect(chart.xAxis.title == "source length in words")
        #expect(chart.subtitle == "3 sequences, by the number of words in the source")
    }

    @Test func modelsAreNamedByWhatTellsThemApart() {
        #expect(ModelComparison.labels(forPaths: ["runs/a.safetensors", "runs/b.safetensors"]) == ["a", "b"])
        #expect(ModelComparison.labels(forPaths: ["runs/gru/best.safetensors", "runs/lstm/best.safetensors"]) == ["gru", "lstm"])
        #expect(ModelComparison.labels(forPaths: ["a/x/m", "b/x/m"]) == ["a/x/m", "b/x/m"])
        #expect(ModelComparison.labels(forPaths: ["a/m", "a/m"]) == ["a/m", "a/m"])
    }
}
