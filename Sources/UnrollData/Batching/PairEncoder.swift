/// A parallel corpus with its encoders and its filter.
struct PairEncoder: Sendable {
    let corpus: ParallelCorpus
    let encodeSource: TextEncoder
    let encodeTarget: TextEncoder
    let filter: LengthFilter

    func reader() throws -> Reader {
        Reader(self, pairs: try corpus.reader())
    }

    /// One pass: the examples that the filter keeps, numbered from 0.
    final class Reader {
        private let encoder: PairEncoder
        private let pairs: PairReader
        private var counted = CorpusStatistics()

        fileprivate init(_ encoder: PairEncoder, pairs: PairReader) {
            self.encoder = encoder
            self.pairs = pairs
        }

        /// What was read so far.
        var statistics: CorpusStatistics {
            var statistics = counted
            statistics.emptyCount += pairs.skippedCount
            return statistics
        }

        func next() throws -> Example? {
            while let pair = try pairs.next() {
                let source = try encoder.encodeSource(pair.source)
                let target = try encoder.encodeTarget(pair.target)
                let index = counted.exampleCount
                guard encoder.filter.keeps(source: source, target: target, counting: &counted) else { continue }
                return Example(source: source, target: target, index: index)
            }
            return nil
        }
    }
}

/// Examples in two flat arrays: an array of arrays would take an allocation for every sentence.
struct TokenTable: Sendable {
    private var sourceTokens: [Int32] = []
    private var targetTokens: [Int32] = []
    private var sourceEnds: [Int] = []
    private var targetEnds: [Int] = []

    var count: Int { sourceEnds.count }
    var byteCount: Int { 4 * (sourceTokens.count + targetTokens.count) + 16 * count }

    mutating func append(source: [Int32], target: [Int32]) {
        sourceTokens += source
        targetTokens += target
        sourceEnds.append(sourceTokens.count)
        targetEnds.append(targetTokens.count)
    }

    func lengths(_ index: Int) -> (source: Int, target: Int) {
        (sourceEnds[index] - Self.start(sourceEnds, index), targetEnds[index] - Self.start(targetEnds, index))
    }

    subscript(index: Int) -> Example {
        Example(
            source: Array(sourceTokens[Self.start(sourceEnds, index)..<sourceEnds[index]]),
            target: Array(targetTokens[Self.start(targetEnds, index)..<targetEnds[index]]), index: index)
    }

    private static func start(_ ends: [Int], _ index: Int) -> Int {
        index == 0 ? 0 : ends[index - 1]
    }
}
