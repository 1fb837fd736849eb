import CUnrollKernels
import UnrollKernels

/// A key of the counter-based generator Philox 4×32-10 (Salmon 2011): element i of what is drawn is a function of the key and i alone.
///
/// Keys are passed in explicitly and split into independent ones, so the same seed draws the same numbers whatever the order of the
/// calls or the number of threads, and going on with an interrupted run needs only the key and a counter.
public struct RandomKey: Sendable, Hashable {
    package let value: UInt64
    /// Whether this is `blank`, or was split from it.
    public let isBlank: Bool

    private init(value: UInt64, isBlank: Bool = false) {
        self.value = value
        self.isBlank = isBlank
    }

    /// The key of a seed.
    public init(seed: UInt64) { self.init(value: seed) }

    /// Draws nothing but zeros, which take neither time nor memory: for weights that are about to be read from a file.
    public static let blank = RandomKey(value: 0, isBlank: true)

    /// An independent key for each index.
    public func split(_ index: Int) -> RandomKey {
        guard !isBlank else { return self }
        var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) {
            // The top bit keeps the counters of splitting apart from those of drawing.
            unroll_philox(value, UInt64(index) | 1 << 63, $0.assumingMemoryBound(to: UInt32.self).baseAddress)
        }
        return RandomKey(value: UInt64(words.0) << 32 | UInt64(words.1))
    }

    /// The number drawn at a counter, uniform in [0, 1).
    public func uniform(_ counter: Int) -> Double {
        var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) {
            unroll_philox(value, UInt64(counter), $0.assumingMemoryBound(to: UInt32.self).baseAddress)
        }
        return Double((UInt64(words.0) << 32 | UInt64(words.1)) >> 11) * 0x1p-53
    }
}

extension Tensor {
    /// Zeros in memory that has yet to be touched.
    package static func blank(_ shape: Shape, _ type: ScalarType) -> Tensor {
        Tensor(storage: Storage(zeros: shape.count, scalarType: type), shape: shape)
    }

    /// Independent numbers, uniform in the range.
    public static func uniform(_ shape: Shape, in range: Range<Double>, key: RandomKey, _ type: ScalarType = .float32) -> Tensor {
        guard !key.isBlank else { return .blank(shape, type) }
        let y = Tensor(uninitialized: shape, type)
        unroll_random_uniform(type.kernel, shape.count, key.value, range.lowerBound, range.upperBound, y.pointer)
        return y
    }

    /// Independent normal numbers.
    public static func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, key: RandomKey, _ type: ScalarType = .float32
    ) -> Tensor {
        guard !key.isBlank else { return .blank(shape, type) }
        let y = Tensor(uninitialized: shape, type)
        unroll_random_normal(type.kernel, shape.count, key.value, mean, deviation, y.pointer)
        return y
    }
}
