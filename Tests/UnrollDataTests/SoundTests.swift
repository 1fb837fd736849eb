import Testing

@testable import UnrollData

@Suite("Sound") struct SoundTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func bytes(_ numbers: [(value: Int, size: Int)]) -> [UInt8] {
        numbers.flatMap { number in (0..<number.size).map { UInt8(truncatingIfNeeded: number.value >> (8 * $0)) } }
    }

    private static func wave(
        _ samples: [Int], channels: Int = 1, rate: Int = 8000, format: Int = 1, bits: Int = 16, before: [UInt8] = [], size: Int? = nil
    ) -> [UInt8] {
        let data = bytes(samples.map { ($0, 2) })
        return Array("RIFF".utf8) + bytes([(36 + data.count, 4)]) + Array("WAVE".utf8) + before + Array("fmt ".utf8)
            + bytes([(16, 4), (format, 2), (channels, 2), (rate, 4), (2 * rate * channels, 4), (2 * channels, 2), (bits, 2)])
            + Array("data".utf8) + bytes([(size ?? data.count, 4)]) + data
    }

    private func read(_ bytes: [UInt8]) throws -> Sound { try Sound(contentsOf: folder.write(bytes, to: "sound")) }

    @Test func samplesWithoutAHeader() throws {
        let bytes = Self.bytes([(1, 2), (-1, 2), (32767, 2), (-32768, 2)])
        let expected = Sound(samples: [0x1p-15, -0x1p-15, 1 - 0x1p-15, -1], rate: nil)
        #expect(try read(bytes) == expected)
        #expect(try read(GzipFixture.stored(bytes)) == expected)
        #expect(try read([]) == Sound(samples: [], rate: nil))
    }

    @Test func waveFiles() throws {
        #expect(try read(Self.wave([16384, -8192], rate: 16000)) == Sound(samples: [0.5, -0.25], rate: 16000))
        #expect(try read(Self.wave([16384, 0, -8192, -16384], channels: 2)) == Sound(samples: [0.25, -0.375], rate: 8000))
        #expect(try read(Self.wave([16384], format: 0xfffe)).samples == [0.5])
        #expect(try read(Self.wave([])) == Sound(samples: [], rate: 8000))
        // A chunk of odd size is followed by a byte of its own; who writes into a pipe does not know the size; a frame may be cut off.
        let note = Array("LIST".utf8) + Self.bytes([(3, 4)]) + [1, 2, 3, 0]
        #expect(try read(Self.wave([16384], before: note, size: 0xffff_ffff)).samples == [0.5])
        #expect(try read(Self.wave([16384, 0, 8192], channels: 2)).samples == [0.25])
        #expect(try read(Self.wave([16384]) + [7]).samples == [0.5])
    }

    @Test func whatCannotBeReadIsNamed() throws {
        func failure(_ bytes: [UInt8]) throws -> String {
            let path = try folder.write(bytes, to: "wrong")
            let error = #expect(throws: CorpusError.self) { try Sound(contentsOf: path) }
            return (error?.description ?? "").replacing(path, with: "wrong")
        }
        #expect(try failure([1, 2, 3]) == "wrong: the file ends within a sample of 16 bits, after 3 bytes; copy it again.")
        let damaged = "wrong: the WAV header is damaged or ends early; copy the file again."
        let good = Self.wave([1, 2])
        for count in [4, 11, 12, 20, 30, 36, 43] { #expect(try failure(Array(good.prefix(count))) == damaged, "\(count)") }
        #expect(try failure(Self.wave([1], channels: 0)) == damaged)
        #expect(try failure(Self.wave([1], rate: 0)) == damaged)
        #expect(
            try failure(Self.wave([1], bits: 24)).hasPrefix(
                "wrong: the samples have 24 bits and the format 1, and only 16-bit PCM is read; "))
        #expect(try failure(Self.wave([1], format: 3)).hasPrefix("wrong: the samples have 16 bits and the format 3"))
        let error = #expect(throws: CorpusError.self) { try Sound(contentsOf: folder.path("none")) }
        #expect(error?.kind == .missingFile)
    }
}

@Suite("Recordings") struct RecordingTests {
    private static let sounds: [[Float]] = [7, 3, 12, 1, 9, 9, 30].map { count in (0..<count).map { Float($0 % 5) - 1.5 } }
    private static let recordings = sounds.enumerated().map { Recording(samples: $1, label: "\($0)") }

    private func augmentation(speed: Double = 0, noise: Double = 0, shift: Int = 0) -> AudioAugmentation {
        var augmentation = AudioAugmentation()
        (augmentation.speed, augmentation.noise, augmentation.shift) = (speed, noise, shift)
        return augmentation
    }

