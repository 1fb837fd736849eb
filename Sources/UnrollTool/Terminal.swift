import Foundation

/// The terminal that a person watches: standard error, so that standard output stays the result's.
enum Terminal {
    /// Whether someone watches, so that a line may be written over.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// A line of information.
    static func note(_ text: String) {
        write((isInteractive ? "\r\u{1B}[2K" : "") + text + "\n")
    }

    /// A line that the next one replaces, where someone watches; a line of its own elsewhere.
    static func progress(_ text: String) {
        write(isInteractive ? "\r\u{1B}[2K" + text : text + "\n")
    }

    private static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

extension Double {
    /// The number with so many decimals, independent of the locale.
    func fixed(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }

    /// Seconds as `1:02:03`, `2:03` or `3 s`.
    var asDuration: String {
        guard isFinite else { return "?" }
        let seconds = Int(rounded())
        if seconds < 60 { return "\(seconds) s" }
        let clock = String(format: "%02d:%02d", seconds / 60 % 60, seconds % 60)
        return seconds < 3600 ? clock : "\(seconds / 3600):\(clock)"
    }
}
