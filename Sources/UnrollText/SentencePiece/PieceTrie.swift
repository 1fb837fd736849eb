/// Finds which of some byte strings begin at a place of a text.
struct PieceTrie: Sendable {
    private var children = IntegerTable()
    /// What ends at each node, or -1.
    private var ids: [Int32] = [-1]

    /// Where every search begins.
    static let root: Int32 = 0

    /// Whether no string has been inserted.
    var isEmpty: Bool { ids.count == 1 }

    mutating func insert(_ string: some Sequence<UInt8>, id: Int32) {
        var node = Self.root
        for byte in string {
            node = children.value(of: Self.key(node, byte), orInsert: Int32(ids.count))
            if Int(node) == ids.count { ids.append(-1) }
        }
        ids[Int(node)] = id
    }

    /// The node that `byte` leads to, or -1.
    @inline(__always)
    func child(of node: Int32, _ byte: UInt8) -> Int32 { children.value(of: Self.key(node, byte)) }

    /// What ends at a node, or -1.
    @inline(__always)
    func id(at node: Int32) -> Int32 { ids[Int(node)] }

    /// The place behind the longest string that begins at `start`.
    @inline(__always)
    func longestMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var node = Self.root
        var best: Int?
        var index = start
        while index < text.count {
            node = child(of: node, text[index])
            if node < 0 { break }
            index += 1
            if id(at: node) >= 0 { best = index }
        }
        return best
    }

    @inline(__always)
    private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 { UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte) }
}
