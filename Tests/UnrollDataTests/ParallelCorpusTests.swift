import Testing

@testable import UnrollData

@Suite("Parallel and single corpora")
struct ParallelCorpusTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func pairs(_ reader: PairReader) throws -> [SentencePair] {
        var pairs: [SentencePair] = []
        while let pair = try reader.next() { pairs.append(pair) }
        return pairs
    }

    private func files(_ source: String, _ target: String) throws -> ParallelCorpus {
        ParallelCorpus(source: try folder.write(source, to: "source.txt"), target: try folder.write(target, to: "target.txt"))
    }

    private func table(_ text: String, _ sourceColumn: Int = 1, _ targetColumn: Int = 2, of count: Int? = nil) throws -> ParallelCorpus {
        try ParallelCorpus(
            table: folder.write(text, to: "table.tsv"), sourceColumn: sourceColumn, targetColumn: targetColumn, columnCount: count)
    }

    @Test func pairsTheLinesOfTwoFiles() throws {
        let corpus = try files("eins\nzwei", "one\r\ntwo\r\n")
        for _ in 0..<2 {
            #expect(
                try pairs(corpus.reader()) == [
                    SentencePair(source: "eins", target: "one", lineNumber: 1), SentencePair(source: "zwei", target: "two", lineNumber: 2),
                ])
        }
    }

    @Test func pairsAPlainWithAGzipFile() throws {
        let corpus = ParallelCorpus(
            source: try folder.write("eins\n", to: "source.txt"), target: try folder.write(GzipFixture.stored("one\n"), to: "target.gz"))
        #expect(try pairs(corpus.reader()) == [SentencePair(source: "eins", target: "one", lineNumber: 1)])
    }

    @Test func skipsAndCountsEmptySides() throws {
        let reader = try files("eins\n\ndrei\n \t\nfünf\n", "one\ntwo\n\u{3000}\nfour\nfive\n").reader()
        #expect(try pairs(reader).map(\.lineNumber) == [1, 5])
        #expect(reader.skippedCount == 3)
    }

    @Test(arguments: [("a\nb\nc\n", "a\n", 3, 1), ("a\n", "a\nb\n\n", 1, 3), ("", "a", 0, 1)])
    func refusesUnequalLineCounts(source: String, target: String, sourceCount: Int, targetCount: Int) throws {
        let reader = try files(source, target).reader()
        let error = try #require(throws: CorpusError.self) { try pairs(reader) }
        #expect(error.kind == .unequalLineCounts(source: sourceCount, target: targetCount))
        #expect(error.description.contains("\(sourceCount) and \(targetCount) lines"))
        #expect(error.description.contains("source.txt"))
        #expect(error.description.contains("target.txt"))
    }

    @Test(arguments: [("", ""), ("\n\n", "\n\n"), ("a\n\n", "\nb\n")])
    func refusesACorpusWithoutAPair(source: String, target: String) throws {
        let reader = try files(source, target).reader()
        #expect(try #require(throws: CorpusError.self) { try pairs(reader) }.kind == .empty)
    }

    @Test func readsTheColumnsOfATable() throws {
        let text = "1\teins\tone\n\n2\tzwei\ttwo\r\n3\t\tthree\n"
        let reader = try table(text, 3, 2).reader()
        #expect(
            try pairs(reader) == [
                SentencePair(source: "one", target: "eins", lineNumber: 1), SentencePair(source: "two", target: "zwei", lineNumber: 3),
            ])
        #expect(reader.skippedCount == 2)
    }

    @Test func keepsQuotationMarks() throws {
        #expect(try pairs(table("\"a\t\"b\"\n").reader()).map { [$0.source, $0.target] } == [["\"a", "\"b\""]])
    }

    @Test(arguments: [("a\tb\na\tb\tc\n", nil, 2, 2, 3), ("a\tb\tc\na\tb\n", nil, 2, 3, 2), ("a\n", nil, 1, 2, 1), ("a\tb\n", 3, 1, 3, 2)])
    func refusesAWrongNumberOfColumns(text: String, count: Int?, line: Int, expected: Int, found: Int) throws {
        let reader = try table(text, of: count).reader()
        let error = try #require(throws: CorpusError.self) { try pairs(reader) }
        #expect(error.kind == .wrongColumnCount(expected: expected, found: found))
        #expect(error.line == line)
    }

    @Test func refusesColumnsThatCannotBe() {
        #expect(throws: CorpusError.self) { try ParallelCorpus(table: "t", sourceColumn: 0) }
        #expect(throws: CorpusError.self) { try ParallelCorpus(table: "t", targetColumn: -1) }
        #expect(throws: CorpusError.self) { try ParallelCorpus(table: "t", targetColumn: 3, columnCount: 2) }
    }

    @Test func readsSingleFiles() throws {
        let path = try folder.write("one\n\n three \n\u{a0}\n", to: "lines.txt")
        let reader = try LineCorpus(path: path).reader()
        #expect(try reader.next() == LineCorpus.Line(text: "one", number: 1))
        #expect(try reader.next() == LineCorpus.Line(text: " three ", number: 3))
        #expect(try reader.next() == nil)
        #expect(reader.skippedCount == 2)

        let keeping = try LineCorpus(path: path, keepsEmptyLines: true).reader()
        var texts: [String] = []
        while let line = try keeping.next() { texts.append(line.text) }
        #expect(texts == ["one", "", " three ", "\u{a0}"])
    }

    @Test(arguments: [("", true), ("", false), ("\n \n", false)])
    func refusesASingleFileWithoutText(text: String, keepsEmptyLines: Bool) throws {
        let reader = try LineCorpus(path: folder.write(text, to: "empty.txt"), keepsEmptyLines: keepsEmptyLines).reader()
        #expect(try #require(throws: CorpusError.self) { try reader.next() }.kind == .empty)
    }
}
