import Foundation

/// One take of a spoken digit.
public struct SpokenDigit: Sendable, Equatable {
    /// What is said, 0 … 9.
    public let digit: Int
    /// Who says it.
    public let speaker: String
    /// Which of the speaker's takes of this digit it is.
    public let take: Int
    /// Where its samples stand in those of its part.
    let samples: Range<Int>

    /// How many samples it has.
    public var sampleCount: Int { samples.count }
}

/// A part of the Free Spoken Digit Dataset: recordings at 8 kHz, one channel.
///
/// A part is two files: a table that says what each recording is and where it stands, and the samples of all of them one after another, 16-bit and
/// little-endian without headers, plain or gzip.
public struct SpokenDigits: Sendable {
    /// Samples a second.
    public static let sampleRate = 8000
    private static let head = "digit\tspeaker\ttake\toffset_samples\tnum_samples"

    /// The recordings, in the table's order.
    public let recordings: [SpokenDigit]
    private let samples: [Int16]

    /// Reads a part.
    ///
    /// - Parameters:
    ///   - table: the table's file, tab-separated, with a head line.
    ///   - audio: the samples' file.
    /// - Throws: `CorpusError`, with the file and the line: whatever a reader of lines throws; a head or a line that is none of such a table; a
    ///   recording that ends behind the last sample; a file of samples that ends within one.
    public init(table: String, audio: String) throws {
        samples = try FileBytes(path: audio).rest().pulses(path: audio)
        let lines = try LineReader(path: table)
        guard let first = try lines.next(), first == Self.head else {
            throw CorpusError(
                .malformed, path: table, line: 1, "the head line must be '\(Self.head.replacing("\t", with: " "))', with tabs.")
        }
        var recordings: [SpokenDigit] = []
        while let line = try lines.next() {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count == 5 else {
                throw CorpusError(
                    .wrongColumnCount(expected: 5, found: columns.count), path: table, line: lines.lineNumber,
                    "\(columns.count) columns instead of 5; columns are separated by tabs.")
            }
            func number(_ place: Int, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
                guard let value = Int(columns[place]), range.contains(value) else {
                    throw CorpusError(
                        .malformed, path: table, line: lines.lineNumber,
                        "'\(name)' must be a number from \(range.lowerBound) to \(range.upperBound), not '\(columns[place])'.")
                }
                return value
            }
            let digit = try number(0, "digit", 0...9)
            let take = try number(2, "take", 0...Int(Int32.max))
            let offset = try number(3, "offset_samples", 0...samples.count)
            let count = try number(4, "num_samples", 0...samples.count - offset)
            recordings.append(SpokenDigit(digit: digit, speaker: String(columns[1]), take: take, samples: offset..<offset + count))
        }
        guard !recordings.isEmpty else { throw CorpusError(.empty, path: table, "there is no recording after the head line.") }
        self.recordings = recordings
    }

    /// The sound of a recording, −1 ..< 1.
    public func waveform(_ recording: SpokenDigit) -> [Float] {
        samples[recording.samples].map { Float($0) / 32768 }
    }

    /// Reads a part whose samples stand beside the table: `X.s16le.gz` or `X.s16le` beside `X.tsv`.
    ///
    /// - Throws: `CorpusError`, as the other.
    public init(table: String) throws {
        let stem = table.hasSuffix(".tsv") ? String(table.dropLast(4)) : table
        let packed = stem + ".s16le.gz"
        try self.init(table: table, audio: FileManager.default.fileExists(atPath: packed) ? packed : stem + ".s16le")
    }
}
