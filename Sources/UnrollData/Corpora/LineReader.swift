import Foundation

/// Streams the lines of a plain or gzip text file in memory that does not grow with the file.
///
/// A line ends at `\n`; a `\r` before it belongs to the line end, and so does one at the very end of the file. The last line needs no end. A
/// byte-order mark at the start of the file is dropped. Every line is checked to be UTF-8. Lines may have any length.
/// Gzip is recognised by its first bytes, whatever the file is called.
public final class LineReader {
    /// The file, as the caller named it.
    public let path: String
    /// The number of the line that `next()` returned last, counted from 1; 0 before the first.
    public private(set) var lineNumber = 0

    private static let chunkSize = 1 << 17

    private let bytes: FileBytes
    private var buffer = [UInt8](repeating: 0, count: LineReader.chunkSize)
    private var start = 0
    private var end = 0
    /// Up to here there is no `\n` after `start`.
    private var searched = 0
    private var isAtEnd = false

    /// Opens the file.
    ///
    /// - Throws: `CorpusError`: missing file, directory, unreadable, gzip where the machine has no zlib.
    public convenience init(path: String) throws {
        self.init(try FileBytes(path: path))
    }

    /// A reader of the process's standard input, which messages call so.
    ///
    /// - Throws: `CorpusError`: closed, a directory, gzip data in a pipe.
    public static func standardInput() throws -> LineReader {
        LineReader(try FileBytes.standardInput())
    }

    private init(_ bytes: FileBytes) {
        path = bytes.path
        self.bytes = bytes
    }

    /// Whether `next()` would return without waiting: a whole line is there, or the end is. Takes in what a pipe or terminal holds now.
    ///
    /// - Throws: `CorpusError`, as `next()` does.
    public func hasLineWaiting() throws -> Bool {
        while indexOfNewline() == nil, !isAtEnd {
            guard bytes.isReady else { return false }
            try fill()
        }
        return true
    }

    /// The next line without its end, or nil after the last.
    ///
    /// - Throws: `CorpusError`, with the line: invalid UTF-8, gzip data that is corrupt or ends early, a failed read.
    public func next() throws -> String? {
        guard var range = try nextRange() else { return nil }
        lineNumber += 1
        if lineNumber == 1, buffer[range].starts(with: [0xef, 0xbb, 0xbf]) { range = range.lowerBound + 3..<range.upperBound }
        if let last = buffer[range].last, last == UInt8(ascii: "\r") { range = range.lowerBound..<range.upperBound - 1 }
        let line = buffer.withUnsafeBufferPointer { String(validating: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
        guard let line else {
            throw CorpusError(
                .invalidUTF8, path: path, line: lineNumber,
                "the line is not valid UTF-8; convert the file, for example: iconv -f ISO-8859-1 -t UTF-8.")
        }
        return line
    }

    /// Reads to the end without keeping anything and returns the number of lines of the whole file.
    func countRemainingLines() throws -> Int {
        while try nextRange() != nil { lineNumber += 1 }
        return lineNumber
    }

    /// Where in the buffer the next line stands, without its `\n`; the buffer grows only while one line does not fit.
    private func nextRange() throws -> Range<Int>? {
        while true {
            if let newline = indexOfNewline() {
                defer { (start, searched) = (newline + 1, newline + 1) }
                return start..<newline
            }
            if isAtEnd {
                guard start < end else { return nil }
                defer { start = end }
                return start..<end
            }
            try fill()
        }
    }

    /// Reads more behind what is there.
    private func fill() throws {
        moveRestToFront()
        let count = try buffer.withUnsafeMutableBytes {
            try bytes.fill(UnsafeMutableRawBufferPointer(rebasing: $0[end...]), line: lineNumber + 1)
        }
        end += count
        isAtEnd = count == 0
    }

    private func indexOfNewline() -> Int? {
        let found = buffer.withUnsafeBytes { bytes -> Int? in
            guard searched < end, let base = bytes.baseAddress else { return nil }
            guard let found = memchr(base + searched, Int32(UInt8(ascii: "\n")), end - searched) else { return nil }
            return found - UnsafeMutableRawPointer(mutating: base)
        }
        searched = found ?? end
        return found
    }

    private func moveRestToFront() {
        let rest = end - start
        if start > 0 {
            buffer.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + start, rest) }
        }
        searched -= start
        start = 0
        end = rest
        if end == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
    }
}
