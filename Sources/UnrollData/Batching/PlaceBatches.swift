/// Batches of the places of so many examples, epoch after epoch, in an order that is a pure function of seed and epoch.
public struct PlaceBatches: Sendable {
    /// How many examples there are.
    public let count: Int
    private let size: Int
    private let seed: UInt64?

    /// Batches of places.
    ///
    /// - Parameters:
    ///   - count: how many examples there are.
    ///   - size: how many are in a batch; the last one of an epoch may have fewer.
    ///   - seed: of the order, another one in each epoch; where nil they come in their own order.
    public init(count: Int, size: Int, seed: UInt64?) {
        precondition(size >= 1, "a batch of \(size) examples")
        self.count = count
        self.size = size
        self.seed = seed
    }

    /// The batches of the position's epoch from there on; the closure gives nil at the epoch's end.
    public func reader(at position: BatchPosition = BatchPosition()) -> () -> ArraySlice<Int>? {
        var order = Array(0..<count)
        if let seed {
            var generator = SplitMix64(seed, UInt64(position.epoch))
            generator.shuffle(&order)
        }
        var rest = order.dropFirst(position.batch * size)
        return {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return rest.prefix(size)
        }
    }
}
