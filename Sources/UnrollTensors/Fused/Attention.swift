import CUnrollKernels
import UnrollKernels

/// How a query is compared with a key.
public enum AttentionScore: Sendable {
    /// scale · query · key. Luong's dot score (2015); with a projected query his general (bilinear) one; memory addressing.
    case dot(scale: Double = 1)
    /// v · tanh(query + key), both projected beforehand (Bahdanau 2014). v: [width].
    case additive(v: Tensor)
}

/// Soft addressing: score, softmax, weighted sum.
///
///     e_i = score(query, key_i)      a = softmax(e)      context = Σ a_i value_i
///
/// Without the softmax, a = e: what memory networks begin to learn with (the linear start of Sukhbaatar 2015).
///
/// da_i = dcontext · value_i + what arrives at the weights;  de = a ⊙ (da − Σ a ⊙ da), or da;  dvalue_i = a_i dcontext;
/// dot: dquery = scale Σ de_i key_i, dkey_i = scale de_i query;
/// additive, with t_i = tanh(query + key_i): dv = Σ de_i t_i, dkey_i = de_i v ⊙ (1 − t_i²), dquery = Σ dkey_i.
///
/// - Parameters:
///   - query: [batch, keyWidth].
///   - keys: [time, batch, keyWidth].
///   - values: [time, batch, valueWidth].
///   - score: the comparison.
///   - lengths: for each batch element how many of the keys count; all where nil.
///   - slots: how many places a memory has: those without a key are empty, with score 0 and value 0, and the softmax gives them their share, so that
///     a row of weights sums to less than 1. With 0 there are no empty places.
///   - isLinear: whether the weights are the scores themselves.
/// - Returns: the context [batch, valueWidth] and the weights [batch, time].
public func attention(
    query: Tensor, keys: Tensor, values: Tensor, score: AttentionScore, lengths: [Int32]? = nil, slots: Int = 0, isLinear: Bool = false
) -> (context: Tensor, weights: Tensor) {
    let (time, batch, keyWidth) = (keys.shape[0], keys.shape[1], keys.shape[2])
    let valueWidth = values.shape[2]
    let type = query.scalarType
    query.precondition(shape: [batch, keyWidth], type, "the query")
    keys.precondition(shape: [time, batch, keyWidth], type, "the keys")
    values.precondition(shape: [time, batch, valueWidth], type, "the values")
    let v: Tensor? = if case .additive(let v) = score { v } else { nil }
    v?.precondition(shape: [keyWidth], type, "the vector of the additive score")

    func withShape(_ body: (UnsafePointer<unroll_attention_shape>) -> Void) {
        withLengths(lengths, rows: batch, longest: time) { lengths in
            var shape = unroll_attention_shape(
                score: UNROLL_SCORE_ADDITIVE, linear: isLinear, scale: 1, time: time, batch: batch, key_width: keyWidth,
                value_width: valueWidth, slots: slots, lengths: lengths)
            if case .dot(let scale) = score { (shape.score, shape.scale) = (UNROLL_SCORE_DOT, scale) }
            body(&shape)
        }
    }
    let weights = Tensor(uninitialized: [batch, time], type)
    let context = Tensor(uninitialized: [batch, valueWidth], type)
    withShape {
        unroll_attention_forward(
            type.kernel, $0, query.pointer, keys.pointer, v?.pointer, values.pointer, weights.pointer, context.pointer)
    }
    let operands = [query, keys, values, v]
    guard let tape = operands.lazy.compactMap({ $0?.recordingTape }).first else { return (context, weights) }

    let nodes = operands.map(tape.node)
    let recorded = tape.record([context, weights]) { dy, backward in
        let dquery = Tensor(uninitialized: query.shape, type)
        let dv = v.map { Tensor(uninitialized: $0.shape, type) }
        let dcontext = dy[0] ?? context.zeros(context.shape)
        let run = { (dkeys: UnsafeMutableRawPointer, addsKeys: Bool, dvalues: UnsafeMutableRawPointer, addsValues: Bool) in
            withShape {
                unroll_attention_backward(
                    type.kernel, $0, query.pointer, keys.pointer, v?.pointer, values.pointer, weights.pointer, dcontext.pointer,
                    dy[1]?.pointer, dquery.pointer, dkeys, addsKeys, dv?.pointer, dvalues, addsValues)
            }
        }
        // The steps of a decoder read the same keys and values again and again: their gradients grow in place.
        if let nodeKeys = nodes[1], let nodeValues = nodes[2], nodeKeys != nodeValues {
            backward.accumulate(into: nodeKeys, shape: keys.shape, type) { dkeys, addsKeys in
                backward.accumulate(into: nodeValues, shape: values.shape, type) { dvalues, addsValues in
                    run(dkeys, addsKeys, dvalues, addsValues)
                }
            }
        } else {
            let dkeys = Tensor(uninitialized: keys.shape, type)
            let dvalues = Tensor(uninitialized: values.shape, type)
            run(dkeys.pointer, false, dvalues.pointer, false)
            if let node = nodes[1] { backward.add(dkeys, to: node) }
            if let node = nodes[2] { backward.add(dvalues, to: node) }
        }
        if let node = nodes[0] { backward.add(dquery, to: node) }
        if let node = nodes[3], let dv { backward.add(dv, to: node) }
    }
    return (recorded[0], recorded[1])
}

/// The same addressing as a plain composition of operations: what the kernel is checked against.
public func attentionReference(
    query: Tensor, keys: Tensor, values: Tensor, score: AttentionScore, lengths: [Int32]? = nil, slots: Int = 0, isLinear: Bool = false
) -> (context: Tensor, weights: Tensor) {
    let scores =
        switch score {
        case .dot(let scale): sum(keys * query, axis: 2) * scale
        case .additive(let v): sum(tanh(keys + query) * v, axis: 2)
        }
    let (time, batch) = (scores.shape[0], scores.shape[1])
    let counts = (0..<batch).flatMap { row in (0..<time).map { $0 < lengths.map { Int($0[row]) } ?? time ? 1.0 : 0 } }
    let weights =
        isLinear
        ? scores.transposed() * Tensor(counts, shape: [batch, time], scalarType: scores.scalarType)
        : shares(scores.transposed(), lengths: lengths ?? [Int32](repeating: Int32(time), count: batch), slots: slots)
    return (sum(weights.transposed().reshaped(to: [time, batch, 1]) * values, axis: 0), weights)
}

/// The softmax of each row, in which so many places as lack a score have one of 0.
private func shares(_ scores: Tensor, lengths: [Int32], slots: Int) -> Tensor {
    let (batch, time) = (scores.shape[0], scores.shape[1])
    guard slots > time || lengths.contains(where: { $0 < slots }) else { return softmax(scores, lengths: lengths) }
    let rows = lengths.enumerated().map { row, length in
        let filled = scores.sliced(row..<row + 1, axis: 0).sliced(0..<Int(length), axis: 1)
        let empty = max(0, slots - Int(length))
        let all = softmax(concatenated([filled, scores.zeros([1, empty])], axis: 1)).sliced(0..<Int(length), axis: 1)
        return concatenated([all, scores.zeros([1, time - Int(length)])], axis: 1)
    }
    return batch == 1 ? rows[0] : concatenated(rows, axis: 0)
}
