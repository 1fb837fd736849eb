import UnrollModules
import UnrollTensors

/// Recurrent cells and stacks as plain compositions of operations: what the modules are checked against.
enum PlainRecurrence {
    /// A cell over a sequence, its gates written out step by step.
    static func sequence(
        _ cell: any GatedCell, _ inputs: Tensor, _ state: RecurrentState, _ layout: SequenceLayout, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        let weights = cell.weights(context)
        let projected = linear(inputs, weights.input, bias: weights.bias)
        let (outputs, tensors): (Tensor, [Tensor])
        switch cell {
        case is LSTMCell:
            let result = lstmReference(projected, hidden: state.tensors[0], cell: state.tensors[1], weight: weights.hidden, layout: layout)
            (outputs, tensors) = (result.outputs, [result.hidden, result.cell])
        case let gru as GRUCell:
            let result = gruReference(
                projected, hidden: state.hidden, weight: weights.hidden, recurrentBias: weights.recurrentBias, resetGate: gru.resetGate,
                layout: layout)
            (outputs, tensors) = (result.outputs, [result.hidden])
        case let rnn as RNNCell:
            let result = rnnReference(projected, hidden: state.hidden, weight: weights.hidden, activation: rnn.activation, layout: layout)
            (outputs, tensors) = (result.outputs, [result.hidden])
        default: preconditionFailure("no plain equations of \(type(of: cell))")
        }
        return (outputs, RecurrentState(names: cell.stateNames, tensors: tensors))
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
                    tensors: cell.stateNames.map { _ in Tensor.zeros([inputs.shape[1], cell.hiddenSize], inputs.scalarType) })
                return sequence(
                    cell, outputs, states?[layer][direction] ?? zeros, SequenceLayout(lengths: lengths, reversed: direction == 1), context)
            }
            outputs = concatenated(results.map(\.outputs), axis: 2)
            final.append(results.map(\.state))
        }
        return (outputs, final)
    }
}
