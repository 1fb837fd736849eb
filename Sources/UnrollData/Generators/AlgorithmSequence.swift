/// One example of an algorithm: what is shown at each step, and what is to be said.
public struct AlgorithmSequence: Sendable, Equatable {
    /// What is shown, `[time, inputs]`.
    public let inputs: [Float]
    /// What is to be said, 0 or 1, `[time, outputs]`; zeros at steps that do not count.
    public let targets: [Float]
    /// The steps whose output counts.
    public let answers: Range<Int>
    /// Steps.
    public let time: Int
    /// What those who know how the example was made, but not with which numbers, would lose on its targets, in bits; nil where targets follow from what was
    /// shown.
    public let optimalBits: Double?

    /// An example from its vectors.
    init(inputs: [[Float]], targets: [[Float]], answers: Range<Int>, optimalBits: Double? = nil) {
        self.inputs = Array(inputs.joined())
        self.targets = Array(targets.joined())
        self.answers = answers
        self.optimalBits = optimalBits
        time = inputs.count
    }
}

/// Examples side by side, time-major and padded with zeros at their ends.
public struct AlgorithmBatch: Sendable, Equatable {
    /// What is shown, `[time, count, inputs]`.
    public let inputs: [Float]
    /// What is to be said, `[time, count, outputs]`.
    public let targets: [Float]
    /// 1 at the steps that count, `[time, count, 1]`.
    public let weights: [Float]
    /// Steps of the longest.
    public let time: Int
    /// Examples.
    public let count: Int

    /// Lays examples of one algorithm side by side.
    public init(_ sequences: [AlgorithmSequence]) {
        let (count, time) = (sequences.count, sequences.map(\.time).max() ?? 0)
        func sideBySide(_ numbers: (AlgorithmSequence) -> [Float]) -> [Float] {
            let width = sequences.first.map { numbers($0).count / max(1, $0.time) } ?? 0
            var all = [Float](repeating: 0, count: time * count * width)
            for (column, sequence) in sequences.enumerated() {
                for (place, value) in numbers(sequence).enumerated() {
                    all[(place / width * count + column) * width + place % width] = value
                }
            }
            return all
        }
        self.count = count
        self.time = time
        inputs = sideBySide(\.inputs)
        targets = sideBySide(\.targets)
        weights = sideBySide { sequence in (0..<sequence.time).map { sequence.answers.contains($0) ? 1 : 0 } }
    }
}
