/// How one window of examples is cut into batches: a pure function of the lengths, the options, the epoch and the window's number.
///
/// The places of the window are shuffled, then sorted by length (the longer side first, then the source, then the target; equal lengths stay in shuffled
/// order), cut, and the batches are shuffled. Neighbours in a batch are thus alike in length and differ from epoch to epoch.
struct WindowPlan {
    /// The places within the window of each batch's examples.
    let batches: [[Int]]

    init(lengths: [(source: Int, target: Int)], options: BatchOptions, epoch: Int, window: Int) {
        var generator = SplitMix64(options.seed, UInt64(bitPattern: Int64(epoch)), UInt64(window))
        var order = Array(lengths.indices)
        if options.shuffles { generator.shuffle(&order) }
        let keys = order.enumerated().map { rank, place in
            Key(cost: Self.cost(lengths[place]), source: lengths[place].source, target: lengths[place].target, rank: rank, place: place)
        }
        var batches = Self.cut(keys.sorted(), size: options.size)
        if options.shuffles { generator.shuffle(&batches) }
        self.batches = batches
    }

    /// The steps an example takes: those of its longer side, the target's with the end token.
    private static func cost(_ lengths: (source: Int, target: Int)) -> Int {
        max(lengths.source, lengths.target + 1)
    }

    /// Costs never fall along `keys`, so that the last of a batch is its longest.
    private static func cut(_ keys: [Key], size: BatchOptions.Size) -> [[Int]] {
        var batches: [[Int]] = []
        var batch: [Int] = []
        for key in keys {
            let isFull =
                switch size {
                case .tokens(let limit): (batch.count + 1) * key.cost > limit
                case .examples(let limit): batch.count >= limit
                }
            if isFull, !batch.isEmpty {
                batches.append(batch)
                batch = []
            }
            batch.append(key.place)
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }

    private struct Key: Comparable {
        let cost: Int
        let source: Int
        let target: Int
        let rank: Int
        let place: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.cost, left.source, left.target, left.rank) < (right.cost, right.source, right.target, right.rank)
        }
    }
}
