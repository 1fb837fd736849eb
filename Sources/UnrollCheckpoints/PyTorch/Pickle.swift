/// What a pickle describes: Python's form of objects, a program for a small machine with a stack.
///
/// Python runs such a program, and it may name any function. Here nothing is run: a call is kept as what it is, a name with arguments, for the reader to
/// know or to refuse. Objects stand in one array and refer to one another by their places, so that no depth of nesting is too deep to be released.
struct Pickle {
    enum Value: Equatable {
        case none
        case bool(Bool)
        case integer(Int)
        case real(Double)
        case text(String)
        /// The place of an object.
        case object(Int)
    }

    enum Object {
        case tuple([Value])
        case list([Value])
        case dictionary([(key: Value, value: Value)])
        /// `torch._utils._rebuild_tensor_v2`
        case global(String)
        case call(function: String, arguments: [Value])
        /// What the file has outside of the pickle.
        case persistent(Value)
        /// Bytes, or a number of more than 64 bits.
        case opaque
    }

    struct Failure: Error {
        let message: String
    }

    private(set) var objects: [Object] = []
    private(set) var value = Value.none
    /// Bytes that it took.
    private(set) var count: Int

    private let bytes: ArraySlice<UInt8>
    private var stack: [Value] = []
    private var marks: [Int] = []
    private var memo: [Int: Value] = [:]

    /// Reads the pickle that begins with the first of the bytes; others may follow.
    ///
    /// - Throws: `Failure` for what is none, is cut short or needs more of the machine than PyTorch's files do.
    init(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        self.bytes = bytes
        count = 0
        while try step() {}
        value = try pop()
    }

    /// The object of a value that is one.
    subscript(value: Value) -> Object? {
        guard case .object(let place) = value else { return nil }
        return objects[place]
    }

    /// The elements of a tuple or a list.
    func elements(_ value: Value) -> [Value]? {
        switch self[value] {
        case .tuple(let elements), .list(let elements): elements
        default: nil
        }
    }

    // MARK: - The machine

