import UnrollModels
import UnrollModules

extension BeamSearch {
    /// Searches for many sources, by batches of similar length, and returns them in the order given.
    ///
    /// - Parameters:
    ///   - sources: tokens without special ones.
    ///   - decoder: the model.
    ///   - rows: the most sentences in a batch; it changes the time taken, never a result.
    public func batches<Decoder: StepwiseDecoder>(_ sources: [[Int32]], _ decoder: Decoder, rows: Int = 32) -> [[Hypothesis]] {
        let order = sources.indices.sorted { (sources[$0].count, $0) < (sources[$1].count, $1) }
        var results = [[Hypothesis]](repeating: [], count: sources.count)
        for start in stride(from: 0, to: order.count, by: rows) {
            let places = order[start..<min(start + rows, order.count)]
            let found = self(places.map { sources[$0] }, decoder, .inference())
            for (place, hypotheses) in zip(places, found) { results[place] = hypotheses }
        }
        return results
    }
}
