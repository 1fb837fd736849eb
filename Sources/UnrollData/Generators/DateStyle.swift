/// How much of a date is written out. Each locale has its own pattern for each, from Foundation's locale data.
public enum DateStyle: String, Sendable, CaseIterable {
    /// Mostly digits: 3/4/1987.
    case short
    /// Mostly an abbreviated month: Mar 4, 1987.
    case medium
    /// The same with an abbreviated weekday: Wed, Mar 4, 1987.
    case mediumWeekday
    /// The month's full name: March 4, 1987.
    case long
    /// The same with the weekday: Wednesday, March 4, 1987.
    case full
}
