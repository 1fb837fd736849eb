import UnrollKernels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Every cell, as a step and over a padded sequence.
    static let cells: [CatalogueEntry] =
        entries("RNNCell", "tanh", .rnn, CellOptions(activation: .tanh), equation: "h = tanh(W x + U h' + b)")
        + entries("RNNCell", "relu", .rnn, CellOptions(activation: .relu), equation: "h = max(0, W x + U h' + b)", seed: 2)
        + entries(
            "GRUCell", "reset before the product", .gru, CellOptions(resetGate: .beforeProduct),
            equation: "z, r = σ(W x + U h' + b); n = tanh(W x + U(r ⊙ h') + b); h = z ⊙ h' + (1 − z) ⊙ n")
        + entries(
            "GRUCell", "reset after the product", .gru, CellOptions(resetGate: .afterProduct),
            equation: "z, r = σ(W x + U h' + b); n = tanh(W x + b + r ⊙ (U h' + b')); h = z ⊙ h' + (1 − z) ⊙ n")
        + entries(
            "LSTMCell", "", .lstm, CellOptions(),
            equation: "i, f, o = σ(W x + U h' + b); c = f ⊙ c' + i ⊙ tanh(W x + U h' + b); h = o ⊙ tanh c")

    private static func entries(
        _ subject: String, _ variant: String, _ kind: CellKind, _ options: CellOptions, equation: String, seed: UInt64 = 1
    ) -> [CatalogueEntry] {
        let (time, batch, input, hidden) = (4, 3, 2, 5)
        let states = (kind == .lstm ? ["hidden", "cell"] : ["hidden"]).map { CheckedInput($0, [batch, hidden]) }
        let make = { @Sendable (type: ScalarType) in
            AnyCell(cell: kind.cell(input, hidden, options: options, key: RandomKey(seed: 0), scalarType: type))
        }
        let named = { (what: String) in variant.isEmpty ? what : "\(variant), \(what)" }
        let layout = SequenceLayout(lengths: [4, 0, 2], reversed: true)
        return [
            .module(
                subject, named("one step"), in: .cell, equation: equation, inputs: [CheckedInput("x", [batch, input])] + states, seed: seed,
                reference: { subject, x, context in
                    let inputs = x[0].reshaped(to: [1, batch, input])
                    let result = PlainRecurrence.sequence(subject.cell, inputs, subject.state(x), .init(), context)
                    return [result.outputs.at(0)] + result.state.tensors
                },
                make: make
            ) { subject, x, context in subject.step(x, context) },
            .module(
                subject, named("reversed, lengths 4 0 2"), in: .cell, equation: equation,
                inputs: [CheckedInput("x", [time, batch, input])] + states, seed: seed,
                reference: { subject, x, context in
                    let result = PlainRecurrence.sequence(subject.cell, x[0], subject.state(x), layout, context)
                    return [result.outputs] + result.state.tensors
                },
                make: make
            ) { subject, x, context in
                let result = subject.cell(x[0], state: subject.state(x), layout: layout, context)
                return [result.outputs] + result.state.tensors
            },
        ]
    }
}

/// A cell of any kind, with its state among the inputs.
private struct AnyCell: Module {
    let cell: any GatedCell

    func state(_ inputs: [Tensor]) -> RecurrentState {
        RecurrentState(names: cell.stateNames, tensors: Array(inputs.dropFirst()))
    }

    func step(_ inputs: [Tensor], _ context: Context) -> [Tensor] {
        let result = cell.step(inputs[0], state(inputs), cell.weights(context), context)
        return [result.output] + result.state.tensors
    }

    func visit(_ visitor: inout ParameterVisitor) { cell.visit(&visitor) }
}
