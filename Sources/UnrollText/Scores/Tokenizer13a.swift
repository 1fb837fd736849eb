/// The tokenizer `13a` of sacreBLEU and of mteval-v13a.pl: the one in which BLEU scores are compared. It is no `Tokenizer`: it loses blanks.
///
/// Its rules look at ASCII characters and at "not a digit" alone, so they give the same on UTF-8 bytes as on scalars. They are kept as passes
/// one after the other, since each regular expression consumes characters on which the next match of the same one could have stood.
enum Tokenizer13a {
    /// The words of `line`, numbered by `table`.
    static func words(in line: String, numberedBy table: inout ByteStringTable) -> [UInt32] {
        let bytes = split(line)
        return bytes.withUnsafeBufferPointer { buffer in
            PythonWhitespace.words(in: bytes).map { UInt32(table.insert(UnsafeBufferPointer(rebasing: buffer[$0]))) }
        }
    }

    /// The words of `line`.
    static func words(in line: String) -> [String] {
        let bytes = split(line)
        return PythonWhitespace.words(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// The line with blanks between its words.
    private static func split(_ line: String) -> [UInt8] {
        var bytes = Array(line.utf8)
        bytes.removeLast(bytes.count - PythonWhitespace.endOfText(in: bytes))
        if bytes.contains(UInt8(ascii: "<")) { bytes = replacing("<skipped>", in: bytes, by: "") }
        if bytes.contains(UInt8(ascii: "\n")) {
            bytes = replacing("-\n", in: bytes, by: "")
            bytes = replacing("\n", in: bytes, by: " ")
        }
        if bytes.contains(UInt8(ascii: "&")) {
            for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
                bytes = replacing(entity, in: bytes, by: character)
            }
        }
        bytes = splittingSymbols([blank] + bytes + [blank])
        bytes = splittingPointsAfterOthers(bytes)
        bytes = splittingPointsBeforeOthers(bytes)
        return splittingDashesAfterDigits(bytes)
    }

    private static let blank = UInt8(ascii: " ")

    private static func replacing(_ pattern: String, in bytes: [UInt8], by replacement: String) -> [UInt8] {
        let pattern = Array(pattern.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == pattern[0] && bytes[index...].starts(with: pattern) {
                result.append(contentsOf: replacement.utf8)
                index += pattern.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// `([\{-\~\[-\` -\&\(-\+\:-\@\/])` becomes ` \1 `.
    private static func splittingSymbols(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            switch byte {
            case 0x7b...0x7e, 0x5b...0x60, 0x20...0x26, 0x28...0x2b, 0x3a...0x40, 0x2f:
                result.append(blank)
                result.append(byte)
                result.append(blank)
            default: result.append(byte)
            }
        }
        return result
    }

    /// `([^0-9])([\.,])` becomes `\1 \2 `.
    private static func splittingPointsAfterOthers(_ bytes: [UInt8]) -> [UInt8] {
        rewritingPairs(bytes, where: { !isDigit($0) && isPoint($1) }, by: { [$0, blank, $1, blank] })
    }

    /// `([\.,])([^0-9])` becomes ` \1 \2`.
    private static func splittingPointsBeforeOthers(_ bytes: [UInt8]) -> [UInt8] {
        rewritingPairs(bytes, where: { isPoint($0) && !isDigit($1) }, by: { [blank, $0, blank, $1] })
    }

    /// `([0-9])(-)` becomes `\1 \2 `.
    private static func splittingDashesAfterDigits(_ bytes: [UInt8]) -> [UInt8] {
        rewritingPairs(bytes, where: { isDigit($0) && $1 == UInt8(ascii: "-") }, by: { [$0, blank, $1, blank] })
    }

    /// Rewrites matching pairs of neighbours from left to right, none of which shares a byte with another.
    @inline(__always)
    private static func rewritingPairs(
        _ bytes: [UInt8], where matches: (UInt8, UInt8) -> Bool, by replacement: (UInt8, UInt8) -> SIMD4<UInt8>
    ) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 32)
        var index = 0
        while index < bytes.count {
            if index + 1 < bytes.count && matches(bytes[index], bytes[index + 1]) {
                let four = replacement(bytes[index], bytes[index + 1])
                for lane in four.indices { result.append(four[lane]) }
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isPoint(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") }
}
