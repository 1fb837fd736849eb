/// A gzip file written by hand, without compression: RFC 1952 around the stored blocks of RFC 1951.
enum GzipFixture {
    static func stored(_ text: String) -> [UInt8] { stored(Array(text.utf8)) }

    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var file: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        var start = 0
        repeat {
            let block = bytes[start..<min(start + 65_535, bytes.count)]
            start += block.count
            file.append(start == bytes.count ? 1 : 0)
            file += littleEndian(UInt32(block.count)).prefix(2) + littleEndian(~UInt32(block.count)).prefix(2) + block
        } while start < bytes.count
        return file + littleEndian(checksum(bytes)) + littleEndian(UInt32(bytes.count))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var checksum: UInt32 = ~0
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return ~checksum
    }
}
