import Testing

@testable import UnrollData

@Suite("Exact dates, overall and by locale")
struct DateScoreTests {
    private func example(_ locale: String, _ target: String) -> DateExample {
        DateExample(source: "", target: target, locale: locale, style: .long)
    }

    @Test func countsByLocale() {
        let examples = [
            example("fr", "2001-01-01"), example("de", "2001-01-02"), example("fr", "2001-01-03"), example("en-US", "2001-01-04"),
            example("de", "2001-01-05"), example("fr", "2001-01-06"),
        ]
        let score = DateScore(
            examples, translations: ["2001-01-01", "2001-01-02", "2001-01-30", "2001-01-04", "2001-01-05 ", "2001-01-06"])
        #expect(score.overall.correct == 4)
        #expect(score.overall.total == 6)
        #expect(score.overall.share == 4.0 / 6)
        #expect(score.perLocale.map(\.locale) == ["de", "en-US", "fr"])
        #expect(score.perLocale.map(\.correct) == [1, 1, 2])
        #expect(score.perLocale.map(\.total) == [2, 1, 3])
        #expect(score.worst?.locale == "de")
    }

    @Test func namesTheFirstAmongEquals() {
        let examples = ["uk", "ar", "he"].map { example($0, "2001-01-01") }
        #expect(DateScore(examples, translations: ["", "", ""]).worst?.locale == "ar")
        #expect(DateScore(examples, translations: ["2001-01-01", "2001-01-01", ""]).worst?.locale == "he")
    }

    @Test func scoresNothing() {
        let score = DateScore([], translations: [])
        #expect(score.overall.share == 0)
        #expect(score.perLocale.isEmpty)
        #expect(score.worst == nil)
    }
}
