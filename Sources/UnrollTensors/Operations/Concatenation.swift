import CUnrollKernels
import UnrollKernels

/// y = the parts one after the other along an axis.  d(part) = its range of dy.
public func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
    precondition(!parts.isEmpty, "nothing to concatenate")
    let first = parts[0]
    let index = first.shape.index(of: axis)
    var starts = [0]
    for part in parts {
        precondition(
            part.shape.replacing(index, by: 0) == first.shape.replacing(index, by: 0) && part.scalarType == first.scalarType,
            "\(first.shape) and \(part.shape) do not fit along axis \(axis)")
        starts.append(starts.last! + part.shape[index])
    }
    let total = starts.last!
    let y = Tensor(uninitialized: first.shape.replacing(index, by: total), first.scalarType)
    let width = first.scalarType.width
    let (outer, _, inner) = first.shape.split(at: index)
    for (part, start) in zip(parts, starts) {
        let bytes = part.shape[index] * inner * width
        unroll_copy_rows(outer, bytes, part.pointer, bytes, y.pointer + start * inner * width, total * inner * width)
    }
    guard let tape = parts.lazy.compactMap(\.recordingTape).first else { return y }
    let nodes = parts.map(tape.node)
    return tape.record(y) { dy, backward in
        for (place, node) in nodes.enumerated() {
            if let node { backward.add(dy.sliced(starts[place]..<starts[place + 1], axis: index), to: node) }
        }
    }
}

/// y = tensors of one shape as the slices of a new first axis.  d(part i) = dy[i].
public func stacked(_ parts: [Tensor]) -> Tensor {
    concatenated(parts.map { $0.reshaped(to: Shape([1] + $0.shape.array)) }, axis: 0)
}
