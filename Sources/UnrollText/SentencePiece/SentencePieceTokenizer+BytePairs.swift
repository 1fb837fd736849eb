extension SentencePieceTokenizer {
    /// The pieces that are left when no two neighbours make a piece any more.
    ///
    /// Of all neighbours those are joined first that make the piece with the highest score, leftmost before others. User-defined symbols take no part.
    func bytePairs(of text: UnsafeBufferPointer<UInt8>) -> [Segment] {
        guard joinsInsideWords else { return joinedByHeap(text) }
        var segments: [Segment] = []
        var ends: [Int] = []
        var orders: [UInt32] = []
        var start = 0
        while start < text.count {
            // What is joined never reaches beyond a user-defined symbol, nor from the end of a word to the `▁` of the next.
            ends.removeAll(keepingCapacity: true)
            var end = start
            var literalEnd: Int?
            while end < text.count {
                literalEnd = literals?.longestMatch(in: text, from: end)
                if literalEnd != nil || (end > start && startsWord(text, at: end, after: start)) { break }
                end = min(end + text[end].scalarLength, text.count)
                ends.append(end)
            }
            // Looking through a short word costs less than a heap; for a long one it would be quadratic.
            if ends.count > 64 {
                segments += joinedByHeap(UnsafeBufferPointer(rebasing: text[start..<end])).map { Segment(id: $0.id, end: start + $0.end) }
            } else {
                joinByScanning(&ends, of: text, from: start, orders: &orders)
                for next in ends {
                    segments.append(Segment(id: number(of: text[start..<next]), end: next))
                    start = next
                }
            }
            if let literalEnd {
                segments.append(Segment(id: number(of: text[end..<literalEnd]), end: literalEnd))
                end = literalEnd
            }
            start = end
        }
        return segments
    }

    /// Whether a `▁` begins at `place` and none ends there.
    private func startsWord(_ text: UnsafeBufferPointer<UInt8>, at place: Int, after start: Int) -> Bool {
        let mark = SentencePieceNormalizer.mark
        guard text[place] == mark[0], text[place...].starts(with: mark) else { return false }
        return place - start < mark.count || !text[place - mark.count..<place].elementsEqual(mark)
    }

    /// What decides when a piece is joined that some bytes spell: the lowest first. `UInt32.max` where they spell none that may be joined.
    private func order(of text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> UInt32 {
        numbers.index(of: UnsafeBufferPointer(rebasing: text[start..<end])).map { joinOrders[$0] } ?? .max
    }

    /// Joins the symbols of one word, given by their ends.
    private func joinByScanning(_ ends: inout [Int], of text: UnsafeBufferPointer<UInt8>, from start: Int, orders: inout [UInt32]) {
        orders.removeAll(keepingCapacity: true)
        for right in ends.indices.dropFirst() { orders.append(order(of: text, right > 1 ? ends[right - 2] : start, ends[right])) }
        while true {
            var best = UInt32.max
            var place = 0
            for index in orders.indices where orders[index] < best {
                best = orders[index]
                place = index
            }
            if best == .max { return }
            ends.remove(at: place)
            orders.remove(at: place)
            if place > 0 { orders[place - 1] = order(of: text, place > 1 ? ends[place - 2] : start, ends[place]) }
            if place < orders.count { orders[place] = order(of: text, place > 0 ? ends[place - 1] : start, ends[place + 1]) }
        }
    }

    /// Two neighbours that make a piece: order and place of the left one in one number, so that its order is that of joining, and the piece's bytes.
    private struct Candidate {
        let order: UInt64
        let count: Int
    }

    private func joinedByHeap(_ text: UnsafeBufferPointer<UInt8>) -> [Segment] {
        var symbols = Symbols()
        var start = 0
        while start < text.count {
            let literalEnd = literals?.longestMatch(in: text, from: start)
            let end = literalEnd ?? min(start + text[start].scalarLength, text.count)
            symbols.append(count: end - start, isFixed: literalEnd != nil)
            start = end
        }
        var splits: [Int32: Int] = [:]
        var heap = BinaryHeap<Candidate>()
        for left in 0..<symbols.count { offer(left, symbols, text, &heap, &splits) }
        while let candidate = heap.pop(precedes: { $0.order < $1.order }) {
            let left = Int(candidate.order & 0xffff_ffff)
            let right = symbols.following[left]
            // A candidate whose symbols have been joined with others since is out of date.
            guard symbols.counts[left] > 0, right < symbols.count, symbols.counts[left] + symbols.counts[right] == candidate.count else {
                continue
            }
            symbols.join(left)
            if symbols.previous[left] >= 0 { offer(symbols.previous[left], symbols, text, &heap, &splits) }
            offer(left, symbols, text, &heap, &splits)
        }
        var segments: [Segment] = []
        var symbol = 0
        while symbol < symbols.count {
            divide(text, symbols.starts[symbol], symbols.counts[symbol], splits, depth: 0, into: &segments)
            symbol = symbols.following[symbol]
        }
        return segments
    }

    private func offer(
        _ left: Int, _ symbols: Symbols, _ text: UnsafeBufferPointer<UInt8>, _ heap: inout BinaryHeap<Candidate>,
        _ splits: inout [Int32: Int]
    ) {
        let right = symbols.following[left]
        guard right < symbols.count, !symbols.isFixed[left], !symbols.isFixed[right] else { return }
        let count = symbols.counts[left] + symbols.counts[right]
        let start = symbols.starts[left]
        guard let number = numbers.index(of: UnsafeBufferPointer(rebasing: text[start..<start + count])), joinOrders[number] < .max else {
            return
        }
        if model.pieces[number].kind == .unused { splits[Int32(number)] = symbols.counts[left] }
        heap.push(Candidate(order: UInt64(joinOrders[number]) << 32 | UInt64(left), count: count), precedes: { $0.order < $1.order })
    }

    /// Appends what a symbol becomes: itself, or, where its piece is not to be used, the two parts that it was last seen joined from.
    private func divide(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int, _ splits: [Int32: Int], depth: Int, into segments: inout [Segment]
    ) {
        let number = numbers.index(of: UnsafeBufferPointer(rebasing: text[start..<start + count]))
        guard let number, model.pieces[number].kind == .unused else {
            segments.append(Segment(id: self.number(of: text[start..<start + count]), end: start + count))
            return
        }
        // The library goes no deeper either.
        guard depth <= 100 else {
            segments.append(Segment(id: Int32(number), end: start + count))
            return
        }
        guard let left = splits[Int32(number)] else {
            segments.append(Segment(id: unknown, end: start + count))
            return
        }
        divide(text, start, left, splits, depth: depth + 1, into: &segments)
        divide(text, start + left, count - left, splits, depth: depth + 1, into: &segments)
    }
}

/// The symbols of a text, from which neighbours are joined. One that has been joined to its left neighbour has no bytes left.
private struct Symbols {
    private(set) var starts: [Int] = []
    private(set) var counts: [Int] = []
    private(set) var isFixed: [Bool] = []
    /// The symbol on the left, or -1.
    private(set) var previous: [Int] = []
    /// The symbol on the right, or `count`.
    private(set) var following: [Int] = []
    private var end = 0

    var count: Int { starts.count }

    mutating func append(count: Int, isFixed: Bool) {
        previous.append(starts.count - 1)
        starts.append(end)
        following.append(starts.count)
        counts.append(count)
        self.isFixed.append(isFixed)
        end += count
    }

    mutating func join(_ left: Int) {
        let right = following[left]
        counts[left] += counts[right]
        counts[right] = 0
        following[left] = following[right]
        if following[right] < count { previous[following[right]] = left }
    }
}

extension SentencePiece {
    /// The order in which byte pairs are joined that make this piece, the lowest first: by the score, the highest first, where 0 comes before -0;
    /// `UInt32.max` for a piece that nothing is joined to.
    var joinOrder: UInt32 {
        guard kind == .normal || kind == .userDefined || kind == .unused else { return .max }
        return score.sign == .minus ? score.bitPattern : ~score.bitPattern & 0x7fff_ffff
    }

    /// Whether a `▁` stands behind another scalar than itself.
    var spansWords: Bool {
        var isInWord = false
        for scalar in text.unicodeScalars {
            if scalar != "\u{2581}" { isInWord = true } else if isInWord { return true }
        }
        return false
    }
}
