import UnrollTensors

/// Data that any program makes alike, so that peers can be given the same.
enum WorkloadData {
    /// Numbers in 0..<1 without an obvious order: the number i is i · 2654435761 mod 2³², over 2³² (Knuth's multiplicative hash).
    static func number(_ index: Int) -> Double {
        Double(UInt32(truncatingIfNeeded: index) &* 2_654_435_761) / 4_294_967_296
    }

    /// Numbers in −1..<1.
    static func numbers(_ shape: Shape) -> Tensor {
        Tensor((0..<shape.count).map { Float(2 * number($0) - 1) }, shape: shape)
    }

    /// Tokens from `first` to `vocabulary` − 1, beginning with the number `start`.
    static func tokens(_ count: Int, vocabulary: Int, first: Int = 0, start: Int = 0) -> [Int32] {
        (start..<start + count).map { Int32(first + Int(number($0) * Double(vocabulary - first))) }
    }
}
