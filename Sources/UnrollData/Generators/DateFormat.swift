import Foundation

/// One locale's way of writing one style, with Foundation's formatter for it kept ready.
struct DateFormat: Sendable {
    let locale: DateLocale
    let style: DateStyle
    let pattern: DatePattern
    private let formatter: DateFormatter

    init(locale: DateLocale, style: DateStyle) {
        self.locale = locale
        self.style = style
        let foundationLocale = locale.foundationLocale
        formatter = DateFormatter()
        formatter.locale = foundationLocale
        var calendar = Calendar(identifier: .gregorian)
        calendar.locale = foundationLocale
        calendar.timeZone = .gmt
        formatter.calendar = calendar
        formatter.timeZone = .gmt
        pattern = DatePattern(Self.localePattern(style, locale: foundationLocale, formatter: formatter))
        formatter.dateFormat = pattern.text
    }

    /// The day in the locale's words and digits, with the locale's tag in front where there are no words.
    func string(dayNumber: Int) -> String {
        let text = formatter.string(from: Date(timeIntervalSince1970: Double(dayNumber) * 86_400))
        return pattern.isNumeric ? "\(locale.tag) \(text)" : text
    }

    private static func localePattern(_ style: DateStyle, locale: Locale, formatter: DateFormatter) -> String {
        let dateStyle: DateFormatter.Style
        switch style {
        case .short: dateStyle = .short
        case .medium: dateStyle = .medium
        case .long: dateStyle = .long
        case .full: dateStyle = .full
        case .mediumWeekday:
            // Every locale has a pattern for such common fields; ISO order stands in for one that a later Foundation may lack.
            return DateFormatter.dateFormat(fromTemplate: "yMMMEd", options: 0, locale: locale) ?? "EEE, y MMM d"
        }
        formatter.timeStyle = .none
        formatter.dateStyle = dateStyle
        return formatter.dateFormat ?? "y-MM-dd"
    }
}
