/// Hands out some columns of a tab-separated file, line by line. There is no quoting: a tab is always a column's end.
final class TableReader {
    private let lines: LineReader
    private let columns: [(name: String, number: Int)]
    private var columnCount: Int?
    private var isEmpty = true

    /// The line that was handed out last.
    var lineNumber: Int { lines.lineNumber }

    /// - Parameter columns: those wanted, counted from 1, with what messages call them.
    init(_ path: String, columns: [(name: String, number: Int)]) throws {
        lines = try LineReader(path: path)
        self.columns = columns
    }

    /// The wanted columns of the next line that is not empty, or nil after the last.
    ///
    /// - Throws: `CorpusError`, with the line: another number of columns than before, a wanted one that is missing or empty; `.empty` where the
    ///   file ends without a single line.
    func next() throws -> [String]? {
        while let line = try lines.next() {
            guard !line.isEmpty else { continue }
            isEmpty = false
            let fields = line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            let expected = columnCount ?? max(fields.count, columns.map(\.number).max() ?? 1)
            columnCount = expected
            guard fields.count == expected else {
                throw failure(
                    .wrongColumnCount(expected: expected, found: fields.count),
                    "the line has \(fields.count) tab-separated columns where \(expected) were expected; mend the line or name other columns."
                )
            }
            return try columns.map { name, number in
                let field = String(Substring(fields[number - 1]))
                guard !field.isBlank else {
                    throw failure(.malformed, "the \(name) in column \(number) is empty; fill it in or remove the line.")
                }
                return field
            }
        }
        guard !isEmpty else { throw CorpusError(.empty, path: lines.path, "the file has no lines with text.") }
        return nil
    }

    /// An error about the line that was handed out last.
    func failure(_ kind: CorpusError.Kind, _ message: String) -> CorpusError {
        CorpusError(kind, path: lines.path, line: lines.lineNumber, message)
    }
}
