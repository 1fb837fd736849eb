import Testing

@testable import UnrollData

/// Words of letters to their lengths; a word of dashes encodes to nothing.
let wordLengths: TextEncoder = { text in
    text.split(separator: " ").compactMap { $0.allSatisfy { $0 == "-" } ? nil : Int32($0.count) }
}

@Suite("Encoding and filters")
struct EncodedCorpusTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func corpus() throws -> ParallelCorpus {
        ParallelCorpus(
            source: try folder.write("a bb\n\na b c d\n-\naa\nccc\n", to: "source.txt"),
            target: try folder.write("aaa\nb\nb\nc\na b c\ndddd dd\n", to: "target.txt"))
    }

    private func examples(_ corpus: EncodedCorpus) throws -> [Example] {
        let stream = try BatchStream(
            corpus, tokens: SpecialTokens(start: 1, end: 2), options: BatchOptions(size: .examples(1), shuffles: false))
        let reader = try stream.reader()
        var examples: [Example] = []
        while let batch = try reader.next() {
            examples.append(
                Example(source: batch.source[0], target: Array(batch.targetOutput[0].dropLast()), index: batch.indices[0]))
        }
        return examples.sorted { $0.index < $1.index }
    }

    @Test(arguments: [1 << 20, 0])
    func keepsWhatIsNeitherEmptyNorTooLong(memoryLimit: Int) throws {
        let encoded = try EncodedCorpus(
            corpus(), encodeSource: wordLengths, encodeTarget: wordLengths, maximumSourceLength: 3, maximumTargetLength: 2,
            memoryLimit: memoryLimit)
        #expect(encoded.isInMemory == (memoryLimit > 0))
        #expect(
            try examples(encoded) == [
                Example(source: [1, 2], target: [3], index: 0), Example(source: [3], target: [4, 2], index: 1),
            ])
        let statistics = encoded.statistics
        #expect(statistics.exampleCount == 2)
        #expect(statistics.emptyCount == 2)
        #expect(statistics.tooLongCount == 2)
        #expect(statistics.sourceTokenCount == 3)
        #expect(statistics.targetTokenCount == 3)
        #expect(statistics.longestSource == 2)
        #expect(statistics.longestTarget == 2)
    }

    @Test func staysInMemoryUpToItsLimit() throws {
        let encode = { (limit: Int) in
            try EncodedCorpus(corpus(), encodeSource: wordLengths, encodeTarget: wordLengths, memoryLimit: limit)
        }
        // 4 examples of 2 + 1, 4 + 1, 1 + 3 and 1 + 2 tokens.
        let size = 4 * 15 + 16 * 4
        #expect(try encode(size).isInMemory)
        #expect(try !encode(size - 1).isInMemory)
        #expect(try examples(encode(size)) == examples(encode(size - 1)))
    }

    @Test func takesExamplesThatAreTokensAlready() throws {
        let given = [
            Example(source: [1], target: [2, 3], index: 7), Example(source: [], target: [1], index: 8),
            Example(source: [1, 2], target: [3], index: 9), Example(source: [4], target: [5], index: 9),
        ]
        let encoded = try EncodedCorpus(given, maximumSourceLength: 1)
        #expect(
            try examples(encoded) == [
                Example(source: [1], target: [2, 3], index: 0), Example(source: [4], target: [5], index: 1),
            ])
        #expect(encoded.statistics.emptyCount == 1)
        #expect(encoded.statistics.tooLongCount == 1)
    }

    @Test func refusesACorpusOfWhichNothingIsLeft() throws {
        let error = try #require(throws: CorpusError.self) {
            try EncodedCorpus(corpus(), encodeSource: wordLengths, encodeTarget: wordLengths, maximumSourceLength: 0)
        }
        #expect(error.kind == .empty)
        #expect(error.description.contains("4 were longer"))
        #expect(error.description.contains("source.txt"))
        #expect(try #require(throws: CorpusError.self) { try EncodedCorpus([]) }.kind == .empty)
    }

    @Test func passesTheEncodersErrorOn() throws {
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            try EncodedCorpus(corpus(), encodeSource: { _ in throw Refusal() }, encodeTarget: wordLengths)
        }
    }

    @Test func findsTheFilesErrorsBeforeTraining() throws {
        let corpus = ParallelCorpus(
            source: try folder.write("a\nb\n", to: "two.txt"), target: try folder.write("a\n", to: "one.txt"))
        let error = try #require(throws: CorpusError.self) {
            try EncodedCorpus(corpus, encodeSource: wordLengths, encodeTarget: wordLengths, memoryLimit: 0)
        }
        #expect(error.kind == .unequalLineCounts(source: 2, target: 1))
    }
}
