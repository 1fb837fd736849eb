import Testing

@testable import UnrollData

@Suite("Sequences to copy")
struct SequenceGeneratorTests {
    @Test func drawsEveryLengthAndSymbol() throws {
        let generator = try SequenceGenerator(seed: 1, symbolCount: 20, firstToken: 4)
        let examples = try generator.examples(count: 5_000, lengths: 5...80, stream: 0)
        #expect(examples.map(\.index) == Array(0..<5_000))
        #expect(examples.allSatisfy { $0.source == $0.target })
        #expect(Set(examples.map(\.source.count)) == Set(5...80))
        #expect(Set(examples.flatMap(\.source)) == Set(4..<24))
    }

    @Test func repeatsItselfAndTellsStreamsApart() throws {
        let generator = try SequenceGenerator(seed: 1, symbolCount: 20, firstToken: 4)
        let examples = try generator.examples(count: 50, lengths: 5...10, stream: 0)
        #expect(try generator.examples(count: 50, lengths: 5...10, stream: 0) == examples)
        #expect(try generator.examples(count: 7, lengths: 5...10, stream: 0) == Array(examples.prefix(7)))
        #expect(try generator.examples(count: 50, lengths: 5...10, stream: 1) != examples)
        let other = try SequenceGenerator(seed: 2, symbolCount: 20, firstToken: 4)
        #expect(try other.examples(count: 50, lengths: 5...10, stream: 0) != examples)
    }

    @Test func worksAtItsEdges() throws {
        let one = try SequenceGenerator(seed: 1, symbolCount: 1, firstToken: 0)
        #expect(try one.examples(count: 1, lengths: 3...3, stream: 0) == [Example(source: [0, 0, 0], target: [0, 0, 0], index: 0)])
        #expect(try one.examples(count: 0, lengths: 1...1, stream: 0).isEmpty)
        #expect(throws: CorpusError.self) { try one.examples(count: -1, lengths: 1...1, stream: 0) }
        #expect(throws: CorpusError.self) { try one.examples(count: 1, lengths: 0...1, stream: 0) }
        #expect(throws: CorpusError.self) { try SequenceGenerator(seed: 1, symbolCount: 0, firstToken: 4) }
        #expect(throws: CorpusError.self) { try SequenceGenerator(seed: 1, symbolCount: 2, firstToken: .max) }
        #expect(throws: CorpusError.self) { try SequenceGenerator(seed: 1, symbolCount: 2, firstToken: -1) }
    }

    @Test func writesSymbolsAsLetters() throws {
        let generator = try SequenceGenerator(seed: 1, symbolCount: 800, firstToken: 4)
        #expect(generator.text(of: [4, 29, 30, 31, 705, 706]) == "a z aa ab zz aaa")
        #expect(Set((4..<804).map { generator.text(of: [$0]) }).count == 800)
        #expect(generator.text(of: []) == "")
    }
}
