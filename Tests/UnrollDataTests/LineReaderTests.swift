import Foundation
import Testing

@testable import UnrollData

@Suite("Lines of plain and gzip files")
struct LineReaderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func lines(_ path: String) throws -> [String] {
        let reader = try LineReader(path: path)
        var lines: [String] = []
        while let line = try reader.next() {
            lines.append(line)
            #expect(reader.lineNumber == lines.count)
        }
        #expect(try reader.next() == nil)
        return lines
    }

    private func error(_ path: String) throws -> CorpusError {
        try #require(throws: CorpusError.self) { try lines(path) }
    }

    @Test(arguments: [
        ("", []),
        ("\n", [""]),
        ("one", ["one"]),
        ("o", ["o"]),
        ("one\n", ["one"]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("one\ntwo\r", ["one", "two"]),
        ("\n\nthree\n\n", ["", "", "three", ""]),
        ("\u{feff}مارس\nzwei", ["مارس", "zwei"]),
        ("\u{feff}", [""]),
        ("one\n\u{feff}two", ["one", "\u{feff}two"]),
        ("a\u{2028}b\u{85}c\rd\n", ["a\u{2028}b\u{85}c\rd"]),
        ("nul\u{0}inside\n", ["nul\u{0}inside"]),
    ])
    func splitsAtNewlinesOnly(text: String, expected: [String]) throws {
        let expected = expected.map { Array($0.utf8) }
        for bytes in [Array(text.utf8), GzipFixture.stored(text)] {
            #expect(try lines(folder.write(bytes, to: "text")).map { Array($0.utf8) } == expected)
        }
    }

    @Test func readsLinesOfAnyLengthAcrossBuffers() throws {
        let expected = [0, 1, 131_071, 131_072, 131_073, 100_000, 300_001, 5].enumerated().map { index, count in
            String(repeating: index % 2 == 0 ? "x" : "é", count: count)
        }
        let text = expected.joined(separator: "\n")
        #expect(try lines(folder.write(text, to: "long.txt")) == expected)
        #expect(try lines(folder.write(GzipFixture.stored(text), to: "long.gz")) == expected)
    }

    @Test func tellsWhetherALineIsThereWithoutWaiting() throws {
        let path = folder.path("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let writer = open(path, O_RDWR)
        func send(_ text: String) { #expect(write(writer, text, text.utf8.count) == text.utf8.count) }
        send("\n")
        let reader = try LineReader(path: path)
        #expect(try reader.hasLineWaiting())
        #expect(try reader.next() == "")
        send("one\ntw")
        #expect(try reader.hasLineWaiting())
        #expect(try reader.next() == "one")
        #expect(try !reader.hasLineWaiting(), "the line has no end yet")
        send("o\nthree\n")
        for line in ["two", "three"] {
            #expect(try reader.hasLineWaiting())
            #expect(try reader.next() == line)
        }
        #expect(try !reader.hasLineWaiting())
        send("rest")
        close(writer)
        #expect(try reader.hasLineWaiting())
        #expect(try reader.next() == "rest")
        #expect(try reader.hasLineWaiting())
        #expect(try reader.next() == nil)
    }

    @Test func readsManyLines() throws {
        let expected = (0..<60_000).map { "line \($0)" }
        #expect(try lines(folder.write(expected.joined(separator: "\r\n") + "\r\n", to: "many.txt")) == expected)
    }

    @Test func readsCompressedBytesThatAnotherProgramMade() throws {
        // printf 'eins\nzwei\nzwei\nzwei\nzwei\nzwei\n' | gzip -9n | base64
        let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACA0vNzCvmqipPzcRKAACc9waZHgAAAA=="))
        #expect(try lines(folder.write(Array(packed), to: "packed")) == ["eins", "zwei", "zwei", "zwei", "zwei", "zwei"])
    }

    @Test func readsSeveralMembersAsOneText() throws {
        let path = try folder.write(GzipFixture.stored("one\ntw") + GzipFixture.stored("o\nthree"), to: "members.gz")
        #expect(try lines(path) == ["one", "two", "three"])
    }

    @Test func doesNotTrustTheName() throws {
        #expect(try lines(folder.write("plain\n", to: "plain.gz")) == ["plain"])
        #expect(try lines(folder.write(GzipFixture.stored("packed\n"), to: "packed.txt")) == ["packed"])
    }

    @Test func namesTheLineOfInvalidUTF8() throws {
        let bad = Array("one\ntwo\n".utf8) + [0x66, 0xfc, 0x72] + Array("\nfour\n".utf8)
        for path in [try folder.write(bad, to: "latin1.txt"), try folder.write(GzipFixture.stored(bad), to: "latin1.gz")] {
            let error = try error(path)
            #expect(error.kind == .invalidUTF8)
            #expect(error.line == 3)
            #expect(error.description.hasPrefix("\(path):3: "))
        }
    }

    @Test(arguments: [[0xff, 0xfe, 0x61, 0x00], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xe2, 0x82], [0x80]] as [[UInt8]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) throws {
        #expect(try error(folder.write(bytes, to: "bad.txt")).kind == .invalidUTF8)
    }

    @Test func refusesGzipThatEndsEarly() throws {
        let whole = GzipFixture.stored("one\ntwo\nthree\n")
        for count in [2, 3, 9, 10, 14, 20, whole.count - 8, whole.count - 1] {
            let error = try error(folder.write(Array(whole.prefix(count)), to: "short.gz"))
            #expect(error.kind == .corruptGzip, "\(count) bytes")
            #expect(error.line != nil)
        }
    }

    @Test func refusesDamagedGzip() throws {
        let whole = GzipFixture.stored("one\ntwo\nthree\n")
        for place in [2, 10, 12, 17, whole.count - 6, whole.count - 1] {
            var damaged = whole
            damaged[place] ^= 0x55
            #expect(try error(folder.write(damaged, to: "damaged.gz")).kind == .corruptGzip, "byte \(place)")
        }
    }

    @Test func handsOutTheLinesBeforeTheDamage() throws {
        let text = (0..<100_000).map { "line \($0)\n" }.joined()
        let path = try folder.write(Array(GzipFixture.stored(text).dropLast(20)), to: "late.gz")
        let reader = try LineReader(path: path)
        #expect(try reader.next() == "line 0")
        let error = try #require(throws: CorpusError.self) { while try reader.next() != nil {} }
        #expect(error.kind == .corruptGzip)
        #expect(error.line == reader.lineNumber + 1)
    }

    @Test func refusesMissingFilesAndDirectories() throws {
        #expect(throws: CorpusError.self) { try LineReader(path: "") }
        #expect(try error(folder.path("absent.txt")).kind == .missingFile)
        #expect(try error(folder.path("absent/file.txt")).kind == .missingFile)
        #expect(try error(folder.url.path).kind == .directory)
        let file = try folder.write("text", to: "file")
        #expect(try error(file + "/inside").kind == .missingFile)
    }

    @Test func saysWhatToDoWhereThereIsNoZlib() throws {
        #expect(ZlibLibrary(names: ["libunroll-no-such-library.so.9"]) == nil)
        let path = try folder.write(GzipFixture.stored("text"), to: "text.gz")
        let error = try #require(throws: CorpusError.self) { try FileBytes(path: path, zlib: nil) }
        #expect(error.kind == .gzipUnavailable)
        #expect(error.message.contains("gzip -dk"))
    }

    @Test func readsPlainTextFromAPipe() throws {
        let path = folder.path("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let writer = Thread {
            guard let file = fopen(path, "wb") else { return }
            fputs("one\ntwo\n", file)
            fclose(file)
        }
        writer.start()
        #expect(try lines(path) == ["one", "two"])
    }

    @Test func countsTheLinesThatAreLeft() throws {
        let reader = try LineReader(path: folder.write("a\nb\nc\nd", to: "four.txt"))
        _ = try reader.next()
        #expect(try reader.countRemainingLines() == 4)
        #expect(try reader.next() == nil)
    }
}
