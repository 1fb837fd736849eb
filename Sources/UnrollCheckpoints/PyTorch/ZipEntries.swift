/// Where the files of a zip archive lie within it, those that are stored as they are.
struct ZipEntries {
    struct Failure: Error {
        let message: String
    }

    /// The bytes of each file, by its name.
    private(set) var ranges: [String: Range<Int>] = [:]

    /// Reads the directory at the archive's end.
    ///
    /// - Parameters:
    ///   - size: of the archive.
    ///   - read: bytes of it.
    /// - Throws: `Failure` for what is no archive or has compressed files; what `read` throws.
    init(size: Int, read: (Range<Int>) throws -> [UInt8]) throws {
        func bytes(_ range: Range<Int>) throws -> LittleEndian {
            guard range.lowerBound >= 0, range.upperBound <= size else { throw Failure(message: "the archive is damaged or cut short") }
            return LittleEndian(try read(range))
        }
        var place = try Self.directory(size: size, bytes)
        let directory = try bytes(place.start..<place.end)
        let start = place.start
        while place.start < place.end {
            let offset = place.start - start
            guard directory.number(4, at: offset) == 0x0201_4b50, let lengths = directory.numbers(2, count: 3, at: offset + 28),
                let name = directory.text(lengths[0], at: offset + 46)
            else { throw Failure(message: "the archive's directory is damaged") }
            var fields = [24, 20, 42].map { directory.number(4, at: offset + $0) ?? 0 }
            let extra = offset + 46 + lengths[0]
            try Self.widen(&fields, directory, extra..<extra + lengths[1])
            guard directory.number(2, at: offset + 10) == 0, fields[0] == fields[1] else {
                throw Failure(message: "the archive's \(name.quoted) is compressed, which PyTorch's files are not")
            }
            guard fields[2] <= size - 30 else { throw Failure(message: "the archive is damaged or cut short") }
            let header = try bytes(fields[2]..<fields[2] + 30)
            guard header.number(4, at: 0) == 0x0403_4b50, let local = header.numbers(2, count: 2, at: 26) else {
                throw Failure(message: "the archive's \(name.quoted) is damaged")
            }
            let first = fields[2] + 30 + local[0] + local[1]
            guard first <= size, fields[0] <= size - first else { throw Failure(message: "the archive is damaged or cut short") }
            ranges[name] = first..<first + fields[0]
            place.start += 46 + lengths.reduce(0, +)
        }
    }

    /// The bytes of the directory, which the archive's last record tells.
    private static func directory(size: Int, _ bytes: (Range<Int>) throws -> LittleEndian) throws -> (start: Int, end: Int) {
        // A comment of at most 65,535 bytes may stand behind the record.
        let start = max(0, size - 65_557)
        let tail = try bytes(start..<size)
        guard let record = stride(from: size - start - 22, through: 0, by: -1).first(where: { tail.number(4, at: $0) == 0x0605_4b50 })
        else {
            throw Failure(message: "the archive is cut short: it has no directory")
        }
        var (count, first) = (tail.number(4, at: record + 12) ?? 0, tail.number(4, at: record + 16) ?? 0)
        if tail.number(4, at: record - 20) == 0x0706_4b50, let wide = tail.number(8, at: record - 12) {
            guard wide >= 0, wide <= size - 56 else { throw Failure(message: "the archive's directory is damaged") }
            let record = try bytes(wide..<wide + 56)
            guard record.number(4, at: 0) == 0x0606_4b50 else { throw Failure(message: "the archive's directory is damaged") }
            (count, first) = (record.number(8, at: 40) ?? 0, record.number(8, at: 48) ?? 0)
        }
        guard first >= 0, count >= 0, first <= size, count <= size - first else {
            throw Failure(message: "the archive's directory is damaged")
        }
        return (first, first + count)
    }

    /// Sizes and place that do not fit into 32 bits stand in a field of their own.
    private static func widen(_ fields: inout [Int], _ directory: LittleEndian, _ extra: Range<Int>) throws {
        var place = extra.lowerBound
        while place + 4 <= extra.upperBound, let kind = directory.number(2, at: place), let length = directory.number(2, at: place + 2) {
            var value = place + 4
            for index in fields.indices where kind == 1 && fields[index] == 0xffff_ffff {
                guard value + 8 <= place + 4 + length, let wide = directory.number(8, at: value), wide >= 0 else {
                    throw Failure(message: "the archive's directory is damaged")
                }
                fields[index] = wide
                value += 8
            }
            place += 4 + length
        }
    }
}

/// Numbers and texts at places of some bytes.
private struct LittleEndian {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func number(_ width: Int, at place: Int) -> Int? {
        guard place >= 0, place + width <= bytes.count else { return nil }
        return Int(truncatingIfNeeded: bytes[place..<place + width].littleEndian)
    }

    func numbers(_ width: Int, count: Int, at place: Int) -> [Int]? {
        let numbers = (0..<count).compactMap { number(width, at: place + $0 * width) }
        return numbers.count == count ? numbers : nil
    }

    func text(_ width: Int, at place: Int) -> String? {
        guard place >= 0, place + width <= bytes.count else { return nil }
        return String(validating: bytes[place..<place + width], as: UTF8.self)
    }
}
