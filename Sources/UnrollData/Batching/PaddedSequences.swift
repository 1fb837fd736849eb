/// Token sequences of different lengths side by side, time-major and padded at their ends: step t of sequence b stands at t · count + b.
public struct PaddedSequences: Sendable, Equatable {
    /// The tokens, `[time, count]`, row-major.
    public let tokens: [Int32]
    /// The number of steps: the longest sequence's length.
    public let time: Int
    /// The number of sequences.
    public let count: Int
    /// Each sequence's length without padding, `[count]`.
    public let lengths: [Int32]

    /// Lays sequences side by side; everything after a sequence's end is `padding`.
    public init(_ sequences: [[Int32]], padding: Int32 = 0) {
        count = sequences.count
        time = sequences.map(\.count).max() ?? 0
        lengths = sequences.map { Int32($0.count) }
        var tokens = [Int32](repeating: padding, count: time * sequences.count)
        for (column, sequence) in sequences.enumerated() {
            for (step, token) in sequence.enumerated() { tokens[step * sequences.count + column] = token }
        }
        self.tokens = tokens
    }

    /// The tokens of sequence `column` without padding.
    public subscript(column: Int) -> [Int32] {
        (0..<Int(lengths[column])).map { tokens[$0 * count + column] }
    }

    /// How many tokens are not padding.
    public var tokenCount: Int {
        lengths.reduce(0) { $0 + Int($1) }
    }

    /// 1 where a token stands and 0 where padding does, `[time, count]`, row-major.
    public func mask() -> [Float] {
        var mask = [Float](repeating: 0, count: time * count)
        for (column, length) in lengths.enumerated() {
            for step in 0..<Int(length) { mask[step * count + column] = 1 }
        }
        return mask
    }
}
