import Foundation
import Testing

@testable import UnrollData

@Suite("Tables are written whole or not at all")
struct TableWriterTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func writesRows() throws {
        let path = folder.path("table.tsv")
        try TableWriter.write([["a", "ב"], ["", "d"], []], to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a\tב\n\td\n\n")
        try TableWriter.write([], to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "")
        #expect(try folder.names == ["table.tsv"])
    }

    @Test(arguments: ["a\tb", "a\nb", "a\r", "a\r\nb"])
    func leavesTheOldFileWhereAColumnCannotBeWritten(column: String) throws {
        let path = try folder.write("old", to: "table.tsv")
        let error = try #require(throws: CorpusError.self) { try TableWriter.write([["fine"], ["fine", column]], to: path) }
        #expect(error.kind == .invalidOption)
        #expect(error.line == 2)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(try folder.names == ["table.tsv"])
    }

    @Test func refusesAMissingDirectory() throws {
        let error = try #require(throws: CorpusError.self) { try TableWriter.write([["a"]], to: folder.path("absent/table.tsv")) }
        #expect(error.kind == .unwritable)
    }

    @Test func refusesADirectoryInItsPlace() throws {
        try FileManager.default.createDirectory(atPath: folder.path("table.tsv"), withIntermediateDirectories: false)
        let error = try #require(throws: CorpusError.self) { try TableWriter.write([["a"]], to: folder.path("table.tsv")) }
        #expect(error.kind == .unwritable)
        #expect(try folder.names == ["table.tsv"])
    }

    @Test func writesDatesThatACorpusReadsBack() throws {
        let dates = try DateGenerator(seed: 3).examples(count: 200, split: .training)
        try TableWriter.write(dates, to: folder.path("dates.tsv"))
        let reader = try ParallelCorpus(table: folder.path("dates.tsv"), columnCount: 3).reader()
        for date in dates {
            let pair = try #require(try reader.next())
            #expect(Array(pair.source.utf8) == Array(date.source.utf8))
            #expect(pair.target == date.target)
        }
        #expect(try reader.next() == nil)

        try TableWriter.writePairs(dates, to: folder.path("pairs.tsv"))
        #expect(
            try String(contentsOfFile: folder.path("pairs.tsv"), encoding: .utf8)
                == dates.map { "\($0.source)\t\($0.target)\n" }.joined())
    }
}
