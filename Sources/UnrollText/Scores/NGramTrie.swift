/// Numbers the n-grams of the few sentences that are compared with one another: each is a node, below the n-gram that lacks its last symbol.
struct NGramTrie {
    private var children = IntegerTable(minimumCapacity: 256)
    /// The length of the n-gram at each node; the root's is 0.
    private(set) var orders = [0]

    /// How often each n-gram of 1 to `maximumOrder` symbols occurs in `symbols`, by node.
    mutating func counts(of symbols: [UInt32], maximumOrder: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: orders.count)
        for start in symbols.indices {
            var node: Int32 = 0
            for (depth, symbol) in symbols[start...].prefix(maximumOrder).enumerated() {
                let key = IntegerTable.key(node, Int32(bitPattern: symbol))
                node = children.value(of: key, orInsert: Int32(orders.count))
                if Int(node) == orders.count { orders.append(depth + 1) }
                if Int(node) >= counts.count { counts.append(0) }
                counts[Int(node)] += 1
            }
        }
        return counts
    }
}
