import Testing

@testable import UnrollData

@Suite("Spoken digits") struct SpokenDigitsTests {
    private static let head = "digit\tspeaker\ttake\toffset_samples\tnum_samples\n"
    private static let table = head + "7\ttheo\t0\t0\t3\n0\tnicolas\t12\t3\t1\n1\ttheo\t1\t4\t0\n"
    /// 1, −1, 32767, −32768 and a sample that no recording has.
    private static let audio: [UInt8] = [1, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0x80, 0x34, 0x12]

    @Test(arguments: [false, true])
    func recordingsAreReadFromTheirPlaces(_ isGzip: Bool) throws {
        let folder = try TemporaryFolder()
        let bytes = isGzip ? GzipFixture.stored(Self.audio) : Self.audio
        let digits = try SpokenDigits(table: folder.write(Self.table, to: "x.tsv"), audio: folder.write(bytes, to: "x.s16le"))
        #expect(digits.recordings.map(\.digit) == [7, 0, 1])
        #expect(digits.recordings.map(\.speaker) == ["theo", "nicolas", "theo"])
        #expect(digits.recordings.map(\.take) == [0, 12, 1])
        #expect(digits.recordings.map(\.sampleCount) == [3, 1, 0])
        let expected: [[Float]] = [[0x1p-15, -0x1p-15, 1 - 0x1p-15], [-1], []]
        #expect(digits.recordings.map(digits.waveform) == expected)
    }

    /// What follows the head line, and what is said of it.
    private static let malformedLines: [(lines: String, message: String)] = [
        ("", ": there is no recording after the head line."),
        ("7\ttheo\t0\t0\n", ":2: 4 columns instead of 5; columns are separated by tabs."),
        ("7\ttheo\t0\t0\t1\n10\ttheo\t0\t0\t1\n", ":3: 'digit' must be a number from 0 to 9, not '10'."),
        ("seven\ttheo\t0\t0\t1\n", ":2: 'digit' must be a number from 0 to 9, not 'seven'."),
        ("7\ttheo\t-1\t0\t1\n", ":2: 'take' must be a number from 0 to 2147483647, not '-1'."),
        ("7\ttheo\t0\t6\t1\n", ":2: 'offset_samples' must be a number from 0 to 5, not '6'."),
        ("7\ttheo\t0\t3\t3\n", ":2: 'num_samples' must be a number from 0 to 2, not '3'."),
        ("7\ttheo\t0\t3\t9999999999999999999\n", ":2: 'num_samples' must be a number from 0 to 2, not '9999999999999999999'."),
    ]

    @Test(arguments: ["", "digit\tspeaker\n", "7\ttheo\t0\t0\t1\n"])
    func aTableWithoutItsHeadIsNamed(_ text: String) throws {
        try expectRefusal(text, ":1: the head line must be 'digit speaker take offset_samples num_samples', with tabs.")
    }

    @Test(arguments: malformedLines.indices)
    func aMalformedLineIsNamed(_ place: Int) throws {
        let (lines, message) = Self.malformedLines[place]
        try expectRefusal(Self.head + lines, message)
    }

    private func expectRefusal(_ text: String, _ message: String) throws {
        let folder = try TemporaryFolder()
        let table = try folder.write(text, to: "x.tsv")
        let audio = try folder.write(Self.audio, to: "x.s16le")
        do {
            _ = try SpokenDigits(table: table, audio: audio)
            Issue.record("\(text) was accepted")
        } catch let error as CorpusError {
            let expected: String = table + message
            #expect(error.description == expected)
        }
    }

    @Test func audioThatEndsWithinASampleIsNamed() throws {
        let folder = try TemporaryFolder()
        let audio = try folder.write(Self.audio + [9], to: "x.s16le")
        do {
            _ = try SpokenDigits(table: folder.write(Self.table, to: "x.tsv"), audio: audio)
            Issue.record("half a sample was accepted")
        } catch let error as CorpusError {
            #expect(error.kind == .malformed && error.path == audio)
            #expect(error.message.hasPrefix("the file ends within a sample of 16 bits, after 11 bytes"))
        }
    }

    @Test func audioThatIsNotThereIsNamed() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("none.s16le.gz")
        do {
            _ = try SpokenDigits(table: folder.write(Self.table, to: "x.tsv"), audio: missing)
            Issue.record("a missing file was accepted")
        } catch let error as CorpusError {
            #expect(error.kind == .missingFile && error.path == missing)
        }
    }

    @Test(.enabled(if: RealData.has("fsdd"), "set UNROLL_DATA to the folder that holds fsdd"))
    func readsTheOfficialTestSet() throws {
        let digits = try SpokenDigits(table: RealData.path("fsdd/test.tsv"), audio: RealData.path("fsdd/test.s16le.gz"))
        #expect(digits.recordings.count == 300)
        #expect(digits.recordings.reduce(0) { $0 + $1.sampleCount } == 1_034_030)
        for digit in 0...9 { #expect(digits.recordings.count { $0.digit == digit } == 30) }
        #expect(Set(digits.recordings.map(\.speaker)) == ["jackson", "theo", "nicolas", "yweweler", "lucas", "george"])
        // Speech is neither silence nor noise at full scale.
        let peak = digits.recordings.map { digits.waveform($0).reduce(0) { max($0, abs($1)) } }
        #expect(peak.allSatisfy { $0 > 0.01 && $0 <= 1 })
    }
}
