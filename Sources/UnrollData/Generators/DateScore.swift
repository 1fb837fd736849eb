/// How many dates a model translated exactly, overall and in each locale.
public struct DateScore: Sendable, Equatable {
    /// The count of one locale, or of all.
    public struct Accuracy: Sendable, Equatable {
        /// The locale, for example `fa-u-nu-arabext`; `all` for the sum.
        public let locale: String
        /// How many translations were the reference to the byte.
        public let correct: Int
        /// How many there were.
        public let total: Int

        /// `correct` / `total`; 0 where there were none.
        public var share: Double { total == 0 ? 0 : Double(correct) / Double(total) }
    }

    /// All locales together.
    public let overall: Accuracy
    /// One for each locale that occurs, ordered by the bytes of its name.
    public let perLocale: [Accuracy]

    /// The locale with the lowest share, the first by name among equals; nil where there are no examples.
    public var worst: Accuracy? {
        perLocale.min { $0.share < $1.share }
    }

    /// Compares translations with references, in the same order.
    ///
    /// - Precondition: there are as many translations as examples.
    public init(_ examples: [DateExample], translations: [String]) {
        precondition(examples.count == translations.count, "\(examples.count) examples and \(translations.count) translations")
        var places: [String: Int] = [:]
        var counts: [(locale: String, correct: Int, total: Int)] = []
        for (example, translation) in zip(examples, translations) {
            let place = places[example.locale] ?? counts.count
            if place == counts.count {
                places[example.locale] = place
                counts.append((example.locale, 0, 0))
            }
            counts[place].total += 1
            if example.target.utf8.elementsEqual(translation.utf8) { counts[place].correct += 1 }
        }
        perLocale =
            counts
            .sorted { $0.locale.utf8.lexicographicallyPrecedes($1.locale.utf8) }
            .map { Accuracy(locale: $0.locale, correct: $0.correct, total: $0.total) }
        overall = Accuracy(locale: "all", correct: counts.reduce(0) { $0 + $1.correct }, total: counts.reduce(0) { $0 + $1.total })
    }
}
