import UnrollTensors

extension MemoryNetwork {
    /// The cross entropy of each hop's addressing with the sentence that it should have read: strong supervision, as in Weston 2014.
    ///
    ///     loss = −scale Σ_hops Σ_questions log softmax(uᵀ m)_fact
    ///
    /// - Parameters:
    ///   - hops: what the hops did, with their scores.
    ///   - facts: for each question the places of its sentences that the answer follows from, in the order of the hops; a hop without one, and one
    ///     whose sentence is no longer in the memory, is left out.
    ///   - batch: the questions.
    ///   - scale: what each term is multiplied by.
    /// - Returns: a number of shape []; nil where there is nothing to learn from.
    public func supervision(_ hops: [Hop], facts: [[Int]], _ batch: MemoryBatch, scale: Double = 1) -> Tensor? {
        let (count, slots) = (batch.count, batch.slots)
        let hasEmptySlots = configuration.emptySlots
        let columns = hasEmptySlots ? max(slots, configuration.memorySize) : slots
        let isFilled = batch.lengths.flatMap { length in (0..<slots).map { $0 < Int(length) } }
        let terms = hops.enumerated().compactMap { place, hop -> Tensor? in
            guard let scores = hop.scores else { return nil }
            let right = (0..<count).compactMap { row -> Int32? in
                guard place < facts[row].count, let slot = batch.sources[row].firstIndex(of: facts[row][place]) else { return nil }
                return Int32(row * columns + slot)
            }
            guard !right.isEmpty else { return nil }
            // The score of an empty slot is 0 where these take part, and else so low that its share is 0.
            let empty = Tensor(repeating: hasEmptySlots ? 0 : -1e30, shape: scores.shape, scalarType: scores.scalarType)
            let beyond = Tensor(repeating: 0, shape: [count, columns - slots], scalarType: scores.scalarType)
            let all = concatenated([select(isFilled, scores, empty), beyond], axis: 1)
            let logarithms = logSoftmax(all).reshaped(to: [count * columns, 1])
            return sum(gathered(logarithms, Tensor(right, shape: [right.count]))) * -scale
        }
        guard let first = terms.first else { return nil }
        return terms.dropFirst().reduce(first, +)
    }
}
