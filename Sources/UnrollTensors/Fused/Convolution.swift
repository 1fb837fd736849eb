import CUnrollKernels
import UnrollKernels

/// Causal convolution over time, dilated and with a stride (van den Oord 2016; Bai 2018):
///
///     y(t) = b + Σ_k W_k x(s t − (K − 1 − k) d)      x before its first step is 0
///
/// No output sees what comes after it, so padding behind a sequence never reaches the steps that count.
///
///     dx(s t − (K − 1 − k) d) += W_kᵀ dy(t)      dW_k = Σ dy(t) x(s t − (K − 1 − k) d)ᵀ      db = Σ dy(t)
///
/// The K inputs of an output are put side by side, some steps at a time, so that one product serves all taps and the copies stay in the cache.
///
/// - Parameters:
///   - x: [time, batch, inputs].
///   - weight: W, [outputs, inputs, taps], PyTorch's layout: the last tap meets the present.
///   - bias: b, [outputs].
///   - dilation: d, the steps from tap to tap.
///   - stride: s, the steps from output to output.
/// - Returns: [⌈time / stride⌉, batch, outputs].
public func convolution(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, dilation: Int = 1, stride: Int = 1) -> Tensor {
    let grid = TapGrid(x, weight, dilation: dilation, stride: stride)
    let type = x.scalarType
    let outputs = weight.shape[0]
    weight.precondition(shape: [outputs, grid.inputs, grid.taps], type, "the weight of a convolution")
    bias?.precondition(shape: [outputs], type, "the bias of a convolution")
    // W as the product meets it: [outputs, taps · inputs].
    let matrix = weight.detached().permuted([0, 2, 1])
    let y = Tensor(uninitialized: [grid.time, grid.batch, outputs], type)
    let pack = matrix.packed(.matrix(k: grid.width, n: outputs, row: 1, column: grid.width))
    grid.forEachBlock(of: x) { start, rows, _, columns in
        pack.multiply(
            m: rows, n: outputs, k: grid.width, a: columns.pointer, bias: bias?.pointer, c: y.pointer + start * outputs * type.width)
    }
    guard let tape = x.recordingTape ?? weight.recordingTape ?? bias?.recordingTape else { return y }

    let (nodeX, nodeW, nodeB) = (tape.node(of: x), tape.node(of: weight), tape.node(of: bias))
    return tape.record(y) { dy, backward in
        if let nodeX {
            let pack = matrix.packed(.matrix(k: outputs, n: grid.width, row: grid.width, column: 1))
            backward.addInPlace(to: nodeX, shape: x.shape, type) { dx in
                grid.forEachBlock { start, rows, places, columns in
                    pack.multiply(
                        m: rows, n: grid.width, k: outputs, a: dy.pointer + start * outputs * type.width, bias: nil, c: columns.pointer)
                    grid.clear(places.missing, of: columns)
                    unroll_scatter_add_rows(type.kernel, places.rows.count, grid.inputs, columns.pointer, places.rows, dx)
                }
            }
        }
        if let nodeW {
            let dmatrix = matrix.zeros(matrix.shape)
            grid.forEachBlock(of: x) { start, rows, _, columns in
                unroll_product(
                    type.kernel, outputs, grid.width, rows, dy.pointer + start * outputs * type.width, 1, outputs, columns.pointer,
                    grid.width, 1, nil, true, dmatrix.pointer, grid.width)
            }
            backward.add(dmatrix.permuted([0, 2, 1]), to: nodeW)
        }
        if let nodeB { backward.add(sum(dy.reshaped(to: [grid.time * grid.batch, outputs]), axis: 0), to: nodeB) }
    }
}

/// The same convolution as a plain composition of operations, tap by tap: what the kernel is checked against.
public func convolutionReference(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, dilation: Int = 1, stride: Int = 1
) -> Tensor {
    let (time, batch, inputs, taps) = (x.shape[0], x.shape[1], x.shape[2], weight.shape[2])
    let padded = concatenated([.zeros([(taps - 1) * dilation, batch, inputs], x.scalarType), x], axis: 0)
    let seen = Swift.stride(from: 0, to: time, by: stride).map { step in
        (0..<taps).map { linear(padded.at(step + $0 * dilation), weight.at($0, axis: 2)) }.reduce(
            Tensor.zeros([batch, weight.shape[0]], x.scalarType), +)
    }
    let y = seen.isEmpty ? .zeros([0, batch, weight.shape[0]], x.scalarType) : stacked(seen)
    return bias.map { y + $0 } ?? y
}

/// Which rows of the input, [time · batch, inputs], each output of a convolution sees.
private struct TapGrid {
    /// The most elements of a block: they stay in a core's cache.
    private static let blockElements = 1 << 16

    let time: Int
    let batch: Int
    let inputs: Int
    let taps: Int
    private let dilation: Int
    private let stride: Int
    private let type: ScalarType

    /// What an output sees: taps · inputs numbers.
    var width: Int { taps * inputs }

    init(_ x: Tensor, _ weight: Tensor, dilation: Int, stride: Int) {
        precondition(x.shape.rank == 3 && weight.shape.rank == 3, "a convolution of \(x.shape) with a weight of \(weight.shape)")
        precondition(dilation > 0 && stride > 0, "a convolution with dilation \(dilation) and stride \(stride)")
        time = (x.shape[0] + stride - 1) / stride
        (batch, inputs, taps) = (x.shape[1], x.shape[2], weight.shape[2])
        self.dilation = dilation
        self.stride = stride
        type = x.scalarType
    }

    /// For each output row and tap the input's row, and the places of those that lie before the first step.
    private func places(_ steps: Range<Int>) -> (rows: [Int32], missing: [Int]) {
        var rows: [Int32] = []
        var missing: [Int] = []
        rows.reserveCapacity(steps.count * batch * taps)
        for step in steps {
            for row in 0..<batch {
                for tap in 0..<taps {
                    let source = step * stride - (taps - 1 - tap) * dilation
                    if source < 0 { missing.append(rows.count) }
                    rows.append(Int32(max(0, source) * batch + row))
                }
            }
        }
        return (rows, missing)
    }

    /// Puts zeros where an output sees nothing.
    func clear(_ missing: [Int], of columns: Tensor) {
        for place in missing {
            unroll_fill(type.kernel, inputs, 0, columns.pointer + place * inputs * type.width)
        }
    }

    /// Calls the body for some steps at a time, with the first output row, the rows, what they see, and room for it: filled from x where x is given.
    func forEachBlock(
        of x: Tensor? = nil,
        _ body: (_ start: Int, _ rows: Int, _ places: (rows: [Int32], missing: [Int]), _ columns: Tensor) -> Void
    ) {
        guard time * batch > 0 else { return }
        let steps = min(time, max(1, Self.blockElements / max(1, batch * width)))
        let columns = Tensor(uninitialized: [steps * batch, width], type)
        for first in Swift.stride(from: 0, to: time, by: steps) {
            let range = first..<min(time, first + steps)
            let places = places(range)
            if let x {
                unroll_gather_rows(type.kernel, places.rows.count, inputs, x.pointer, places.rows, columns.pointer)
                clear(places.missing, of: columns)
            }
            body(first * batch, range.count * batch, places, columns)
        }
    }
}
