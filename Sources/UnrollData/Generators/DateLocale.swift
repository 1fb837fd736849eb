import Foundation

/// A way of writing dates: a language with its region or script where it matters, and a system of digits. The calendar is always Gregorian.
public struct DateLocale: Sendable, Hashable {
    /// The language tag that stands in front of dates written in digits alone, for example `en-US`.
    public let tag: String
    /// The Unicode name of the digits, for example `latn` or `arabext`.
    public let numberingSystem: String

    /// A locale by its language tag (BCP 47, without extensions) and its digits.
    public init(_ tag: String, numberingSystem: String = "latn") {
        self.tag = tag
        self.numberingSystem = numberingSystem
    }

    /// The whole name, for example `fa-u-nu-arabext`; the tag alone for the digits 0 to 9.
    public var identifier: String {
        numberingSystem == "latn" ? tag : "\(tag)-u-nu-\(numberingSystem)"
    }

    /// Foundation's locale, with digits and calendar pinned. (The keyword form: the `-u-` form with a region fails in Foundation on Linux.)
    var foundationLocale: Locale {
        Locale(identifier: "\(tag.replacing("-", with: "_"))@calendar=gregorian;numbers=\(numberingSystem)")
    }

    /// Every locale that the generator knows, in a fixed order.
    public static let all: [DateLocale] =
        latin.map { DateLocale($0) } + ownDigits.map { DateLocale($0.0, numberingSystem: $0.1) }

    private static let latin = [
        "en-US", "en-GB", "de", "fr", "es", "it", "pt", "nl", "sv", "nb", "fi", "is", "et", "lv", "lt", "pl", "cs", "sl", "hu", "ro", "tr",
        "vi", "id", "sw", "el", "bg", "ru", "uk", "sr-Cyrl", "kk", "mn", "hy", "ka", "he", "am", "zh-Hans", "zh-Hant", "ja", "ko",
    ]

    private static let ownDigits = [
        ("ar", "arab"), ("fa", "arabext"), ("ur", "arabext"), ("hi", "deva"), ("mr", "deva"), ("ne", "deva"), ("bn", "beng"),
        ("gu", "gujr"), ("pa", "guru"), ("ta", "tamldec"), ("te", "telu"), ("kn", "knda"), ("th", "thai"), ("lo", "laoo"),
        ("km", "khmr"), ("my", "mymr"), ("zh-Hans", "hanidec"),
    ]
}
