/// Makes dates as people write them, paired with ISO 8601: a translation task of real locale data that needs no download.
///
/// A **source** is a day of 1950-01-01 … 2049-12-31 in one of the locales and styles, in that locale's language, order, script and digits, as Foundation's
/// locale data has them, but always with a four-digit year (Gregorian calendar). A source that is digits and punctuation alone carries
/// the locale's tag in front (`en-US 3/4/1987`, `de 04.03.1987`), because nothing else would tell the day from the month; a source with
/// words (`4. März 1987`, `1987年3月4日`) carries none. The **target** is `YYYY-MM-DD`.
///
/// The split is by day: a hash of (seed, day) holds out about a tenth of the days, and a held-out day occurs in training in no locale.
/// The same seed gives the same bytes in every process, whatever its time zone and language; another version of Foundation's locale data may write
/// some locale differently. No source stands for two days, and none is given twice in one call.
public struct DateGenerator: Sendable {
    /// Which days to draw from.
    public enum Split: Sendable, CaseIterable {
        /// The days to learn from, about nine tenths.
        case training
        /// The days to measure with, about a tenth.
        case heldOut
    }

    /// The seed of the split and of the draws.
    public let seed: UInt64
    /// The locales drawn from, each equally often.
    public let locales: [DateLocale]
    /// The styles drawn from, each equally often.
    public let styles: [DateStyle]

    private let formats: [DateFormat]
    /// How many formats write differently: in some locales two styles are the same.
    private let distinctFormatCount: Int

    /// A generator; making the formatters takes about a millisecond for each locale and style.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where there are no locales or no styles.
    public init(seed: UInt64, locales: [DateLocale] = DateLocale.all, styles: [DateStyle] = DateStyle.allCases) throws {
        guard !locales.isEmpty, !styles.isEmpty else {
            throw CorpusError(.invalidOption, "dates need at least one locale and one style.")
        }
        self.seed = seed
        self.locales = locales
        self.styles = styles
        formats = locales.flatMap { locale in styles.map { DateFormat(locale: locale, style: $0) } }
        distinctFormatCount = Set(formats.map { $0.string(dayNumber: CivilDay.window.lowerBound) }).count
    }

    /// Draws examples without repetition; fewer examples of the same split are a prefix of more.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where the count is negative or more than half of all that could be drawn.
    public func examples(count: Int, split: Split) throws -> [DateExample] {
        let days = days(in: split)
        let limit = days.count * distinctFormatCount / 2
        guard (0...limit).contains(count) else {
            throw CorpusError(
                .invalidOption, "\(count) dates were asked for; these locales and styles give 0 to \(limit) without repeating themselves.")
        }
        var generator = SplitMix64(seed, split == .training ? 1 : 2)
        var seen: Set<String> = []
        seen.reserveCapacity(count)
        var examples: [DateExample] = []
        examples.reserveCapacity(count)
        while examples.count < count {
            let format = formats[generator.next(below: formats.count)]
            let day = days[generator.next(below: days.count)]
            let example = Self.example(format, day: day)
            if seen.insert(example.source).inserted { examples.append(example) }
        }
        return examples
    }

    /// The days of a split, as numbers from 1970-01-01 on, ascending.
    func days(in split: Split) -> [Int] {
        CivilDay.window.filter { isHeldOut(dayNumber: $0) == (split == .heldOut) }
    }

    /// A day in every locale and style of this generator.
    func everyWriting(ofDay day: Int) -> [DateExample] {
        formats.map { Self.example($0, day: day) }
    }

    private func isHeldOut(dayNumber: Int) -> Bool {
        var generator = SplitMix64(seed, 0, UInt64(bitPattern: Int64(dayNumber)))
        return generator.next(below: 10) == 0
    }

    private static func example(_ format: DateFormat, day: Int) -> DateExample {
        DateExample(
            source: format.string(dayNumber: day), target: CivilDay(dayNumber: day).iso8601, locale: format.locale.identifier,
            style: format.style)
    }
}

/// A date as a person writes it and as ISO 8601 does.
public struct DateExample: Sendable, Equatable {
    /// The date in the locale's writing, with the locale's tag in front where it is digits alone.
    public let source: String
    /// `YYYY-MM-DD`.
    public let target: String
    /// The locale, for example `fa-u-nu-arabext`.
    public let locale: String
    /// The style.
    public let style: DateStyle

    /// An example as `DateGenerator` makes it.
    public init(source: String, target: String, locale: String, style: DateStyle) {
        self.source = source
        self.target = target
        self.locale = locale
        self.style = style
    }
}
