/// Which examples of a corpus are kept back to measure with: drawn from all over it, since many files are sorted.
public enum HeldOutPart {
    /// Parts examples in two, each in the order of the corpus.
    ///
    /// - Parameters:
    ///   - examples: all of them.
    ///   - count: how many are kept back.
    ///   - seed: which ones.
    /// - Throws: `CorpusError` (`.invalidOption`) where none would be left to learn from.
    public static func parted<Example>(
        _ examples: [Example], count: Int, seed: UInt64
    ) throws -> (training: [Example], heldOut: [Example]) {
        guard count < examples.count else {
            throw CorpusError(
                .invalidOption,
                "\(count) of \(examples.count) examples should be held out, and none would be left to learn from; hold out fewer.")
        }
        var order = Array(examples.indices)
        var generator = SplitMix64(seed, 0x68656c64)
        generator.shuffle(&order)
        var isHeldOut = [Bool](repeating: false, count: examples.count)
        for place in order.prefix(count) { isHeldOut[place] = true }
        let parts = zip(examples, isHeldOut)
        return (parts.filter { !$0.1 }.map(\.0), parts.filter(\.1).map(\.0))
    }
}
