import CUnrollKernels
import UnrollKernels

/// Scaled dot attention of several heads at once, over whole sequences (Vaswani 2017).
///
/// The features of a step are those of the first head, then those of the second, and so on. For each head, with its part of query q and of key t:
///
///     e(q, t) = scale query(q) · key(t)      a(q) = softmax e(q)      context(q) = Σ a(q, t) value(t)
///
/// da(q, t) = dcontext(q) · value(t) + what arrives at the weights;  de = a ⊙ (da − Σ a ⊙ da);  dvalue(t) = Σ a(q, t) dcontext(q);
/// dquery(q) = scale Σ de(q, t) key(t);  dkey(t) = scale Σ de(q, t) query(q).
///
/// With `dropout` the contexts are Σ m(q, t) a(q, t) value(t) / (1 − p), where each element of the mask m is 0 with probability p; the weights that are
/// returned are a.
///
/// - Parameters:
///   - queries: [target, batch, heads · width].
///   - keys: [source, batch, heads · width].
///   - values: [source, batch, heads · value width].
///   - heads: how many.
///   - scale: the factor of the scores; 1 / √width where nil.
///   - lengths: for each batch element how many of the keys count; all where nil.
///   - isCausal: whether the last query sees all keys that count, and each one before it one less: with as many queries as keys, none sees a later step.
///   - dropout: p, and the key that m is drawn from: element by element in the order of the weights; none where nil.
/// - Returns: the contexts [target, batch, heads · value width] and the weights [batch, heads, target, source].
public func multiHeadAttention(
    queries: Tensor, keys: Tensor, values: Tensor, heads: Int, scale: Double? = nil, lengths: [Int32]? = nil, isCausal: Bool = false,
    dropout: (probability: Double, key: RandomKey)? = nil
) -> (contexts: Tensor, weights: Tensor) {
    let (target, batch) = (queries.shape[0], queries.shape[1])
    let source = keys.shape[0]
    let (features, valueFeatures) = (queries.shape[2], values.shape[2])
    let type = queries.scalarType
    queries.precondition(shape: [target, batch, features], type, "the queries")
    keys.precondition(shape: [source, batch, features], type, "the keys")
    values.precondition(shape: [source, batch, valueFeatures], type, "the values")
    precondition(
        heads > 0 && features % heads == 0 && valueFeatures % heads == 0,
        "\(features) features of queries and \(valueFeatures) of values are not the same for each of \(heads) heads")
    let width = features / heads
    if let dropout { precondition(dropout.probability >= 0 && dropout.probability < 1, "a dropout probability of \(dropout.probability)") }

    func withShape(_ body: (UnsafePointer<unroll_heads_shape>) -> Void) {
        withLengths(lengths, rows: batch, longest: source) { lengths in
            var shape = unroll_heads_shape(
                scale: scale ?? 1 / Double(max(width, 1)).squareRoot(), target: target, source: source, batch: batch, heads: heads,
                width: width, value_width: valueFeatures / heads, causal: isCausal, lengths: lengths, dropout: dropout?.probability ?? 0,
                key: dropout?.key.value ?? 0)
            body(&shape)
        }
    }
    let weights = Tensor(uninitialized: [batch, heads, target, source], type)
    let contexts = Tensor(uninitialized: [target, batch, valueFeatures], type)
    withShape {
        unroll_heads_forward(type.kernel, $0, queries.pointer, keys.pointer, values.pointer, weights.pointer, contexts.pointer)
    }
    let operands = [queries, keys, values]
    guard let tape = operands.lazy.compactMap(\.recordingTape).first else { return (contexts, weights) }

    let nodes = operands.map(tape.node)
    let recorded = tape.record([contexts, weights]) { dy, backward in
        let dcontexts = dy[0] ?? contexts.zeros(contexts.shape)
        let gradients = operands.map { Tensor(uninitialized: $0.shape, type) }
        withShape {
            unroll_heads_backward(
                type.kernel, $0, queries.pointer, keys.pointer, values.pointer, weights.pointer, dcontexts.pointer, dy[1]?.pointer,
                gradients[0].pointer, gradients[1].pointer, gradients[2].pointer)
        }
        for (node, gradient) in zip(nodes, gradients) { if let node { backward.add(gradient, to: node) } }
    }
    return (recorded[0], recorded[1])
}

/// The same attention, head by head and query by query: what the kernel is checked against.
public func multiHeadAttentionReference(
    queries: Tensor, keys: Tensor, values: Tensor, heads: Int, scale: Double? = nil, lengths: [Int32]? = nil, isCausal: Bool = false,
    dropout drop: (probability: Double, key: RandomKey)? = nil
) -> (contexts: Tensor, weights: Tensor) {
    let (target, batch, source) = (queries.shape[0], queries.shape[1], keys.shape[0])
    let parts = [queries, keys, values].map { $0.split(into: heads, axis: 2) }
    let scale = scale ?? 1 / Double(queries.shape[2] / heads).squareRoot()
    let weights = (0..<heads).map { head in
        let reads = (0..<target).map { query in
            let seen = Int32(isCausal ? max(0, query + 1 + source - target) : source)
            return attentionReference(
                query: parts[0][head].at(query), keys: parts[1][head], values: parts[2][head], score: .dot(scale: scale),
                lengths: (lengths ?? [Int32](repeating: Int32(source), count: batch)).map { min($0, seen) })
        }
        return concatenated(reads.map { $0.weights.reshaped(to: [batch, 1, 1, source]) }, axis: 2)
    }
    let all = concatenated(weights, axis: 1)
    let weighing = (drop.map { dropout(all, probability: $0.probability, key: $0.key) } ?? all).split(into: heads, axis: 1)
    let contexts = zip(weighing, parts[2]).map { weights, values in
        let product = matmul(weights.reshaped(to: [batch, target, source]), values.permuted([1, 0, 2]))
        return product.permuted([1, 0, 2])
    }
    return (concatenated(contexts, axis: 2), all)
}
