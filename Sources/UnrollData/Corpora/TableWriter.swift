import Foundation

/// Writes tab-separated lines to a file, whole or not at all: beside it first, then renamed onto it.
public enum TableWriter {
    /// Writes rows, one a line, their columns separated by tabs, UTF-8, `\n` after each.
    ///
    /// A file of that name is replaced; after an error it is what it was before.
    /// - Throws: `CorpusError`: `.invalidOption`, with the line, where a column holds a tab or a line end; `.unwritable` where the
    ///   directory is missing or the disk is full.
    public static func write(_ rows: some Sequence<[String]>, to path: String) throws {
        let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
        guard let file = fopen(partial, "wb") else { throw unwritable(path) }
        var isOpen = true
        do {
            var line = 0
            for row in rows {
                line += 1
                guard !row.contains(where: { $0.utf8.contains(where: { [0x09, 0x0a, 0x0d].contains($0) }) }) else {
                    throw CorpusError(.invalidOption, path: path, line: line, "a column holds a tab or a line end; nothing was written.")
                }
                var text = row.joined(separator: "\t") + "\n"
                let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
                guard isWritten else { throw unwritable(path) }
            }
            guard fflush(file) == 0, fsync(fileno(file)) == 0 else { throw unwritable(path) }
            isOpen = false
            guard fclose(file) == 0, rename(partial, path) == 0 else { throw unwritable(path) }
        } catch {
            if isOpen { fclose(file) }
            unlink(partial)
            throw error
        }
    }

    private static func unwritable(_ path: String) -> CorpusError {
        CorpusError(.unwritable, path: path, "cannot be written: \(String(cString: strerror(errno))).")
    }
}

extension TableWriter {
    /// Writes dates: source, target and locale, separated by tabs.
    ///
    /// - Throws: `CorpusError`, as `write(_:to:)` does.
    public static func write(_ dates: [DateExample], to path: String) throws {
        try write(dates.lazy.map { [$0.source, $0.target, $0.locale] }, to: path)
    }

    /// Writes dates: source and target alone.
    ///
    /// - Throws: `CorpusError`, as `write(_:to:)` does.
    public static func writePairs(_ dates: [DateExample], to path: String) throws {
        try write(dates.lazy.map { [$0.source, $0.target] }, to: path)
    }
}
