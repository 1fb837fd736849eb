import UnrollModules
import UnrollTensors

extension PlainRecurrence {
    /// One step of a multiplicative LSTM, each gate by a product of its own: the parts of the state.
    static func step(_ weights: MultiplicativeLSTMWeights, _ x: Tensor, _ state: RecurrentState, mask: Tensor?) -> [Tensor] {
        let h = mask.map { state.hidden * $0 } ?? state.hidden
        let width = h.shape[1]
        let rows = { (matrix: Tensor, gate: Int) in matrix.sliced(gate * width..<(gate + 1) * width, axis: 0) }
        let m = times(x, rows(weights.input, 0)) * times(h, weights.hidden)
        let gates = (0..<4).map { gate in
            times(x, rows(weights.input, gate + 1)) + times(m, rows(weights.multiplicative, gate)) + rows(weights.bias, gate + 1)
        }
        let c = sigmoid(gates[1]) * state.tensors[1] + sigmoid(gates[0]) * tanh(gates[2])
        return [sigmoid(gates[3]) * tanh(c), c]
    }

    /// One step of a HyperLSTM, in which each row of the batch has weight matrices of its own: the parts of the state.
    static func step(_ weights: HyperLSTMWeights, _ x: Tensor, _ state: RecurrentState, mask: Tensor?) -> [Tensor] {
        let h = mask.map { state.hidden * $0 } ?? state.hidden
        let (n, m) = (state.tensors[1].shape[1], state.tensors[3].shape[1])
        let own = weights.recurrence
        let width = own.modulation.shape[2]
        let large = { (matrix: Tensor, gate: Int) in matrix.sliced(gate * n..<(gate + 1) * n, axis: 0) }
        let small = { (matrix: Tensor, gate: Int) in matrix.sliced(4 * n + gate * m..<4 * n + (gate + 1) * m, axis: 0) }
        let block = { (matrix: Tensor, place: Int, size: Int) in matrix.sliced(place * size..<(place + 1) * size, axis: 0) }

        let hyperGates = (0..<4).map { gate in
            let sum =
                times(x, small(weights.input, gate)) + times(h, block(own.smallFromHidden, gate, m))
                + times(state.tensors[2], block(own.small, gate, m)) + small(weights.bias, gate)
            return weights.norms.map { standard(sum) * block($0.hyperGates.scale, gate, m) + block($0.hyperGates.shift, gate, m) } ?? sum
        }
        let hyperCell = sigmoid(hyperGates[1]) * state.tensors[3] + sigmoid(hyperGates[0]) * tanh(hyperGates[2])
        let hyperShown = weights.norms.map { standard(hyperCell) * $0.hyperCell.scale + $0.hyperCell.shift } ?? hyperCell
        let hyper = sigmoid(hyperGates[3]) * tanh(hyperShown)

        let modulation = { (place: Int) in
            let z =
                times(hyper, block(own.embedding, place, width)) + block(own.embeddingBias, place, width)
            return times(z, own.modulation.at(place))
        }
        let gates = (0..<4).map { gate in
            // d ⊙ (W v) is (diag(d) W) v: the matrix of this row of the batch at this step.
            let fromState = rowwise(modulation(gate), large(own.hidden, gate), h)
            let fromInput = rowwise(modulation(4 + gate), large(weights.input, gate), x)
            let sum = fromState + fromInput + modulation(8 + gate) + large(own.bias, gate)
            return weights.norms.map { standard(sum) * large($0.gates.scale, gate) + large($0.gates.shift, gate) } ?? sum
        }
        let cell = sigmoid(gates[1]) * state.tensors[1] + sigmoid(gates[0]) * tanh(gates[2])
        let shown = weights.norms.map { standard(cell) * $0.cell.scale + $0.cell.shift } ?? cell
        return [sigmoid(gates[3]) * tanh(shown), cell, hyper, hyperCell]
    }

    /// x Wᵀ.
    private static func times(_ x: Tensor, _ weight: Tensor) -> Tensor { matmul(x, weight, transposeB: true) }

    /// For each row of the batch, (diag(d) W) v.
    private static func rowwise(_ d: Tensor, _ weight: Tensor, _ v: Tensor) -> Tensor {
        let (batch, outputs, inputs) = (d.shape[0], weight.shape[0], weight.shape[1])
        let matrices = d.reshaped(to: [batch, outputs, 1]) * weight.reshaped(to: [1, outputs, inputs])
        return sum(matrices * v.reshaped(to: [batch, 1, inputs]), axis: 2)
    }

    /// (x − mean) / √(variance + ε) of each row.
    private static func standard(_ x: Tensor) -> Tensor {
        let centred = x - mean(x, axis: 1, keepsAxis: true)
        return centred / sqrt(mean(square(centred), axis: 1, keepsAxis: true) + 1e-5)
    }
}
