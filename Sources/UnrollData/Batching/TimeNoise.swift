/// The ages of a story's sentences with gaps among them, as if empty sentences stood in between: a network that is trained so learns how ages
/// differ rather than each age by heart (the random noise of Sukhbaatar 2015).
public struct TimeNoise: Sendable {
    private let share: Double
    private var generator: SplitMix64

    /// Noise for one batch.
    ///
    /// - Parameters:
    ///   - share: so many gaps at most for each sentence, such as 0.1.
    ///   - seed: of the draws.
    ///   - position: of the batch; each has draws of its own.
    public init(share: Double, seed: UInt64, position: BatchPosition) {
        self.share = share
        generator = SplitMix64(seed, 0x74696d65, UInt64(position.epoch), UInt64(position.batch))
    }

    /// The ages of the sentences of the next story of the batch, oldest sentence first.
    ///
    /// As many gaps as drawn from 0 to share · sentences, rounded up; where they are is drawn as well, each choice as likely as the others.
    public mutating func ages(sentences count: Int) -> [Int32] {
        let gaps = generator.next(below: Int((Double(count) * share).rounded(.up)) + 1)
        var ages: [Int32] = []
        ages.reserveCapacity(count)
        // Selection sampling: an age is taken with the probability of those still needed among those still there.
        for age in stride(from: count + gaps - 1, through: 0, by: -1) where generator.next(below: age + 1) < count - ages.count {
            ages.append(Int32(age))
        }
        return ages
    }
}
