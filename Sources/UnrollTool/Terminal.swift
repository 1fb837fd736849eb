import Foundation
import Synchronization

/// What is told about a command's work: standard error, so that standard output stays the result's.
enum Terminal {
    /// Whether someone watches, so that a line may be written over.
    static let isInteractive = Descriptor.standardError.isTerminal && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// How many rows of progress stand at the end, to be written over.
    private static let liveRows = Atomic(0)

    /// Lines of information, which stay.
    static func note(_ text: String) {
        write(clearing() + text + "\n")
    }

    /// Where someone watches, rows that the next progress replaces; elsewhere a line with all parts.
    static func progress(_ parts: [String]) {
        guard isInteractive else {
            write(parts.joined(separator: "  ") + "\n")
            return
        }
        // A row that reaches the last column may wrap, and a wrapped row cannot be replaced.
        let rows = rows(parts, columns: (Descriptor.standardError.columns ?? 80) - 1)
        let start = clearing()
        liveRows.store(rows.count, ordering: .relaxed)
        write(start + rows.joined(separator: "\n"))
    }

    /// Removes the rows of progress, if there are any.
    static func clear() {
        let clearing = clearing()
        if !clearing.isEmpty { write(clearing) }
    }

    /// The parts in rows of at most so many columns, two spaces between them; of a part that is too long, what fits.
    static func rows(_ parts: [String], columns: Int) -> [String] {
        var rows: [String] = []
        for part in parts {
            if let last = rows.last, last.count + 2 + part.count <= columns {
                rows[rows.count - 1] = last + "  " + part
            } else {
                rows.append(String(part.prefix(max(0, columns))))
            }
        }
        return rows
    }

    /// What takes the cursor to the first row of progress and erases all below it.
    private static func clearing() -> String {
        let rows = liveRows.exchange(0, ordering: .relaxed)
        guard rows > 0 else { return "" }
        return "\r" + (rows > 1 ? "\u{1B}[\(rows - 1)A" : "") + "\u{1B}[J"
    }

    private static func write(_ text: String) {
        // Nobody may be there to read it, and the work goes on.
        _ = Descriptor.standardError.write(text)
    }
}
