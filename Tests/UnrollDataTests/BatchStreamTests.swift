import Testing

@testable import UnrollData

@Suite("Batches in an order that is a function of seed and epoch")
struct BatchStreamTests {
    let folder: TemporaryFolder
    static let tokens = SpecialTokens(start: 1, end: 2)

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Lengths of 1 to 30, sources that name their example.
    private func examples(_ count: Int) -> [Example] {
        var generator = SplitMix64(77)
        return (0..<count).map { index in
            Example(
                source: [Int32(index + 10)] + [Int32](repeating: 5, count: generator.next(below: 30)),
                target: [Int32](repeating: 6, count: 1 + generator.next(below: 30)), index: index)
        }
    }

    /// The same examples as files that are streamed.
    private func streamed(_ examples: [Example]) throws -> EncodedCorpus {
        let text = { (tokens: [Int32]) in tokens.map(String.init).joined(separator: " ") + "\n" }
        let encode: TextEncoder = { $0.split(separator: " ").map { Int32($0)! } }
        return try EncodedCorpus(
            ParallelCorpus(
                source: folder.write(examples.map { text($0.source) }.joined(), to: "source.txt"),
                target: folder.write(GzipFixture.stored(examples.map { text($0.target) }.joined()), to: "target.gz")),
            encodeSource: encode, encodeTarget: encode, memoryLimit: 0)
    }

    private func corpora(_ count: Int) throws -> [EncodedCorpus] {
        [try EncodedCorpus(examples(count)), try streamed(examples(count))]
    }

    private func batches(_ stream: BatchStream, at position: BatchPosition = BatchPosition()) throws -> [Batch] {
        let reader = try stream.reader(at: position)
        var batches: [Batch] = []
        while true {
            let expected = reader.position
            guard let batch = try reader.next() else { break }
            #expect(batch.position == expected)
            batches.append(batch)
        }
        #expect(try reader.next() == nil)
        return batches
    }

    @Test(arguments: [BatchOptions.Size.tokens(200), .tokens(1), .tokens(100_000), .examples(1), .examples(7), .examples(1_000)])
    func givesEveryExampleOnceAndWhole(size: BatchOptions.Size) throws {
        let examples = examples(101)
        for corpus in try corpora(101) {
            for window in [1, 10, 101, 5_000, .max] {
                let stream = try BatchStream(corpus, tokens: Self.tokens, options: BatchOptions(size: size, windowSize: window, seed: 3))
                let batches = try batches(stream)
                #expect(batches.flatMap(\.indices).sorted() == Array(0..<101))
                #expect(batches.map(\.position.batch) == Array(0..<batches.count))
                for batch in batches {
                    #expect(batch.source == PaddedSequences(batch.indices.map { examples[$0].source }))
                    #expect(batch.targetInput == PaddedSequences(batch.indices.map { [1] + examples[$0].target }))
                    #expect(batch.targetOutput == PaddedSequences(batch.indices.map { examples[$0].target + [2] }))
                }
            }
        }
    }

    @Test func staysWithinTheTokensAndFillsThem() throws {
        let limit = 300
        let stream = try BatchStream(
            EncodedCorpus(examples(2_000)), tokens: Self.tokens, options: BatchOptions(size: .tokens(limit), windowSize: 1_000))
        let batches = try batches(stream)
        let sizes = batches.map { max($0.source.time, $0.targetOutput.time) * $0.count }
        #expect(sizes.allSatisfy { $0 <= limit })
        #expect(sizes.reduce(0, +) > batches.count * limit * 8 / 10)
        let used = batches.reduce(0) { $0 + $1.source.tokenCount + $1.targetOutput.tokenCount }
        let padded = batches.reduce(0) { $0 + $1.source.tokens.count + $1.targetOutput.tokens.count }
        #expect(Double(used) / Double(padded) > 0.75)
    }

