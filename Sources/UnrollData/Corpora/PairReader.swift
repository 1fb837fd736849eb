/// Hands out the pairs of one pass through a `ParallelCorpus`.
public final class PairReader {
    /// How many pairs were skipped so far because a side was empty.
    public private(set) var skippedCount = 0

    private enum Input {
        case files(source: LineReader, target: LineReader)
        case table(LineReader, sourceColumn: Int, targetColumn: Int)
    }

    private let path: String
    private let input: Input
    private var columnCount: Int?
    private var isEmpty = true

    init(_ corpus: ParallelCorpus) throws {
        path = corpus.path
        switch corpus.layout {
        case .files(let source, let target):
            input = .files(source: try LineReader(path: source), target: try LineReader(path: target))
        case .table(let path, let sourceColumn, let targetColumn, let count):
            input = .table(try LineReader(path: path), sourceColumn: sourceColumn, targetColumn: targetColumn)
            columnCount = count
        }
    }

    /// The next pair of which neither side is empty, or nil after the last.
    ///
    /// - Throws: `CorpusError`: what `LineReader` throws; unequal line counts (when the shorter file ends); a wrong number of columns;
    ///   `.empty` where the corpus ends without a single pair.
    public func next() throws -> SentencePair? {
        while let pair = try nextRow() {
            if pair.source.isBlank || pair.target.isBlank {
                skippedCount += 1
            } else {
                isEmpty = false
                return pair
            }
        }
        guard !isEmpty else {
            throw CorpusError(.empty, path: path, "there is no pair with text on both sides (\(skippedCount) were skipped).")
        }
        return nil
    }

    private func nextRow() throws -> SentencePair? {
        switch input {
        case .files(let sourceLines, let targetLines):
            let source = try sourceLines.next()
            let target = try targetLines.next()
            if let source, let target { return SentencePair(source: source, target: target, lineNumber: sourceLines.lineNumber) }
            if source == nil, target == nil { return nil }
            throw try unequalLineCounts(sourceLines, targetLines)
        case .table(let lines, let sourceColumn, let targetColumn):
            guard let line = try lines.next() else { return nil }
            if line.isEmpty { return SentencePair(source: "", target: "", lineNumber: lines.lineNumber) }
            let columns = line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            try check(columns.count, in: lines, needed: max(sourceColumn, targetColumn))
            return SentencePair(
                source: String(Substring(columns[sourceColumn - 1])), target: String(Substring(columns[targetColumn - 1])),
                lineNumber: lines.lineNumber)
        }
    }

    private func check(_ found: Int, in lines: LineReader, needed: Int) throws {
        let expected = columnCount ?? max(found, needed)
        columnCount = expected
        guard found == expected else {
            throw CorpusError(
                .wrongColumnCount(expected: expected, found: found), path: lines.path, line: lines.lineNumber,
                "the line has \(found) tab-separated columns where \(expected) were expected; mend the line or name other columns.")
        }
    }

    private func unequalLineCounts(_ source: LineReader, _ target: LineReader) throws -> CorpusError {
        let sourceCount = try source.countRemainingLines()
        let targetCount = try target.countRemainingLines()
        return CorpusError(
            .unequalLineCounts(source: sourceCount, target: targetCount), path: path,
            "the files have \(sourceCount) and \(targetCount) lines; line n of one must translate line n of the other.")
    }
}
