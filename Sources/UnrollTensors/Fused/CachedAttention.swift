import CUnrollKernels
import UnrollKernels

/// What `multiHeadAttention` gives, to the bit, for one query in each row that reads rows of a cache. It has no derivative.
///
/// - Parameters:
///   - queries: [rows, heads · width].
///   - keys: [cached rows, heads · width].
///   - values: [cached rows, heads · value width].
///   - reads: which of them each query reads.
///   - heads: how many.
///   - wantsWeights: whether the weights are returned.
/// - Returns: the contexts [rows, heads · value width] and the weights [rows, heads, longest list].
package func cachedAttention(
    queries: Tensor, keys: Tensor, values: Tensor, _ reads: CacheReads, heads: Int, wantsWeights: Bool
) -> (contexts: Tensor, weights: Tensor?) {
    let (rows, features, valueFeatures) = (queries.shape[0], queries.shape[1], values.shape[1])
    let type = queries.scalarType
    queries.precondition(shape: [rows, features], type, "the queries")
    keys.precondition(shape: [keys.shape[0], features], type, "the cached keys")
    values.precondition(shape: [keys.shape[0], valueFeatures], type, "the cached values")
    precondition(queries.recordingTape == nil, "reading from a cache has no derivative")
    precondition(
        reads.queries == rows && reads.places.allSatisfy { $0 >= 0 && $0 < keys.shape[0] },
        "\(reads.queries) lists of up to \(reads.longest) rows for \(rows) queries and \(keys.shape[0]) cached rows")
    let contexts = Tensor(uninitialized: [rows, valueFeatures], type)
    let weights = wantsWeights ? Tensor(uninitialized: [rows, heads, reads.longest], type) : nil
    reads.places.withUnsafeBufferPointer { places in
        reads.starts.withUnsafeBufferPointer { starts in
            reads.counts.withUnsafeBufferPointer { counts in
                var lists = unroll_heads_lists(
                    scale: 1 / Double(max(features / heads, 1)).squareRoot(), rows: rows, heads: heads, width: features / heads,
                    value_width: valueFeatures / heads, longest: reads.longest, places: places.baseAddress, starts: starts.baseAddress,
                    counts: counts.baseAddress)
                unroll_heads_read(
                    type.kernel, &lists, queries.pointer, keys.pointer, values.pointer, weights?.pointer, contexts.pointer)
            }
        }
    }
    return (contexts, weights)
}
