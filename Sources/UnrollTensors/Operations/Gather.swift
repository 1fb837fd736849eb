import CUnrollKernels
import UnrollKernels

/// y[…, :] = table[tokens[…], :].  dtable[token, :] += dy[…, :], kept as rows so that a large vocabulary costs nothing.
///
/// - Parameters:
///   - table: [vocabulary, width].
///   - tokens: any shape, int32, each in 0..<vocabulary.
///   - untrained: a token whose row gets no gradient, such as padding.
public func gathered(_ table: Tensor, _ tokens: Tensor, untrained: Int32? = nil) -> Tensor {
    precondition(table.shape.rank == 2, "an embedding table is [vocabulary, width], not \(table.shape)")
    let indices = tokens.tokens
    let vocabulary = Int32(table.shape[0])
    if let stray = indices.first(where: { $0 < 0 || $0 >= vocabulary }) {
        preconditionFailure("token \(stray) is outside the vocabulary of \(vocabulary)")
    }
    let width = table.shape[1]
    let y = Tensor(uninitialized: Shape(tokens.shape.array + [width]), table.scalarType)
    if let pack = table.packedAlone {
        let bytes = width * table.scalarType.width
        for (place, index) in indices.enumerated() {
            pack.unpack(columns: Int(index)..<Int(index) + 1, to: y.pointer + place * bytes)
        }
    } else {
        unroll_gather_rows(table.scalarType.kernel, indices.count, width, table.pointer, indices, y.pointer)
    }
    guard let tape = table.recordingTape else { return y }
    let (node, shape) = (table.node, table.shape)
    return tape.record(y) { dy, backward in
        var (rows, values) = (indices, dy.reshaped(to: [indices.count, width]))
        if let untrained, indices.contains(untrained) {
            let kept = indices.indices.filter { indices[$0] != untrained }
            rows = kept.map { indices[$0] }
            values = gathered(values, Tensor(kept.map(Int32.init), shape: [kept.count]))
        }
        backward.add(rows: rows, values, to: node, shape: shape)
    }
}
