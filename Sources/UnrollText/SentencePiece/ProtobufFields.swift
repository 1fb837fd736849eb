/// Walks through the fields of a protobuf message in the order in which they stand (https://protobuf.dev/programming-guides/encoding).
///
/// It knows what the messages of a SentencePiece model are made of, and passes over the rest. Every length is compared with the end of its message
/// before it is used, so that damaged bytes are an error and nothing else.
struct ProtobufFields {
    /// What a field holds, by its wire type.
    enum Value {
        /// A varint: whole numbers, truth values and cases.
        case number(UInt64)
        /// Four bytes: a `float`.
        case bits(UInt32)
        /// Eight bytes, which no field of ours has.
        case wide
        /// Where a string, byte string or message stands.
        case range(Range<Int>)
    }

    /// Bytes that are no message.
    struct Failure: Error, Equatable {
        /// Where in the file.
        let position: Int
        /// Whether the file ended too early.
        let isCutShort: Bool
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// The message that stands at `range` of `bytes`.
    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The number and the value of the next field; nil at the message's end.
    mutating func next() throws(Failure) -> (field: UInt64, value: Value)? {
        if position == end { return nil }
        let start = position
        let tag = try varint()
        guard tag >> 3 > 0 else { throw Failure(position: start, isCutShort: false) }
        switch tag & 7 {
        case 0: return (tag >> 3, .number(try varint()))
        case 1:
            _ = try take(8)
            return (tag >> 3, .wide)
        case 2:
            let length = try varint()
            // A length that no file has must not reach a sum.
            return (tag >> 3, .range(try take(Int(min(length, UInt64(Int32.max))))))
        case 5:
            let place = try take(4)
            return (tag >> 3, .bits(bytes[place].reversed().reduce(0) { $0 << 8 | UInt32($1) }))
        default: throw Failure(position: start, isCutShort: false)
        }
    }

    private mutating func take(_ count: Int) throws(Failure) -> Range<Int> {
        guard count <= end - position else { throw Failure(position: position, isCutShort: end == bytes.count) }
        defer { position += count }
        return position..<position + count
    }

    /// Seven bits in each byte, the lowest first; the top bit says that another byte follows.
    private mutating func varint() throws(Failure) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = bytes[try take(1).lowerBound]
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw Failure(position: start, isCutShort: false)
    }
}
