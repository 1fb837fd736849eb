import Foundation
import Testing

@testable import UnrollData

@Suite("Dates of many locales")
struct DateGeneratorTests {
    /// 1987-03-04, a Wednesday, as Foundation's locale data writes it.
    /// One that followed the machine's time zone would write the third west of Greenwich.
    @Test(arguments: [
        ("en-US", "latn", DateStyle.short, "en-US 3/4/1987"),
        ("en-US", "latn", .medium, "Mar 4, 1987"),
        ("en-US", "latn", .mediumWeekday, "Wed, Mar 4, 1987"),
        ("en-US", "latn", .long, "March 4, 1987"),
        ("en-US", "latn", .full, "Wednesday, March 4, 1987"),
        ("en-GB", "latn", .short, "en-GB 04/03/1987"),
        ("de", "latn", .short, "de 04.03.1987"),
        ("de", "latn", .full, "Mittwoch, 4. März 1987"),
        ("fr", "latn", .long, "4 mars 1987"),
        ("pt", "latn", .long, "4 de março de 1987"),
        ("hu", "latn", .full, "1987. március 4., szerda"),
        ("lv", "latn", .long, "1987. gada 4. marts"),
        ("ru", "latn", .long, "4 марта 1987\u{202f}г."),
        ("el", "latn", .long, "4 Μαρτίου 1987"),
        ("he", "latn", .long, "4 במרץ 1987"),
        ("fa", "arabext", .short, "fa ۱۹۸۷/۳/۴"),
        ("fa", "arabext", .full, "چهارشنبه ۴ مارس ۱۹۸۷"),
        ("ar", "arab", .short, "ar ٤\u{200f}/٣\u{200f}/١٩٨٧"),
        ("hi", "deva", .long, "४ मार्च १९८७"),
        ("bn", "beng", .long, "৪ মার্চ, ১৯৮৭"),
        ("th", "thai", .long, "๔ มีนาคม ค.ศ. ๑๙๘๗"),
        ("my", "mymr", .full, "၁၉၈၇ မတ် ၄ ဗုဒ္ဓဟူး"),
        ("zh-Hans", "latn", .full, "1987年3月4日 星期三"),
        ("zh-Hans", "hanidec", .long, "一九八七年三月四日"),
        ("ja", "latn", .short, "ja 1987/03/04"),
        ("ko", "latn", .full, "1987년 3월 4일 수요일"),
    ])
    func writesAKnownDay(tag: String, digits: String, style: DateStyle, expected: String) {
        let format = DateFormat(locale: DateLocale(tag, numberingSystem: digits), style: style)
        #expect(Array(format.string(dayNumber: 6_271).utf8) == Array(expected.utf8), "\(format.string(dayNumber: 6_271))")
    }

    /// Foundation itself, asked in another way, writes the same, tag and two-digit years apart.
    @Test func writesWhatFoundationWrites() throws {
        var compared = 0
        for locale in DateLocale.all {
            for (style, dateStyle) in [(DateStyle.short, DateFormatter.Style.short), (.medium, .medium), (.long, .long), (.full, .full)] {
                let formatter = DateFormatter()
                let name = locale.tag.replacing("-", with: "_")
                formatter.locale = Locale(identifier: "\(name)@calendar=gregorian;numbers=\(locale.numberingSystem)")
                formatter.timeZone = TimeZone(secondsFromGMT: 0)
                formatter.dateStyle = dateStyle
                formatter.timeStyle = .none
                let format = DateFormat(locale: locale, style: style)
                guard formatter.dateFormat == format.pattern.text else {
                    #expect(formatter.dateFormat.contains("yy"), "\(locale.identifier) \(style)")
                    continue
                }
                compared += 1
                let prefix = format.pattern.isNumeric ? locale.tag + " " : ""
                for day in [-7_305, -1, 0, 6_271, 11_016, 29_219] {
                    let expected = prefix + formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
                    #expect(Array(format.string(dayNumber: day).utf8) == Array(expected.utf8))
                }
            }
        }
        #expect(compared > DateLocale.all.count * 3)
    }

