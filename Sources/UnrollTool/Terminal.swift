import Foundation
import Synchronization

/// What is told about a command's work: standard error, so that standard output stays the result's.
enum Terminal {
    /// Whether someone watches, so that a line may be written over.
    static let isInteractive = Descriptor.standardError.isTerminal && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    private static let hasLiveLine = Atomic(false)
    private static let clearing = "\r\u{1B}[2K"

    /// Lines of information, which stay.
    static func note(_ text: String) {
        write((hasLiveLine.exchange(false, ordering: .relaxed) ? clearing : "") + text + "\n")
    }

    /// Where someone watches, a line that the next one replaces, as many of the parts as fit; elsewhere a line with all of them.
    static func progress(_ parts: [String]) {
        guard isInteractive else {
            write(parts.joined(separator: "  ") + "\n")
            return
        }
        // A line that reaches the last column may wrap, and a wrapped line cannot be replaced.
        let line = fitting(parts, columns: (Descriptor.standardError.columns ?? 80) - 1)
        hasLiveLine.store(true, ordering: .relaxed)
        write(clearing + line)
    }

    /// Removes the line of progress, if there is one.
    static func clear() {
        if hasLiveLine.exchange(false, ordering: .relaxed) { write(clearing) }
    }

    /// The first parts that fit into so many columns, two spaces between them; at least what fits of the first one.
    static func fitting(_ parts: [String], columns: Int) -> String {
        var line = ""
        for part in parts {
            let next = line.isEmpty ? part : line + "  " + part
            if next.count > columns { break }
            line = next
        }
        return line.isEmpty ? String((parts.first ?? "").prefix(max(0, columns))) : line
    }

    private static func write(_ text: String) {
        // Nobody may be there to read it, and the work goes on.
        _ = Descriptor.standardError.write(text)
    }
}
