import Foundation

/// A picture of few colours, one byte for each pixel, as a PNG file in a data address: a heat map of a hundred thousand cells stays small.
struct PixelImage {
    let width: Int
    let height: Int
    /// Places in the palette, row by row.
    let pixels: [UInt8]
    /// At most 256 colours, 0xRRGGBB.
    let palette: [UInt32]

    /// The picture as an address that an `href` takes.
    var address: String { "data:image/png;base64," + png.base64EncodedString() }

    /// PNG (ISO/IEC 15948) with a palette; the data is stored, not compressed.
    var png: Data {
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        file += chunk("IHDR", Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height)) + [8, 3, 0, 0, 0])
        file += chunk("PLTE", palette.flatMap { [UInt8($0 >> 16 & 0xFF), UInt8($0 >> 8 & 0xFF), UInt8($0 & 0xFF)] })
        var rows: [UInt8] = []
        rows.reserveCapacity(height * (width + 1))
        for row in 0..<height {
            rows.append(0)
            rows += pixels[row * width..<(row + 1) * width]
        }
        file += chunk("IDAT", Self.stored(rows))
        return file + chunk("IEND", [])
    }

    /// zlib (RFC 1950) around stored blocks of deflate (RFC 1951).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 0xFFFF, bytes.count)
            let length = UInt16(end - start)
            result += [end == bytes.count ? 1 : 0, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)]
            result += bytes[start..<end]
            start = end
        } while start < bytes.count
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return result + bigEndian(b << 16 | a)
    }

    private func chunk(_ type: String, _ body: [UInt8]) -> Data {
        let content = Array(type.utf8) + body
        return Data(Self.bigEndian(UInt32(body.count)) + content + Self.bigEndian(Self.checksum(content)))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> UInt32($0) & 0xFF) } }

    private static let checksumTable: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { checksumTable[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}
