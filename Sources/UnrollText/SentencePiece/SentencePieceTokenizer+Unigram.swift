extension SentencePieceTokenizer {
    /// The best division of a text by a unigram model, found by Viterbi's algorithm from its start to its end.
    ///
    /// best(e) = max over the pieces that end at e of best(where the piece starts) + score(piece). A scalar that is no piece by itself may be unknown,
    /// at the lowest score of all less 10. All sums are Float32 in the library's order, so that near ties fall as there.
    func unigrams(of text: UnsafeBufferPointer<UInt8>) -> [Segment] {
        var best = [Ending](repeating: Ending(), count: text.count + 1)
        let unknownScore = lowestScore - 10
        // The furthest place that a piece found so far reaches.
        var frontier = 0
        var start = 0
        while start < text.count {
            if abs(best[start].score) > 100_000 { Self.rebase(&best, from: start, to: frontier) }
            let score = best[start].score
            let scalarEnd = min(start + text[start].scalarLength, text.count)
            var scalarIsPiece = false
            var node = PieceTrie.root
            var end = start
            while end < text.count {
                node = trie.child(of: node, text[end])
                if node < 0 { break }
                end += 1
                let id = trie.id(at: node)
                if id < 0 { continue }
                if end == scalarEnd { scalarIsPiece = true }
                frontier = max(frontier, end)
                // A user-defined symbol is given more than any other division of its bytes has.
                let isUserDefined = model.pieces[Int(id)].kind == .userDefined
                let pieceScore = isUserDefined ? Float(0.1 * Double(end - start - 1)) : model.pieces[Int(id)].score
                best[end].offer(score + pieceScore, id: id, start: start)
            }
            if !scalarIsPiece {
                frontier = max(frontier, scalarEnd)
                best[scalarEnd].offer(score + unknownScore, id: unknown, start: start)
            }
            start = scalarEnd
        }
        var segments: [Segment] = []
        var end = text.count
        while end > 0 {
            segments.append(Segment(id: best[end].id, end: end))
            end = best[end].start
        }
        segments.reverse()
        return segments
    }

    /// The best division of a text's beginning, by its last piece.
    private struct Ending {
        var score: Float = 0
        var id: Int32 = -1
        var start = -1

        /// A later piece of the same score does not replace an earlier one.
        @inline(__always)
        mutating func offer(_ candidate: Float, id: Int32, start: Int) {
            if self.start < 0 || candidate > score { self = Ending(score: candidate, id: id, start: start) }
        }
    }

    /// Takes the score at `start` from all that can still be built upon, since a Float32 that grows large loses its last digits.
    private static func rebase(_ best: inout [Ending], from start: Int, to frontier: Int) {
        let offset = best[start].score
        best[start].score = 0
        if frontier > start { for place in start + 1...frontier where best[place].start >= 0 { best[place].score -= offset } }
    }
}
