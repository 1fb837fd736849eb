extension BytePairTokenizer {
    /// Joins pairs, lowest rank first and leftmost first among equals, one at a time, until no pair has a rank.
    func join(_ symbols: inout [Int32], ranks: inout [Int32]) {
        // Looking through a short chunk costs less than a heap; for long ones it would be quadratic.
        if symbols.count <= 64 { joinByScanning(&symbols, ranks: &ranks) } else { joinByHeap(&symbols) }
    }

    private func rank(_ left: Int32, _ right: Int32) -> Int32 {
        let rank = left < 0 || right < 0 ? -1 : rankOfPair.value(of: IntegerTable.key(left, right))
        return rank < 0 ? .max : rank
    }

    func joinByScanning(_ symbols: inout [Int32], ranks: inout [Int32]) {
        ranks.removeAll(keepingCapacity: true)
        for index in symbols.indices.dropLast() { ranks.append(rank(symbols[index], symbols[index + 1])) }
        while true {
            var best = Int32.max
            var place = 0
            for (index, rank) in ranks.enumerated() where rank < best {
                best = rank
                place = index
            }
            if best == .max { return }
            symbols[place] = pieceOfRank[Int(best)]
            symbols.remove(at: place + 1)
            ranks.remove(at: place)
            if place > 0 { ranks[place - 1] = rank(symbols[place - 1], symbols[place]) }
            if place < ranks.count { ranks[place] = rank(symbols[place], symbols[place + 1]) }
        }
    }

    func joinByHeap(_ symbols: inout [Int32]) {
        let count = symbols.count
        var next = Array(1...max(count, 1))
        var previous = Array(-1..<max(count, 1) - 1)
        // Rank above place in one number, so that its order is the order of joining.
        var heap = BinaryHeap<UInt64>()
        func offer(_ place: Int) {
            guard place >= 0 && next[place] < count else { return }
            let rank = rank(symbols[place], symbols[next[place]])
            if rank < .max { heap.push(UInt64(rank) << 32 | UInt64(place), precedes: <) }
        }
        for place in 0..<count { offer(place) }
        while let entry = heap.pop(precedes: <) {
            let place = Int(entry & 0xffff_ffff)
            let right = next[place]
            // An entry whose pair has changed since, or whose place was swallowed, is out of date.
            guard right > place, right < count, UInt64(rank(symbols[place], symbols[right])) == entry >> 32 else { continue }
            symbols[place] = pieceOfRank[Int(entry >> 32)]
            next[place] = next[right]
            if next[place] < count { previous[next[place]] = place }
            next[right] = -1
            offer(previous[place])
            offer(place)
        }
        var kept: [Int32] = []
        var place = 0
        while place < count {
            kept.append(symbols[place])
            place = next[place]
        }
        symbols = kept
    }
}
