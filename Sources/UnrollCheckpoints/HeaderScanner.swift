/// A strict reader of the part of JSON that a safetensors header may use: objects, strings, and lists of whole numbers.
///
/// A general JSON reader would not do: it keeps one of two equal keys in silence, and an attacker's nesting costs it the stack.
struct HeaderScanner {
    /// What is wrong, and at which byte.
    struct Failure: Error {
        let position: Int
        let message: String
    }

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func failure(_ message: String) -> Failure { Failure(position: position, message: message) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    /// Whether the next byte that is not blank was `byte`, which is then behind.
    private mutating func skip(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard skip(UInt8(ascii: character)) else { throw failure("'\(character)' is missing") }
    }

    /// Checks that nothing but blanks follows.
    mutating func expectEnd() throws(Failure) {
        skipBlanks()
        guard next == nil else { throw failure("something follows the end of the JSON object") }
    }

    /// An object; `member` reads the value of each key. Two keys of the same bytes are refused.
    mutating func object(_ member: (inout HeaderScanner, String) throws(Failure) -> Void) throws(Failure) {
        try expect("{")
        if skip(UInt8(ascii: "}")) { return }
        var keys: Set<[UInt8]> = []
        repeat {
            skipBlanks()
            let start = position
            let key = try string()
            guard keys.insert(Array(key.utf8)).inserted else {
                throw Failure(position: start, message: "the name \(key.quoted) occurs twice")
            }
            try expect(":")
            try member(&self, key)
        } while skip(UInt8(ascii: ","))
        try expect("}")
    }

    /// A list of whole numbers.
    mutating func numbers() throws(Failure) -> [Int] {
        try expect("[")
        if skip(UInt8(ascii: "]")) { return [] }
        var result: [Int] = []
        repeat { result.append(try number()) } while skip(UInt8(ascii: ","))
        try expect("]")
        return result
    }

    private mutating func number() throws(Failure) -> Int {
        skipBlanks()
        let start = position
        var value = 0
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (product, isTooBig) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOverflow) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !isTooBig, !isOverflow else { throw failure("a number is too large") }
            value = sum
            position += 1
        }
        guard position > start else { throw failure("a whole number is missing") }
        guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else { throw failure("a number begins with 0") }
        return value
    }

    /// A string with its escapes undone.
    mutating func string() throws(Failure) -> String {
        try expect("\"")
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: content, as: UTF8.self) else { throw failure("a string is not valid UTF-8") }
                return string
            case UInt8(ascii: "\\"): content.append(contentsOf: try escape())
            case 0..<0x20: throw failure("a string holds a control character that is not escaped")
            default: content.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let byte = next else { throw failure("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var value = try hexadecimal()
            if 0xD800..<0xDC00 ~= value, next == UInt8(ascii: "\\") {
                position += 1
                guard next == UInt8(ascii: "u") else { throw failure("half of a surrogate pair stands alone") }
                position += 1
                let low = try hexadecimal()
                guard 0xDC00..<0xE000 ~= low else { throw failure("half of a surrogate pair stands alone") }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw failure("half of a surrogate pair stands alone") }
            return Array(String(scalar).utf8)
        default: throw failure("a string holds an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("\\u needs four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

extension HeaderScanner {
    /// An object of strings, in its own order.
    mutating func strings() throws(Failure) -> [(key: String, value: String)] {
        var result: [(key: String, value: String)] = []
        try object { (scanner, key) throws(Failure) in result.append((key, try scanner.string())) }
        return result
    }

    /// An object of whole numbers, in its own order.
    mutating func numberedNames() throws(Failure) -> [(name: String, number: Int)] {
        var result: [(name: String, number: Int)] = []
        try object { (scanner, name) throws(Failure) in result.append((name, try scanner.number())) }
        return result
    }
}
