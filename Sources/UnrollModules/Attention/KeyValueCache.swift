import Synchronization
import UnrollKernels
import UnrollTensors

/// The keys and values of an attention, a row for each token that was fed, in the order in which they came.
///
/// A cache is a value that never changes: one with more rows shares the memory of the one that it grew from. Memory is shared for the first that
/// grows; a second one gets a copy.
public struct KeyValueCache: Sendable {
    private final class Buffer: Sendable {
        let keys: Tensor
        let values: Tensor
        /// Rows that some cache has written.
        let used: Atomic<Int>

        init(rows: Int, used: Int, features: Int, _ type: ScalarType) {
            keys = Tensor(uninitialized: [rows, features], type)
            values = Tensor(uninitialized: [rows, features], type)
            self.used = Atomic(used)
        }
    }

    private let buffer: Buffer
    /// The rows of this cache.
    public let count: Int

    /// An empty cache for keys and values of so many features.
    public init(features: Int, scalarType: ScalarType = .float32) {
        buffer = Buffer(rows: 0, used: 0, features: features, scalarType)
        count = 0
    }

    private init(_ buffer: Buffer, count: Int) {
        self.buffer = buffer
        self.count = count
    }

    /// [at least `count`, features]; what is behind `count` is not this cache's.
    var keys: Tensor { buffer.keys }

    /// As `keys`.
    var values: Tensor { buffer.values }

    /// A cache with more rows: keys and values are [rows, features].
    func appending(keys: Tensor, values: Tensor) -> KeyValueCache {
        let total = count + keys.shape[0]
        var target = buffer
        let hasRoom = total <= buffer.keys.shape[0]
        if !hasRoom || !buffer.used.compareExchange(expected: count, desired: total, ordering: .acquiringAndReleasing).exchanged {
            // What is never touched takes no memory, and what is copied takes time: the first buffer is for many steps of as many rows.
            let rows = max(2 * total, count == 0 ? min(32 * total, 8_192) : 0, 64)
            target = Buffer(rows: rows, used: total, features: keys.shape[1], keys.scalarType)
            target.keys.overwrite(from: 0, with: buffer.keys, rows: count)
            target.values.overwrite(from: 0, with: buffer.values, rows: count)
        }
        target.keys.overwrite(from: count, with: keys, rows: keys.shape[0])
        target.values.overwrite(from: count, with: values, rows: values.shape[0])
        return KeyValueCache(target, count: total)
    }

    /// A cache of its own with some rows of this one, and behind them some of another.
    func joined(_ rows: [Int32], with other: KeyValueCache, _ others: [Int32]) -> KeyValueCache {
        let join = { (first: Tensor, second: Tensor) in concatenated([first.rows(rows), second.rows(others)], axis: 0) }
        return KeyValueCache(features: keys.shape[1], scalarType: keys.scalarType).appending(
            keys: join(keys, other.keys), values: join(values, other.values))
    }
}

extension Tensor {
    /// Writes the first rows of another tensor into rows that no one has read yet.
    fileprivate func overwrite(from row: Int, with other: Tensor, rows: Int) {
        let bytes = shape[1] * scalarType.width
        (pointer + row * bytes).copyMemory(from: other.pointer, byteCount: rows * bytes)
    }
}
