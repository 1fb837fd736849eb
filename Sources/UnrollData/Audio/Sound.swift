/// Sound of one channel.
public struct Sound: Sendable, Equatable {
    /// The samples, −1 ..< 1.
    public let samples: [Float]
    /// Samples a second; nil where the file does not say.
    public let rate: Int?

    /// Samples, so many a second.
    public init(samples: [Float], rate: Int?) {
        self.samples = samples
        self.rate = rate
    }

    /// Reads a file: WAV with 16-bit PCM, of whose channels the mean is taken, or, where it does not begin as WAV does, 16-bit samples of one channel,
    /// little-endian without a header. Plain or gzip.
    ///
    /// - Throws: `CorpusError`, with the file: it cannot be read, ends within a sample, or is WAV of another kind.
    public init(contentsOf path: String) throws { try self.init(FileBytes(path: path)) }

    /// Reads the process's standard input, as a file.
    ///
    /// - Throws: `CorpusError`.
    public static func standardInput() throws -> Sound { try Sound(FileBytes.standardInput()) }

    private init(_ file: FileBytes) throws {
        let bytes = try file.rest()
        guard bytes.starts(with: Array("RIFF".utf8)) else {
            self.init(samples: try bytes.pulses(path: file.path).map { Float($0) / 32768 }, rate: nil)
            return
        }
        let header = try WaveHeader(bytes, path: file.path)
        let (channels, size) = (header.channels, 2 * header.channels)
        let whole = header.data.lowerBound..<header.data.lowerBound + header.data.count / size * size
        let pulses = try Array(bytes[whole]).pulses(path: file.path)
        let samples = (0..<pulses.count / channels).map { frame in
            let sum = pulses[frame * channels..<(frame + 1) * channels].reduce(0) { $0 + Int($1) }
            return Float(sum) / Float(channels) / 32768
        }
        self.init(samples: samples, rate: header.rate)
    }
}

/// What the header of a WAV file says.
private struct WaveHeader {
    let channels: Int
    let rate: Int
    /// Where the samples stand.
    let data: Range<Int>

    /// - Throws: `CorpusError` where it is damaged, or the samples are not 16-bit PCM.
    init(_ bytes: [UInt8], path: String) throws {
        func number(_ place: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
        let damaged = CorpusError(.malformed, path: path, "the WAV header is damaged or ends early; copy the file again.")
        guard bytes.count >= 12, bytes[8..<12].elementsEqual("WAVE".utf8) else { throw damaged }
        var format: (channels: Int, rate: Int)?
        var place = 12
        while place + 8 <= bytes.count {
            let (name, size) = (String(decoding: bytes[place..<place + 4], as: UTF8.self), number(place + 4, 4))
            place += 8
            if name == "fmt " {
                guard size >= 16, place + size <= bytes.count else { throw damaged }
                let (kind, bits) = (number(place, 2), number(place + 14, 2))
                // 0xfffe says that the kind stands in an extension, which for whole numbers of 16 bits adds nothing.
                guard kind == 1 || kind == 0xfffe, bits == 16 else {
                    throw CorpusError(
                        .malformed, path: path,
                        "the samples have \(bits) bits and the format \(kind), and only 16-bit PCM is read; convert the file, for example: "
                            + "ffmpeg -i in.wav -c:a pcm_s16le out.wav")
                }
                format = (number(place + 2, 2), number(place + 4, 4))
                guard number(place + 2, 2) >= 1, number(place + 4, 4) >= 1 else { throw damaged }
            } else if name == "data" {
                guard let format else { throw damaged }
                (channels, rate) = format
                // Who writes into a pipe does not know the size.
                data = place..<min(place + size, bytes.count)
                return
            }
            place += size + size % 2
        }
        throw damaged
    }
}

extension [UInt8] {
    /// The bytes as samples of 16 bits, little-endian.
    ///
    /// - Throws: `CorpusError` where they end within one.
    func pulses(path: String) throws -> [Int16] {
        guard count.isMultiple(of: 2) else {
            throw CorpusError(.malformed, path: path, "the file ends within a sample of 16 bits, after \(count) bytes; copy it again.")
        }
        return withUnsafeBytes { bytes in
            (0..<bytes.count / 2).map { Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self)) }
        }
    }
}

extension FileBytes {
    /// All bytes that have not been read.
    func rest() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var bytes: [UInt8] = []
        while true {
            let count = try buffer.withUnsafeMutableBytes { try fill($0, line: 1) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
