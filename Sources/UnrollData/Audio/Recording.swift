/// A sound and the class that it belongs to.
public struct Recording: Sendable, Equatable {
    /// The samples, −1 ..< 1.
    public let samples: [Float]
    /// The class.
    public let label: String

    /// A sound of a class.
    public init(samples: [Float], label: String) {
        self.samples = samples
        self.label = label
    }
}

/// How a recording is changed each time that it is learnt from, so that few of them are like many.
public struct AudioAugmentation: Codable, Sendable, Equatable {
    /// It is played faster or slower, and so higher or lower, by a share of at most this.
    public var speed = 0.0
    /// The deviation of white noise that is added, where the deviation of the recording is 1.
    public var noise = 0.0
    /// So many samples at most are cut off its beginning, or are silence put before it.
    public var shift = 0

    /// No change.
    public init() {}

    private enum CodingKeys: CodingKey {
        case speed, noise, shift
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        speed = try values.decodeIfPresent(Double.self, forKey: .speed) ?? speed
        noise = try values.decodeIfPresent(Double.self, forKey: .noise) ?? noise
        shift = try values.decodeIfPresent(Int.self, forKey: .shift) ?? shift
        func refuse(_ key: CodingKeys, _ message: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: values, debugDescription: message)
        }
        guard (0...0.5).contains(speed) else { throw refuse(.speed, "must be from 0 to 0.5, not \(speed)") }
        guard (0...10).contains(noise) else { throw refuse(.noise, "must be from 0 to 10, not \(noise)") }
        guard (0...1_000_000).contains(shift) else { throw refuse(.shift, "must be from 0 to 1000000, not \(shift)") }
    }

    /// The samples as they are learnt from once.
    func applied(to samples: [Float], _ generator: inout SplitMix64) -> [Float] {
        func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-52 - 1 }
        let (factor, offset) = (1 + speed * uniform(), Int(Double(shift) * uniform()))
        var changed = speed > 0 ? played(samples, factor) : samples
        if offset < 0 { changed.removeFirst(min(-offset, max(0, changed.count - 1))) }
        if offset > 0 { changed = [Float](repeating: 0, count: offset) + changed }
        guard noise > 0 else { return changed }
        // A uniform number in −1 ..< 1 has the deviation 1/√3.
        let scale = noise * 3.0.squareRoot() * changed.deviation
        return changed.map { $0 + Float(scale * uniform()) }
    }

    /// The samples at `factor` times the speed, with lines between neighbours.
    private func played(_ samples: [Float], _ factor: Double) -> [Float] {
        (0..<Int(Double(samples.count) / factor)).map { step in
            let place = Double(step) * factor
            let first = min(Int(place), samples.count - 1)
            let second = min(first + 1, samples.count - 1)
            return samples[first] + (samples[second] - samples[first]) * Float(place - Double(first))
        }
    }
}

extension [Float] {
    /// √ of the mean square; 0 for none.
    var deviation: Double {
        isEmpty ? 0 : (reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)).squareRoot()
    }

    /// The samples at the loudness that networks hear: a deviation of 1. Silence stays silence.
    package var levelled: [Float] {
        let deviation = deviation
        guard deviation > 1e-6 else { return self }
        return map { Float(Double($0) / deviation) }
    }
}

/// Recordings side by side, padded with silence at their ends.
public struct RecordingBatch: Sendable, Equatable {
    /// The samples at one loudness, `[time, count]`.
    public let samples: [Float]
    /// Each recording's samples, `[count]`.
    public let lengths: [Int32]
    /// The recordings' places in the corpus.
    public let indices: [Int]
    /// Samples of the longest; at least 1.
    public let time: Int
    /// Recordings.
    public var count: Int { lengths.count }

    /// Lays sounds side by side.
    public init(_ sounds: [[Float]], indices: [Int]) {
        let time = Swift.max(1, sounds.map(\.count).max() ?? 1)
        var samples = [Float](repeating: 0, count: time * sounds.count)
        for (column, sound) in sounds.enumerated() {
            for (step, sample) in sound.levelled.enumerated() { samples[step * sounds.count + column] = sample }
        }
        self.samples = samples
        self.time = time
        self.indices = indices
        lengths = sounds.map { Int32($0.count) }
    }
}

/// Batches of recordings of similar length, epoch after epoch: order and changes are a pure function of seed and epoch.
public struct RecordingBatches: Sendable {
    /// The recordings.
    public let recordings: [Recording]
    private let size: Int
    private let augmentation: AudioAugmentation
    private let seed: UInt64

    /// Batches over recordings.
    ///
    /// - Parameters:
    ///   - recordings: all of them.
    ///   - size: how many are in a batch; the longest ones may be fewer.
    ///   - augmentation: how each is changed whenever it is learnt from.
    ///   - seed: of the order and of the changes.
    public init(_ recordings: [Recording], size: Int, augmentation: AudioAugmentation, seed: UInt64) {
        precondition(size >= 1, "a batch of \(size) recordings")
        (self.recordings, self.size, self.augmentation, self.seed) = (recordings, size, augmentation, seed)
    }

    /// The batches of the position's epoch from there on; the closure gives nil at the epoch's end.
    public func reader(at position: BatchPosition = BatchPosition()) -> () -> RecordingBatch? {
        let options = BatchOptions(size: .examples(size), seed: seed)
        let plan = WindowPlan(lengths: recordings.map { ($0.samples.count, 0) }, options: options, epoch: position.epoch, window: 0)
        var rest = plan.batches.dropFirst(position.batch)
        return {
            guard let places = rest.popFirst() else { return nil }
            let sounds = places.map { place in
                var generator = SplitMix64(seed, 0x6175_6469, UInt64(position.epoch), UInt64(place))
                return augmentation.applied(to: recordings[place].samples, &generator)
            }
            return RecordingBatch(sounds, indices: places)
        }
    }
}
