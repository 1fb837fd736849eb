/// A text file as a corpus of lines, streamed anew by every reader.
public struct LineCorpus: Sendable {
    /// A line with its place in the file.
    public struct Line: Sendable, Equatable {
        /// The text without its line end.
        public let text: String
        /// Its number in the file, counted from 1.
        public let number: Int
    }

    /// The file, plain or gzip.
    public let path: String
    /// Whether empty lines (nothing but white space) are handed out; else they are skipped and counted.
    public let keepsEmptyLines: Bool

    /// A corpus in one file; nothing is opened yet.
    public init(path: String, keepsEmptyLines: Bool = false) {
        self.path = path
        self.keepsEmptyLines = keepsEmptyLines
    }

    /// Opens the file at its start.
    ///
    /// - Throws: `CorpusError`, as `LineReader` does.
    public func reader() throws -> Reader {
        try Reader(self)
    }

    /// Hands out the lines of one pass.
    public final class Reader {
        /// How many empty lines were skipped so far.
        public private(set) var skippedCount = 0

        private let lines: LineReader
        private let keepsEmptyLines: Bool
        private var isEmpty = true

        fileprivate init(_ corpus: LineCorpus) throws {
            lines = try LineReader(path: corpus.path)
            keepsEmptyLines = corpus.keepsEmptyLines
        }

        /// The next line, or nil after the last.
        ///
        /// - Throws: `CorpusError`, as `LineReader` does; `.empty` where the file ends without a single line to hand out.
        public func next() throws -> Line? {
            while let text = try lines.next() {
                guard keepsEmptyLines || !text.isBlank else {
                    skippedCount += 1
                    continue
                }
                isEmpty = false
                return Line(text: text, number: lines.lineNumber)
            }
            guard !isEmpty else {
                throw CorpusError(.empty, path: lines.path, "the file has no text (\(skippedCount) empty lines).")
            }
            return nil
        }
    }
}

extension String {
    /// Whether there is nothing but white space.
    var isBlank: Bool {
        utf8.allSatisfy { $0 == 0x20 || (0x09...0x0d).contains($0) } || allSatisfy(\.isWhitespace)
    }
}