    @Test func eachIsHeardAtTheSameLoudness() {
        let batch = RecordingBatch([[3, -3, 3], [0.5], [], [0, 0]], indices: [4, 5, 6, 7])
        #expect(batch.samples == [1, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, 0])
        #expect(batch.lengths == [3, 1, 0, 2] && batch.indices == [4, 5, 6, 7] && batch.time == 3 && batch.count == 4)
        #expect(RecordingBatch([[]], indices: [0]).time == 1)
    }

    @Test func withoutChangesARecordingStaysWhatItIs() {
        var generator = SplitMix64(1)
        for sound in Self.sounds { #expect(augmentation().applied(to: sound, &generator) == sound) }
    }

    @Test func changesAreWithinTheirLimits() {
        let wave = (0..<2_000).map { Float($0) * 0.01 }
        var generator = SplitMix64(1)
        var counts: [Int] = []
        for _ in 0..<60 {
            let played = augmentation(speed: 0.2).applied(to: wave, &generator)
            counts.append(played.count)
            // A line stays a line, as much steeper as it is shorter.
            let slope = Double(played[1] - played[0])
            #expect(abs(slope * Double(played.count) - 20) < 0.1 && played.count <= 2_500 && played.count >= 1_666)
            #expect(zip(played, played.dropFirst()).allSatisfy { abs(Double($1 - $0) - slope) < 1e-4 || $1 == wave.last })
        }
        #expect(counts.contains { $0 > 2_300 } && counts.contains { $0 < 1_800 })
        var offsets: [Int] = []
        for _ in 0..<60 {
            let shifted = augmentation(shift: 50).applied(to: wave, &generator)
            let offset = shifted.count - wave.count
            offsets.append(offset)
            #expect(shifted == (offset < 0 ? Array(wave[(-offset)...]) : [Float](repeating: 0, count: offset) + wave))
        }
        #expect(offsets.min()! < -35 && offsets.max()! > 35 && offsets.allSatisfy { abs($0) <= 50 })
        #expect(augmentation(shift: 50).applied(to: [1], &generator).last == 1)
        let noisy = augmentation(noise: 0.1).applied(to: wave, &generator)
        let noise = zip(noisy, wave).map { $0 - $1 }
        #expect(abs(noise.deviation / wave.deviation - 0.1) < 0.005)
        #expect(augmentation(speed: 0.2, noise: 1, shift: 5).applied(to: [], &generator).allSatisfy { $0 == 0 })
    }

    @Test func batchesHoldSimilarLengthsInAnOrderOfSeedAndEpoch() {
        let batches = RecordingBatches(Self.recordings, size: 3, augmentation: augmentation(speed: 0.1, noise: 0.1, shift: 2), seed: 5)
        func epoch(_ position: BatchPosition) -> [RecordingBatch] {
            let next = batches.reader(at: position)
            var found: [RecordingBatch] = []
            while let batch = next() { found.append(batch) }
            return found
        }
        let first = epoch(.init(epoch: 1))
        #expect(first.flatMap(\.indices).sorted() == Array(0..<7) && first.map(\.count).sorted() == [1, 3, 3])
        #expect(Set(first.map { Set($0.indices) }).contains([0, 1, 3]) && first.contains { $0.indices == [6] })
        #expect(epoch(.init(epoch: 1)) == first)
        #expect(epoch(.init(epoch: 1, batch: 2)) == Array(first[2...]) && epoch(.init(epoch: 1, batch: 9)).isEmpty)
        let samples = { (batch: [RecordingBatch]) in batch.first { $0.indices == [6] }?.samples }
        #expect(samples(epoch(.init(epoch: 2))) != samples(first))
        let plain = RecordingBatches(Self.recordings, size: 1, augmentation: AudioAugmentation(), seed: 5).reader()
        while let batch = plain() { #expect(batch == RecordingBatch([Self.sounds[batch.indices[0]]], indices: batch.indices)) }
    }

    @Test func samplesStandBesideTheirTable() throws {
        let folder = try TemporaryFolder()
        let table = try folder.write("digit\tspeaker\ttake\toffset_samples\tnum_samples\n3\ttheo\t0\t1\t2\n", to: "x.tsv")
        let missing = #expect(throws: CorpusError.self) { try SpokenDigits(table: table) }
        #expect(missing?.kind == .missingFile && missing?.path == folder.path("x.s16le"))
        _ = try folder.write([0, 0, 0, 0x40, 0, 0xc0], to: "x.s16le")
        let digits = try SpokenDigits(table: table)
        #expect(digits.recordings.map(digits.waveform) == [[0.5, -0.5]])
        _ = try folder.write(GzipFixture.stored([0, 0, 0, 0x20, 0, 0xe0]), to: "x.s16le.gz")
        let packed = try SpokenDigits(table: table)
        #expect(packed.recordings.map(packed.waveform) == [[0.25, -0.25]])
    }
}