    @Test func givesAnExampleBeyondTheLimitABatchOfItsOwn() throws {
        let examples = [
            Example(source: [5], target: [6], index: 0), Example(source: [Int32](repeating: 5, count: 50), target: [6], index: 1),
            Example(source: [5], target: [6], index: 2),
        ]
        let stream = try BatchStream(EncodedCorpus(examples), tokens: Self.tokens, options: BatchOptions(size: .tokens(10)))
        #expect(try batches(stream).map { $0.indices.sorted() }.sorted { $0[0] < $1[0] } == [[0, 2], [1]])
    }

    @Test func isAFunctionOfSeedAndEpoch() throws {
        for corpus in try corpora(203) {
            let order = { (seed: UInt64, epoch: Int) in
                try batches(
                    BatchStream(corpus, tokens: Self.tokens, options: BatchOptions(size: .tokens(150), windowSize: 50, seed: seed)),
                    at: BatchPosition(epoch: epoch)
                ).map(\.indices)
            }
            let first = try order(1, 0)
            #expect(try order(1, 0) == first)
            let others = try [first, order(1, 1), order(2, 0), order(2, 1)]
            #expect(Set(others).count == 4)
        }
    }

    @Test func resumesToTheIdenticalRest() throws {
        for corpus in try corpora(120) {
            let options = BatchOptions(size: .tokens(160), windowSize: 33, seed: 8)
            let stream = try BatchStream(corpus, tokens: Self.tokens, options: options)
            for epoch in 0..<2 {
                let all = try batches(stream, at: BatchPosition(epoch: epoch))
                #expect(try stream.batchCount(epoch: epoch) == all.count)
                for start in 0...all.count + 1 {
                    #expect(try batches(stream, at: BatchPosition(epoch: epoch, batch: start)) == Array(all.dropFirst(start)))
                }
            }
        }
    }

    @Test func keepsFileOrderByLengthWhereNothingIsShuffled() throws {
        let lengths = [3, 1, 2, 1, 3, 2, 2]
        let examples = lengths.map { Example(source: [Int32](repeating: 5, count: $0), target: [6], index: 0) }
        let stream = try BatchStream(
            EncodedCorpus(examples), tokens: Self.tokens,
            options: BatchOptions(size: .examples(2), windowSize: 5, shuffles: false, seed: 4))
        for epoch in 0..<2 {
            #expect(try batches(stream, at: BatchPosition(epoch: epoch)).map(\.indices) == [[1, 3], [2, 0], [4], [5, 6]])
        }
    }

    /// The order that a program of its own in another language gives: a later version must not change it, or no run could resume.
    @Test func keepsTheOrderOfThisVersion() throws {
        let stream = try BatchStream(
            EncodedCorpus(examples(12)), tokens: Self.tokens, options: BatchOptions(size: .examples(3), windowSize: 7, seed: 1))
        #expect(try batches(stream).map(\.indices) == [[10, 2, 5], [7, 0, 8], [4], [3, 6], [1, 11, 9]])
    }

    @Test func worksWithASinglePair() throws {
        for corpus in try corpora(1) {
            let stream = try BatchStream(corpus, tokens: Self.tokens, options: BatchOptions(size: .tokens(4_096)))
            for epoch in 0..<3 { #expect(try batches(stream, at: BatchPosition(epoch: epoch)).map(\.indices) == [[0]]) }
            #expect(try stream.batchCount() == 1)
        }
    }

    @Test func refusesOptionsThatCannotBe() throws {
        let corpus = try EncodedCorpus(examples(2))
        for options in [
            BatchOptions(size: .tokens(0)), BatchOptions(size: .examples(-1)), BatchOptions(size: .examples(1), windowSize: 0),
        ] {
            #expect(throws: CorpusError.self) { try BatchStream(corpus, tokens: Self.tokens, options: options) }
        }
        let stream = try BatchStream(corpus, tokens: Self.tokens, options: BatchOptions(size: .examples(1)))
        #expect(throws: CorpusError.self) { try stream.reader(at: BatchPosition(epoch: -1)) }
        #expect(throws: CorpusError.self) { try stream.reader(at: BatchPosition(batch: -1)) }
    }
}
