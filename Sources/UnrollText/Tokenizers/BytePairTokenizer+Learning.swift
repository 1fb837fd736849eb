extension BytePairTokenizer {
    /// Learns the merges that join the most frequent pair again and again.
    ///
    /// Pairs of equal frequency are taken in the order of their bytes, so that the result depends neither on the order of the sentences nor
    /// on the process. The time is about that of reading the texts: only the chunks that hold a pair are visited when it is joined.
    ///
    /// - Parameters:
    ///   - texts: The training text; for a vocabulary that two languages share, the sentences of both.
    ///   - merges: How many pairs to join at most; the pieces are then this many and the alphabet.
    ///   - minimumFrequency: Pairs that occur less often are not joined.
    ///   - minimumCharacterFrequency: Scalars that occur less often are left out of the alphabet, and so become unknown.
    public static func learn(
        from texts: some Sequence<String>, merges: Int, minimumFrequency: Int = 2, minimumCharacterFrequency: Int = 1
    ) -> BytePairTokenizer {
        var chunks = ByteStringTable()
        var frequencies: [Int] = []
        var bytes: [UInt8] = []
        for text in texts {
            ChunkSplitter.forEachChunk(of: text) { chunk in
                bytes.removeAll(keepingCapacity: true)
                for scalar in chunk { bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) }
                let index = bytes.withUnsafeBufferPointer { chunks.insert($0) }
                if index == frequencies.count { frequencies.append(1) } else { frequencies[index] += 1 }
            }
        }
        let scalarsOfChunk = (0..<chunks.count).map { Array(chunks.string(at: $0).unicodeScalars) }
        let alphabet = alphabet(of: scalarsOfChunk, frequencies: frequencies, minimum: minimumCharacterFrequency)
        var learner = BytePairLearner(alphabet: alphabet, chunks: scalarsOfChunk, frequencies: frequencies)
        let learnt = learner.learn(merges: merges, minimumFrequency: max(1, minimumFrequency))
        do {
            return try BytePairTokenizer(alphabet: alphabet, merges: learnt)
        } catch {
            preconditionFailure("the merges just learnt do not fit together: \(error)")
        }
    }

    private static func alphabet(of chunks: [[Unicode.Scalar]], frequencies: [Int], minimum: Int) -> [Unicode.Scalar] {
        var numbers = IntegerTable()
        var alphabet: [(scalar: Unicode.Scalar, count: Int)] = []
        for (chunk, frequency) in zip(chunks, frequencies) {
            for scalar in chunk {
                let index = Int(numbers.value(of: UInt64(scalar.value), orInsert: Int32(alphabet.count)))
                if index == alphabet.count { alphabet.append((scalar, 0)) }
                alphabet[index].count += frequency
            }
        }
        let kept = alphabet.filter { $0.count >= minimum || $0.scalar == ChunkSplitter.mark }.map(\.scalar)
        return (kept.contains(ChunkSplitter.mark) ? kept : kept + [ChunkSplitter.mark]).sorted { $0.value < $1.value }
    }
}
