/// What is wrong with a corpus that came from outside, where, and what to do about it.
public struct CorpusError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The kinds of trouble, for callers that act on them.
    public enum Kind: Sendable, Equatable {
        /// There is no such file.
        case missingFile
        /// A directory stands where a file was expected.
        case directory
        /// The file exists and cannot be opened or read.
        case unreadable
        /// A line is not valid UTF-8.
        case invalidUTF8
        /// A gzip file ends early or its bytes are wrong.
        case corruptGzip
        /// The file is gzip and this machine has no zlib to read it with.
        case gzipUnavailable
        /// The two files of a parallel corpus do not have the same number of lines.
        case unequalLineCounts(source: Int, target: Int)
        /// A line of a table has another number of columns than it must have.
        case wrongColumnCount(expected: Int, found: Int)
        /// A file, or a line of it, is not what its format says.
        case malformed
        /// A line has more tokens than a model can take.
        case tooLong
        /// Nothing usable is left.
        case empty
        /// A number given by the caller makes no sense.
        case invalidOption
    }

    /// What kind of trouble this is.
    public let kind: Kind
    /// The file, as it was named by the caller; nil where no file is concerned.
    public let path: String?
    /// The line in that file, counted from 1; nil where no single line is to blame.
    public let line: Int?
    /// What is wrong and what to do, in a sentence.
    public let message: String

    /// An error about a place in a file.
    public init(_ kind: Kind, path: String? = nil, line: Int? = nil, _ message: String) {
        self.kind = kind
        self.path = path
        self.line = line
        self.message = message
    }

    /// `file:line: message`, as compilers write it.
    public var description: String {
        guard let path else { return message }
        guard let line else { return "\(path): \(message)" }
        return "\(path):\(line): \(message)"
    }
}
