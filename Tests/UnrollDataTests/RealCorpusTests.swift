import Foundation
import Testing

@testable import UnrollData

/// Where the real corpora are: the folder that UNROLL_DATA names, or `../shared/data` beside the package.
enum RealData {
    static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["UNROLL_DATA"] { return URL(fileURLWithPath: named) }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/data")
    }()

    static func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    static func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path(name))
    }
}

@Suite("Real corpora")
struct RealCorpusTests {
    @Test(.enabled(if: RealData.has("multi30k"), "set UNROLL_DATA to the folder that holds multi30k"))
    func readsMulti30k() throws {
        let corpus = ParallelCorpus(source: RealData.path("multi30k/train.de.gz"), target: RealData.path("multi30k/train.en.gz"))
        let encode: TextEncoder = { $0.split(separator: " ").map { Int32($0.utf8.count) } }
        let encoded = try EncodedCorpus(corpus, encodeSource: encode, encodeTarget: encode)
        #expect(encoded.isInMemory)
        #expect(encoded.statistics.exampleCount == 29_000)
        #expect(encoded.statistics.emptyCount == 0)

        let stream = try BatchStream(encoded, tokens: SpecialTokens(start: 1, end: 2), options: BatchOptions(size: .tokens(2_048), seed: 1))
        let reader = try stream.reader()
        var indices: [Int] = []
        var used = 0
        var padded = 0
        while let batch = try reader.next() {
            indices += batch.indices
            used += batch.source.tokenCount
            padded += batch.source.tokens.count
        }
        #expect(indices.sorted() == Array(0..<29_000))
        #expect(used == encoded.statistics.sourceTokenCount)
        #expect(Double(used) / Double(padded) > 0.8)
    }

    @Test(.enabled(if: RealData.has("eng-fra"), "set UNROLL_DATA to the folder that holds eng-fra"))
    func readsATable() throws {
        let reader = try ParallelCorpus(table: RealData.path("eng-fra/eng-fra.txt.gz"), columnCount: 2).reader()
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 142_787)
        #expect(reader.skippedCount == 0)
    }
}
