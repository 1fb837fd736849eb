/// White space as sacreBLEU's `str.split()` and `str.rstrip()` see it, on UTF-8 bytes. Unlike Unicode's own property it holds U+001C to U+001F.
enum PythonWhitespace {
    /// How many bytes the white-space scalar at `index` takes, or 0 where there is none.
    static func length(in bytes: [UInt8], at index: Int) -> Int {
        let first = bytes[index]
        switch first {
        case 0x09...0x0d, 0x1c...0x20: return 1
        case 0xc2:
            return index + 1 < bytes.count && (bytes[index + 1] == 0x85 || bytes[index + 1] == 0xa0) ? 2 : 0
        case 0xe1, 0xe2, 0xe3:
            guard index + 2 < bytes.count else { return 0 }
            switch (first, bytes[index + 1], bytes[index + 2]) {
            case (0xe1, 0x9a, 0x80), (0xe3, 0x80, 0x80), (0xe2, 0x81, 0x9f): return 3
            case (0xe2, 0x80, 0x80...0x8a), (0xe2, 0x80, 0xa8), (0xe2, 0x80, 0xa9), (0xe2, 0x80, 0xaf): return 3
            default: return 0
            }
        default: return 0
        }
    }

    /// Where the text ends once white space at its end is dropped.
    static func endOfText(in bytes: [UInt8]) -> Int {
        var end = 0
        var index = 0
        while index < bytes.count {
            let length = length(in: bytes, at: index)
            index += max(length, 1)
            if length == 0 { end = index }
        }
        return end
    }

    /// The stretches between white space.
    static func words(in bytes: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let length = length(in: bytes, at: index)
            if length > 0 {
                if index > start { words.append(start..<index) }
                start = index + length
            }
            index += max(length, 1)
        }
        if bytes.count > start { words.append(start..<bytes.count) }
        return words
    }
}
