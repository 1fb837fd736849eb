import UnrollModules
import UnrollTensors

/// Recurrent cells and stacks as plain compositions of operations: what the modules are checked against.
enum PlainRecurrence {
    /// A cell over a sequence, its gates written out step by step. The columns of the products with h' are multiplied by `mask`, [1, hidden].
    static func sequence(
        _ cell: any RecurrentCell, _ inputs: Tensor, _ state: RecurrentState, _ layout: SequenceLayout, mask: Tensor? = nil,
        _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        let masked = { (weight: Tensor) in mask.map { weight * $0 } ?? weight }
        let (outputs, tensors): (Tensor, [Tensor])
        switch cell {
        case let cell as LSTMCell:
            let weights = cell.weights(context)
            let result = lstmReference(
                linear(inputs, weights.input, bias: weights.bias), hidden: state.tensors[0], cell: state.tensors[1],
                weight: masked(weights.hidden), layout: layout)
            (outputs, tensors) = (result.outputs, [result.hidden, result.cell])
        case let cell as GRUCell:
            let weights = cell.weights(context)
            let result = gruReference(
                linear(inputs, weights.input, bias: weights.bias), hidden: state.hidden, weight: masked(weights.hidden),
                recurrentBias: weights.recurrentBias, resetGate: cell.resetGate, layout: layout)
            (outputs, tensors) = (result.outputs, [result.hidden])
        case let cell as RNNCell:
            let weights = cell.weights(context)
            let result = rnnReference(
                linear(inputs, weights.input, bias: weights.bias), hidden: state.hidden, weight: masked(weights.hidden),
                activation: cell.activation, layout: layout)
            (outputs, tensors) = (result.outputs, [result.hidden])
        case let cell as MultiplicativeLSTMCell:
            return walk(inputs, state, layout) { x, state in
                step(cell.weights(context), x, state, mask: mask)
            }
        case let cell as HyperLSTMCell:
            return walk(inputs, state, layout) { x, state in
                step(cell.weights(context), x, state, mask: mask)
            }
        default: preconditionFailure("no plain equations of \(type(of: cell))")
        }
        return (outputs, RecurrentState(names: cell.stateNames, tensors: tensors))
    }

    private static func walk(
        _ inputs: Tensor, _ state: RecurrentState, _ layout: SequenceLayout, _ step: (Tensor, RecurrentState) -> [Tensor]
    ) -> (outputs: Tensor, state: RecurrentState) {
        var state = state
        var outputs = [Tensor?](repeating: nil, count: inputs.shape[0])
        for time in layout.steps(inputs.shape[0]) {
            let next = step(inputs.at(time), state)
            let alive = layout.alive(at: time) ?? [Bool](repeating: true, count: inputs.shape[1])
            outputs[time] = selectRows(alive, next[0], next[0].detached() * 0)
            state = RecurrentState(names: state.names, tensors: zip(next, state.tensors).map { selectRows(alive, $0, $1) })
        }
        return (stacked(outputs.compactMap { $0 }), state)
    }

    /// A cell over a padded batch whose rows have masks of their own: the product of U with mask ⊙ h' is that of U with its columns masked, row by
    /// row. The outputs and the parts of the last state.
    static func rows(
        _ cell: any RecurrentCell, _ inputs: Tensor, _ state: RecurrentState, _ mask: [Double], _ lengths: [Int32], _ context: Context
    ) -> [Tensor] {
        let masks = Tensor(mask, shape: state.hidden.shape, scalarType: inputs.scalarType)
        let results = lengths.indices.map { row in
            sequence(
                cell, inputs.sliced(row..<row + 1, axis: 1), state.map { $0.sliced(row..<row + 1, axis: 0) },
                SequenceLayout(lengths: [lengths[row]]), mask: masks.sliced(row..<row + 1, axis: 0), context)
        }
        let parts = state.names.indices.map { part in concatenated(results.map { $0.state.tensors[part] }, axis: 0) }
        return [concatenated(results.map(\.outputs), axis: 1)] + parts
    }

    /// Layers of cells in their directions, from states of zeros unless some are given.
    static func stack(
        _ stack: RecurrentStack, _ inputs: Tensor, states: [[RecurrentState]]?, lengths: [Int32]?, _ context: Context
    ) -> (outputs: Tensor, states: [[RecurrentState]]) {
        var outputs = inputs
        var final: [[RecurrentState]] = []
        for (layer, cells) in stack.layers.enumerated() {
            let results = cells.enumerated().map { direction, cell in
                let zeros = RecurrentState(
                    names: cell.stateNames,
                    tensors: cell.stateSizes.map { Tensor.zeros([inputs.shape[1], $0], inputs.scalarType) })
                return sequence(
                    cell, outputs, states?[layer][direction] ?? zeros, SequenceLayout(lengths: lengths, reversed: direction == 1), context)
            }
            outputs = concatenated(results.map(\.outputs), axis: 2)
            final.append(results.map(\.state))
        }
        return (outputs, final)
    }
}
