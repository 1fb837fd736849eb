/// Sentences and their translations: two files whose lines belong together, or two columns of one tab-separated file. Plain or gzip.
///
/// Every reader streams the corpus anew. **Empty sides:** a pair with nothing but white space on either side teaches nothing and would
/// be a sequence of length zero; it is skipped and counted (`PairReader.skippedCount`), and so is an empty line of a tab-separated file. A corpus
/// in which no pair is left is an error.
public struct ParallelCorpus: Sendable {
    enum Layout: Sendable {
        case files(source: String, target: String)
        case table(path: String, sourceColumn: Int, targetColumn: Int, columnCount: Int?)
    }

    let layout: Layout

    /// The file or files, for messages.
    var path: String {
        switch layout {
        case .files(let source, let target): "\(source), \(target)"
        case .table(let path, _, _, _): path
        }
    }

    /// A corpus in two files, one sentence a line; line n of one translates line n of the other. Nothing is opened yet.
    public init(source: String, target: String) {
        layout = .files(source: source, target: target)
    }

    /// A corpus in two columns of one tab-separated file. Nothing is opened yet. There is no quoting: a tab is always a column's end.
    ///
    /// - Parameters:
    ///   - table: the file.
    ///   - sourceColumn: the column of the sentence, counted from 1.
    ///   - targetColumn: the column of its translation, counted from 1.
    ///   - columnCount: how many columns every line must have; nil: as many as the first line that is not empty.
    /// - Throws: `CorpusError` (`.invalidOption`) where a column is below 1 or beyond `columnCount`.
    public init(table: String, sourceColumn: Int = 1, targetColumn: Int = 2, columnCount: Int? = nil) throws {
        guard min(sourceColumn, targetColumn) >= 1, max(sourceColumn, targetColumn) <= columnCount ?? .max else {
            let limit = columnCount.map { " up to \($0)" } ?? ""
            throw CorpusError(
                .invalidOption, path: table,
                "columns \(sourceColumn) and \(targetColumn) were asked for; columns are counted from 1\(limit).")
        }
        layout = .table(path: table, sourceColumn: sourceColumn, targetColumn: targetColumn, columnCount: columnCount)
    }

    /// Opens the corpus at its start.
    ///
    /// - Throws: `CorpusError`, as `LineReader` does.
    public func reader() throws -> PairReader {
        try PairReader(self)
    }
}

/// A sentence and its translation.
public struct SentencePair: Sendable, Equatable {
    /// The sentence.
    public let source: String
    /// Its translation.
    public let target: String
    /// The line of the file or files it stands in, counted from 1.
    public let lineNumber: Int

    /// A pair from line `lineNumber`.
    public init(source: String, target: String, lineNumber: Int) {
        self.source = source
        self.target = target
        self.lineNumber = lineNumber
    }
}
