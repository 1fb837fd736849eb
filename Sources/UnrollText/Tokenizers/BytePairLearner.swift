/// The counts that learning byte pairs keeps up to date from merge to merge.
struct BytePairLearner {
    private var pieces: ByteStringTable
    private var bytesOfPiece: [[UInt8]]
    private var chunks: [[Int32]]
    private let frequencies: [Int]
    /// Pairs are numbered as they first come; what is known of each stands at its number.
    private var numberOfPair = IntegerTable()
    private var pairs: [Pair] = []
    private var heap = BinaryHeap<Candidate>()

    private struct Pair {
        let left: Int32
        let right: Int32
        var count = 0
        /// Chunks in which the pair has been seen; it may be gone from some of them.
        var chunks: [Int32] = []
    }

    /// A pair with the count that it had when it was offered: never less than its count now.
    private struct Candidate {
        let count: Int
        let pair: Int32
    }

    init(alphabet: [Unicode.Scalar], chunks: [[Unicode.Scalar]], frequencies: [Int]) {
        var pieces = ByteStringTable()
        var pieceOfScalar = IntegerTable(minimumCapacity: alphabet.count)
        for scalar in alphabet {
            _ = pieceOfScalar.value(of: UInt64(scalar.value), orInsert: Int32(String(scalar).withBytes { pieces.insert($0) }))
        }
        self.bytesOfPiece = alphabet.map { Array(String($0).utf8) }
        self.pieces = pieces
        self.chunks = chunks.map { $0.map { pieceOfScalar.value(of: UInt64($0.value)) } }
        self.frequencies = frequencies
    }

    /// The merges, most frequent first.
    mutating func learn(merges limit: Int, minimumFrequency: Int) -> [BytePairTokenizer.Merge] {
        for (index, chunk) in chunks.enumerated() {
            for place in chunk.indices.dropLast() { add(chunk[place], chunk[place + 1], frequencies[index], chunk: index) }
        }
        for number in pairs.indices { offer(number) }
        var merges: [BytePairTokenizer.Merge] = []
        while merges.count < limit, let best = popBest(), pairs[best].count >= minimumFrequency {
            let left = pairs[best].left
            let right = pairs[best].right
            // No pair comes twice: a joined pair leaves no occurrence, and a piece is always made by the same merge, since what happens
            // inside its borders does not depend on what stands outside them.
            merges.append(.init(left: pieces.string(at: Int(left)), right: pieces.string(at: Int(right))))
            join(left, right, in: best)
        }
        return merges
    }

    private mutating func popBest() -> Int? {
        while let candidate = heap.pop(precedes: order) {
            let number = Int(candidate.pair)
            if pairs[number].count == candidate.count { return number }
            if pairs[number].count > 0 && pairs[number].count < candidate.count { offer(number) }
        }
        return nil
    }

    private mutating func offer(_ number: Int) {
        heap.push(Candidate(count: pairs[number].count, pair: Int32(number)), precedes: order)
    }

    /// Higher counts first, then the bytes of the left piece, then those of the right one.
    private var order: (Candidate, Candidate) -> Bool {
        { [pairs, bytesOfPiece] first, second in
            if first.count != second.count { return first.count > second.count }
            let (one, other) = (Int(first.pair), Int(second.pair))
            if pairs[one].left != pairs[other].left {
                return bytesOfPiece[Int(pairs[one].left)].lexicographicallyPrecedes(bytesOfPiece[Int(pairs[other].left)])
            }
            return bytesOfPiece[Int(pairs[one].right)].lexicographicallyPrecedes(bytesOfPiece[Int(pairs[other].right)])
        }
    }

    /// Adds `frequency` (or takes it away) to the count of a pair. Scalars outside the alphabet take part in none.
    private mutating func add(_ left: Int32, _ right: Int32, _ frequency: Int, chunk: Int) {
        guard left >= 0 && right >= 0 else { return }
        let number = Int(numberOfPair.value(of: IntegerTable.key(left, right), orInsert: Int32(pairs.count)))
        if number == pairs.count { pairs.append(Pair(left: left, right: right)) }
        pairs[number].count += frequency
        if frequency > 0 && pairs[number].chunks.last != Int32(chunk) { pairs[number].chunks.append(Int32(chunk)) }
    }

    private mutating func join(_ left: Int32, _ right: Int32, in number: Int) {
        let joined = Int32((pieces.string(at: Int(left)) + pieces.string(at: Int(right))).withBytes { pieces.insert($0) })
        if Int(joined) == bytesOfPiece.count { bytesOfPiece.append(bytesOfPiece[Int(left)] + bytesOfPiece[Int(right)]) }
        let visited = pairs[number].chunks
        pairs[number].chunks = []
        // What changes is offered again once the counts are final, each once: in the order of pairs, which is that of their first coming.
        var raised: [Int] = []
        for chunk in visited { rewrite(Int(chunk), left, right, joined, raised: &raised) }
        raised.sort()
        var last = -1
        for pair in raised where pair != last {
            offer(pair)
            last = pair
        }
    }

    private mutating func rewrite(_ chunk: Int, _ left: Int32, _ right: Int32, _ joined: Int32, raised: inout [Int]) {
        var symbols: [Int32] = []
        swap(&symbols, &chunks[chunk])
        let frequency = frequencies[chunk]
        var read = 0
        var write = 0
        while read < symbols.count {
            if symbols[read] == left && read + 1 < symbols.count && symbols[read + 1] == right {
                add(left, right, -frequency, chunk: chunk)
                if write > 0 { exchange((symbols[write - 1], left), (symbols[write - 1], joined), frequency, chunk, &raised) }
                if read + 2 < symbols.count { exchange((right, symbols[read + 2]), (joined, symbols[read + 2]), frequency, chunk, &raised) }
                symbols[write] = joined
                read += 2
            } else {
                symbols[write] = symbols[read]
                read += 1
            }
            write += 1
        }
        symbols.removeLast(symbols.count - write)
        swap(&symbols, &chunks[chunk])
    }

    private mutating func exchange(_ old: (Int32, Int32), _ new: (Int32, Int32), _ frequency: Int, _ chunk: Int, _ raised: inout [Int]) {
        add(old.0, old.1, -frequency, chunk: chunk)
        add(new.0, new.1, frequency, chunk: chunk)
        let number = numberOfPair.value(of: IntegerTable.key(new.0, new.1))
        if new.0 >= 0 && new.1 >= 0 { raised.append(Int(number)) }
    }
}
