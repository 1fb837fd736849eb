/// Makes the adding problem (Hochreiter & Schmidhuber 1997): of many numbers, two are marked, and their sum is to be said at the end.
///
/// Each step is a number, uniform in 0..<1, and a mark, 1 at one place of the first half and at one of the second, else 0. Whoever always says 1 has a
/// mean squared error of 1/6. A sequence is a function of seed, stream and place alone.
public struct AddingGenerator: Sendable {
    /// The seed of the draws.
    public let seed: UInt64
    /// Steps of a sequence.
    public let length: Int

    /// A generator of sequences of a length.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where the length is below 2.
    public init(seed: UInt64, length: Int) throws {
        guard length >= 2 else {
            throw CorpusError(
                .invalidOption, "sequences of \(length) steps were asked for; two numbers are added, so there must be 2 at least.")
        }
        self.seed = seed
        self.length = length
    }

    /// The sequence at a place of a stream.
    ///
    /// - Parameters:
    ///   - place: counted from 0.
    ///   - stream: which of the seed's independent streams, for example 1 to train and 2 to measure.
    public func sequence(_ place: Int, stream: UInt64) -> NumberSequence {
        var generator = SplitMix64(seed, stream, UInt64(place))
        var values = [Float](repeating: 0, count: 2 * length)
        for step in 0..<length { values[2 * step] = Float(generator.next() >> 40) * 0x1p-24 }
        let half = length / 2
        let first = generator.next(below: half)
        let second = half + generator.next(below: length - half)
        for step in [first, second] { values[2 * step + 1] = 1 }
        return NumberSequence(values: values, features: 2, targets: [values[2 * first] + values[2 * second]])
    }
}