    /// One instruction; false for the last.
    private mutating func step() throws(Failure) -> Bool {
        let code = try UInt8(number(1))
        switch code {
        case 0x80: _ = try number(1)  // PROTO
        case 0x95: _ = try number(8)  // FRAME
        case UInt8(ascii: "."): return false
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "K"): stack.append(.integer(try number(1)))
        case UInt8(ascii: "M"): stack.append(.integer(try number(2)))
        case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case 0x8a: try pushLong(try number(1))
        case UInt8(ascii: "G"): stack.append(.real(Double(bitPattern: UInt64(bitPattern: Int64(try number(8))).byteSwapped)))
        case UInt8(ascii: "X"), UInt8(ascii: "T"): try pushText(try number(4))
        case 0x8c, UInt8(ascii: "U"): try pushText(try number(1))
        case 0x8d: try pushText(try number(8))
        case UInt8(ascii: "B"): try pushBytes(try number(4))
        case UInt8(ascii: "C"): try pushBytes(try number(1))
        default: try build(code)
        }
        return true
    }

    /// An instruction that makes or changes an object.
    private mutating func build(_ code: UInt8) throws(Failure) {
        switch code {
        case UInt8(ascii: ")"): push(.tuple([]))
        case 0x85: push(.tuple(try pop(1)))
        case 0x86: push(.tuple(try pop(2)))
        case 0x87: push(.tuple(try pop(3)))
        case UInt8(ascii: "t"): push(.tuple(try popToMark()))
        case UInt8(ascii: "]"): push(.list([]))
        case UInt8(ascii: "l"): push(.list(try popToMark()))
        case UInt8(ascii: "a"): try append(try pop(1))
        case UInt8(ascii: "e"): try append(try popToMark())
        case UInt8(ascii: "}"): push(.dictionary([]))
        case UInt8(ascii: "s"): try setItems(try pop(2))
        case UInt8(ascii: "u"): try setItems(try popToMark())
        case UInt8(ascii: "c"):
            let module = try line(), name = try line()
            push(.global("\(module).\(name)"))
        case 0x93:
            let names = try pop(2)
            // Texts that are recalled cost a program next to nothing, and what is made of them here must not cost much more.
            guard case .text(let module) = names[0], case .text(let name) = names[1], module.utf8.count + name.utf8.count < 1_024 else {
                throw malformed
            }
            push(.global("\(module).\(name)"))
        case UInt8(ascii: "R"), 0x81: try call()
        case UInt8(ascii: "b"): _ = try pop()  // BUILD: attributes of an object, which no tensor needs.
        case UInt8(ascii: "Q"): push(.persistent(try pop()))
        case UInt8(ascii: "q"): memo[try number(1)] = try top()
        case UInt8(ascii: "r"): memo[try number(4)] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): try recall(try number(1))
        case UInt8(ascii: "j"): try recall(try number(4))
        default: throw Failure(message: "the pickle has the instruction \(code), which PyTorch's files do not need")
        }
    }

    private mutating func call() throws(Failure) {
        let parts = try pop(2)
        guard case .global(let function) = self[parts[0]], let arguments = elements(parts[1]) else { throw malformed }
        let isEmptyDictionary = function == "collections.OrderedDict" && arguments.isEmpty
        push(isEmptyDictionary ? .dictionary([]) : .call(function: function, arguments: arguments))
    }

    private mutating func append(_ values: [Value]) throws(Failure) {
        guard case .object(let place) = try top(), case .list(var elements) = objects[place] else { throw malformed }
        // So that the elements have one owner, and are not copied.
        objects[place] = .opaque
        elements += values
        objects[place] = .list(elements)
    }

    private mutating func setItems(_ values: [Value]) throws(Failure) {
        guard case .object(let place) = try top(), values.count.isMultiple(of: 2) else { throw malformed }
        switch objects[place] {
        case .dictionary(var items):
            objects[place] = .opaque
            for index in stride(from: 0, to: values.count, by: 2) { items.append((values[index], values[index + 1])) }
            objects[place] = .dictionary(items)
        // A class of its own: what it holds is not looked at.
        case .call: break
        default: throw malformed
        }
    }

    private mutating func recall(_ key: Int) throws(Failure) {
        guard let value = memo[key] else { throw malformed }
        stack.append(value)
    }

    private mutating func push(_ object: Object) {
        stack.append(.object(objects.count))
        objects.append(object)
    }

    private func top() throws(Failure) -> Value {
        guard let value = stack.last, stack.count > marks.last ?? 0 else { throw malformed }
        return value
    }

    private mutating func pop() throws(Failure) -> Value {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(_ number: Int) throws(Failure) -> [Value] {
        guard stack.count - (marks.last ?? 0) >= number else { throw malformed }
        defer { stack.removeLast(number) }
        return Array(stack.suffix(number))
    }

    private mutating func popToMark() throws(Failure) -> [Value] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw malformed }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    // MARK: - Its bytes

    private var malformed: Failure { Failure(message: "the pickle is damaged at byte \(count.grouped)") }

    private mutating func take(_ number: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard number >= 0, number <= bytes.count - count else { throw Failure(message: "the pickle is cut short") }
        defer { count += number }
        return bytes.dropFirst(count).prefix(number)
    }

    /// A number of so many bytes, the lowest first.
    private mutating func number(_ width: Int) throws(Failure) -> Int {
        Int(truncatingIfNeeded: try take(width).littleEndian)
    }

    /// A number in two's complement.
    private mutating func pushLong(_ width: Int) throws(Failure) {
        let digits = try take(width)
        guard width <= 8 else { return push(.opaque) }
        let isNegative = (digits.last ?? 0) & 0x80 != 0
        let number = digits.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
        stack.append(.integer(Int(Int64(bitPattern: number))))
    }

    private mutating func pushText(_ width: Int) throws(Failure) {
        guard let text = String(validating: try take(width), as: UTF8.self) else { throw malformed }
        stack.append(.text(text))
    }

    private mutating func pushBytes(_ width: Int) throws(Failure) {
        _ = try take(width)
        push(.opaque)
    }

    private mutating func line() throws(Failure) -> String {
        guard let end = bytes.dropFirst(count).firstIndex(of: UInt8(ascii: "\n")) else { throw malformed }
        guard let text = String(validating: try take(end - bytes.startIndex - count), as: UTF8.self) else { throw malformed }
        _ = try take(1)
        return text
    }
}
