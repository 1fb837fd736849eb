import Foundation

/// Makes examples of an algorithm. An example is a function of seed, stream and place alone.
public struct AlgorithmGenerator: Sendable {
    /// The seed of the draws.
    public let seed: UInt64
    /// What the examples are of.
    public let algorithm: Algorithm

    /// A generator.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where a size leaves nothing to do.
    public init(seed: UInt64, _ algorithm: Algorithm) throws {
        try algorithm.check()
        self.seed = seed
        self.algorithm = algorithm
    }

    /// The example at a place of a stream.
    ///
    /// - Parameters:
    ///   - place: counted from 0.
    ///   - stream: which of the seed's independent streams, for example 1 to train and 2 to measure.
    public func sequence(_ place: Int, stream: UInt64) -> AlgorithmSequence {
        var generator = SplitMix64(seed, stream, UInt64(place))
        switch algorithm {
        case .copy(let bits, let lengths): return Self.copy(bits, generator.next(in: lengths), &generator)
        case .repeatCopy(let bits, let lengths, let repeats, let all):
            return Self.repeatCopy(bits, generator.next(in: lengths), generator.next(in: repeats), of: all, &generator)
        case .associativeRecall(let bits, let itemLength, let items):
            return Self.associativeRecall(bits, itemLength, generator.next(in: items), &generator)
        case .ngrams(let context, let length): return Self.ngrams(context, length, &generator)
        case .prioritySort(let bits, let shown, let sorted): return Self.prioritySort(bits, shown, sorted, &generator)
        }
    }

    /// The sequence, the mark, and as many steps to say it.
    private static func copy(_ bits: Int, _ length: Int, _ generator: inout SplitMix64) -> AlgorithmSequence {
        let shown = generator.vectors(length, bits)
        return answered(shown: beside(shown, 0) + beside([zeros(bits)], 1), said: shown)
    }

    /// The sequence, how often, so many copies, and the step whose output is the end.
    private static func repeatCopy(
        _ bits: Int, _ length: Int, _ repeats: Int, of all: ClosedRange<Int>, _ generator: inout SplitMix64
    ) -> AlgorithmSequence {
        let shown = generator.vectors(length, bits)
        let (mean, count) = (Float(all.lowerBound + all.upperBound) / 2, Float(all.count))
        let deviation = ((count * count - 1) / 12).squareRoot()
        let copies = (0..<repeats).flatMap { _ in beside(shown, 0) }
        return answered(
            shown: beside(shown, 0) + beside([zeros(bits)], (Float(repeats) - mean) / deviation), said: copies + beside([zeros(bits)], 1))
    }

    /// A mark and the vectors of each item, a mark, the item asked about, a mark, and the vectors of the next.
    private static func associativeRecall(
        _ bits: Int, _ itemLength: Int, _ count: Int, _ generator: inout SplitMix64
    ) -> AlgorithmSequence {
        let items = (0..<count).map { _ in generator.vectors(itemLength, bits) }
        let asked = generator.next(below: count - 1)
        let (mark, question) = (beside([zeros(bits)], 1, 0), beside([zeros(bits)], 0, 1))
        return answered(
            shown: items.flatMap { mark + beside($0, 0, 0) } + question + beside(items[asked], 0, 0) + question, said: items[asked + 1])
    }

    /// Each bit but the last is shown, and the one after it is to be said.
    private static func ngrams(_ context: Int, _ length: Int, _ generator: inout SplitMix64) -> AlgorithmSequence {
        let table = (0..<1 << context).map { _ in generator.nextArcsine() }
        var seen = [(zeros: Int, ones: Int)](repeating: (0, 0), count: table.count)
        var (bits, last, optimum) = ([Int](), 0, 0.0)
        for place in 0..<length {
            let bit: Int
            if place < context {
                bit = generator.nextUnit() < 0.5 ? 1 : 0
                optimum += place == 0 ? 0 : 1
            } else {
                bit = generator.nextUnit() < table[last] ? 1 : 0
                // The mean of the posterior of a Beta(½, ½): Murphy 2012, as equation 10 of the paper has it.
                let one = (Double(seen[last].ones) + 0.5) / Double(seen[last].ones + seen[last].zeros + 1)
                optimum -= log2(bit == 1 ? one : 1 - one)
                if bit == 1 { seen[last].ones += 1 } else { seen[last].zeros += 1 }
            }
            last = (last << 1 | bit) & (table.count - 1)
            bits.append(bit)
        }
        let vectors = bits.map { [Float($0)] }
        return AlgorithmSequence(
            inputs: Array(vectors.dropLast()), targets: Array(vectors.dropFirst()), answers: 0..<length - 1, optimalBits: optimum)
    }

    /// The vectors with their priorities, then those of the highest.
    private static func prioritySort(
        _ bits: Int, _ count: Int, _ sorted: Int, _ generator: inout SplitMix64
    ) -> AlgorithmSequence {
        let shown = generator.vectors(count, bits)
        let priorities = (0..<count).map { _ in Float(2 * generator.nextUnit() - 1) }
        let order = priorities.indices.sorted { (priorities[$1], $0) < (priorities[$0], $1) }
        return answered(shown: zip(shown, priorities).map { $0 + [$1] }, said: order.prefix(sorted).map { shown[$0] })
    }

    /// The vectors with the same further numbers behind each.
    private static func beside(_ vectors: [[Float]], _ numbers: Float...) -> [[Float]] { vectors.map { $0 + numbers } }

    private static func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }

    /// What is shown, and after it what is to be said while nothing is shown.
    private static func answered(shown: [[Float]], said: [[Float]]) -> AlgorithmSequence {
        AlgorithmSequence(
            inputs: shown + said.map { _ in zeros(shown[0].count) }, targets: shown.map { _ in zeros(said[0].count) } + said,
            answers: shown.count..<shown.count + said.count)
    }
}

extension SplitMix64 {
    fileprivate mutating func next(in range: ClosedRange<Int>) -> Int { range.lowerBound + next(below: range.count) }

    /// Uniform in 0 ..< 1.
    fileprivate mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Vectors of bits, each as likely 0 as 1.
    fileprivate mutating func vectors(_ count: Int, _ bits: Int) -> [[Float]] {
        (0..<count).map { _ in (0..<bits).map { _ in Float(next() >> 63) } }
    }

    /// A draw from Beta(½, ½): cos² of a uniform angle, here that of a point in the unit disc, which needs no function that platforms round differently.
    fileprivate mutating func nextArcsine() -> Double {
        while true {
            let (x, y) = (2 * nextUnit() - 1, 2 * nextUnit() - 1)
            let distance = x * x + y * y
            if distance <= 1, distance > 0 { return x * x / distance }
        }
    }
}