    @Test func knowsManyLocalesAndDigits() {
        #expect(DateLocale.all.count == 56)
        #expect(Set(DateLocale.all.map(\.identifier)).count == 56)
        #expect(Set(DateLocale.all.map(\.numberingSystem)).count == 15)
        #expect(DateLocale("fa", numberingSystem: "arabext").identifier == "fa-u-nu-arabext")
        #expect(DateLocale("en-GB").identifier == "en-GB")
    }

    @Test func repeatsItselfAndTellsSeedsApart() throws {
        let dates = try DateGenerator(seed: 1).examples(count: 500, split: .training)
        #expect(try DateGenerator(seed: 1).examples(count: 500, split: .training) == dates)
        #expect(try DateGenerator(seed: 1).examples(count: 20, split: .training) == Array(dates.prefix(20)))
        #expect(try DateGenerator(seed: 2).examples(count: 500, split: .training) != dates)
        #expect(try DateGenerator(seed: 1).examples(count: 0, split: .heldOut) == [])
    }

    @Test func dependsOnNoTimeZoneOfTheMachine() throws {
        let dates = try DateGenerator(seed: 4).examples(count: 300, split: .training)
        let usual = NSTimeZone.default
        defer { NSTimeZone.default = usual }
        for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            NSTimeZone.default = try #require(TimeZone(identifier: zone))
            #expect(try DateGenerator(seed: 4).examples(count: 300, split: .training) == dates)
        }
    }

    @Test func givesTheSameToSeveralTasksAtOnce() async throws {
        let generator = try DateGenerator(seed: 4)
        let dates = try generator.examples(count: 2_000, split: .training)
        try await withThrowingTaskGroup(of: [DateExample].self) { group in
            for _ in 0..<8 {
                group.addTask { try generator.examples(count: 2_000, split: .training) }
            }
            for try await others in group { #expect(others == dates) }
        }
    }

    @Test func holdsDaysOutInEveryLocale() throws {
        let generator = try DateGenerator(seed: 1)
        let training = try Set(generator.examples(count: 20_000, split: .training).map(\.target))
        let heldOut = try Set(generator.examples(count: 5_000, split: .heldOut).map(\.target))
        #expect(training.isDisjoint(with: heldOut))

        let days = (training: generator.days(in: .training), heldOut: generator.days(in: .heldOut))
        #expect((days.training + days.heldOut).sorted() == Array(CivilDay.window))
        #expect((3_300...4_000).contains(days.heldOut.count))
        #expect(try DateGenerator(seed: 2).days(in: .heldOut) != days.heldOut)
        // Another choice of locales changes the draws, never the split.
        #expect(try DateGenerator(seed: 1, locales: [DateLocale("de")], styles: [.long]).days(in: .heldOut) == days.heldOut)
    }

    @Test func givesNothingTwiceAndNoSourceTwoMeanings() throws {
        let generator = try DateGenerator(seed: 5)
        let dates = try DateGenerator.Split.allCases.flatMap { try generator.examples(count: 20_000, split: $0) }
        #expect(Set(dates.map { Array($0.source.utf8) }).count == dates.count)

        // Every day of a leap year and the year after it, in every writing.
        var meanings: [[UInt8]: String] = [:]
        for day in 6_574..<6_574 + 731 {
            for date in generator.everyWriting(ofDay: day) {
                let meaning = meanings.updateValue(date.target, forKey: Array(date.source.utf8))
                #expect(meaning == nil || meaning == date.target, "\(date.source)")
            }
        }
        #expect(meanings.count > 731 * 56 * 3)
    }

    @Test func drawsFromEveryLocaleAndStyle() throws {
        let dates = try DateGenerator(seed: 6).examples(count: 20_000, split: .training)
        for locale in DateLocale.all {
            for style in DateStyle.allCases {
                #expect(dates.contains { $0.locale == locale.identifier && $0.style == style }, "\(locale.identifier) \(style)")
            }
        }
        let years = dates.compactMap { Int($0.target.prefix(4)) }
        #expect(years.allSatisfy { (1950...2049).contains($0) })
        #expect(Set(years).count == 100)
    }

    @Test func tagsWhatIsDigitsAlone() throws {
        // The one system whose digits are letters.
        let hanDigits = Set("〇一二三四五六七八九".unicodeScalars)
        for date in try DateGenerator(seed: 7).examples(count: 5_000, split: .training) {
            let tag = DateLocale.all.first { $0.identifier == date.locale }?.tag
            let isTagged = try date.source.hasPrefix(#require(tag) + " ")
            let rest = isTagged ? date.source.drop { $0 != " " } : date.source[...]
            let isNumeric = rest.unicodeScalars.allSatisfy { !$0.properties.isAlphabetic || hanDigits.contains($0) }
            #expect(isTagged == isNumeric, "\(date)")
        }
    }

    @Test func refusesWhatItCannotDraw() throws {
        #expect(throws: CorpusError.self) { try DateGenerator(seed: 1, locales: []) }
        #expect(throws: CorpusError.self) { try DateGenerator(seed: 1, styles: []) }
        let german = DateLocale("de")
        let generator = try DateGenerator(seed: 1, locales: [german, german, german], styles: [.long])
        let limit = generator.days(in: .heldOut).count / 2
        #expect(try generator.examples(count: limit, split: .heldOut).count == limit)
        for count in [-1, limit + 1] {
            let error = try #require(throws: CorpusError.self) { try generator.examples(count: count, split: .heldOut) }
            #expect(error.kind == .invalidOption)
        }
    }
}

@Suite("Patterns and days")
struct DatePatternTests {
    @Test(arguments: [
        ("M/d/yy", "M/d/y", true),
        ("dd.MM.y", "dd.MM.y", true),
        ("y-MM-dd", "y-MM-dd", true),
        ("yyyy/M/d", "yyyy/M/d", true),
        ("d\u{200f}/M\u{200f}/y", "d\u{200f}/M\u{200f}/y", true),
        ("d MMM yy", "d MMM y", false),
        ("d.MM.yy 'г'.", "d.MM.y 'г'.", false),
        ("d 'yy' M yy", "d 'yy' M y", false),
        ("EEE d/M/yy", "EEE d/M/y", false),
        ("y年M月d日", "y年M月d日", false),
        ("d ''M'' yy", "d ''M'' y", true),
        ("d. LL. yyd", "d. LL. yd", true),
        ("", "", true),
    ])
    func understandsPatterns(pattern: String, expected: String, isNumeric: Bool) {
        #expect(DatePattern(pattern).text == expected)
        #expect(DatePattern(pattern).isNumeric == isNumeric)
    }

    @Test(arguments: [
        (-7_305, "1950-01-01"), (-1, "1969-12-31"), (0, "1970-01-01"), (789, "1972-02-29"), (6_271, "1987-03-04"), (11_016, "2000-02-29"),
        (29_219, "2049-12-31"), (-25_509, "1900-02-28"), (-25_508, "1900-03-01"), (-719_468, "0000-03-01"), (-719_469, "0000-02-29"),
    ])
    func writesISO8601(dayNumber: Int, expected: String) {
        #expect(CivilDay(dayNumber: dayNumber).iso8601 == expected)
    }

    @Test func countsEveryDayOfTheWindowAsFoundationDoes() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for day in stride(from: CivilDay.window.lowerBound, to: CivilDay.window.upperBound, by: 13) {
            let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let civil = CivilDay(dayNumber: day)
            #expect([civil.year, civil.month, civil.day] == [parts.year, parts.month, parts.day])
        }
    }
}
