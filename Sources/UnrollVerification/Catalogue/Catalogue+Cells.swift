import UnrollKernels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Every cell, as a step and over a padded sequence.
    static let cells: [CatalogueEntry] =
        entries(.rnn, CellOptions(activation: .tanh)) + entries(.rnn, CellOptions(activation: .relu), seed: 2)
        + entries(.gru, CellOptions(resetGate: .beforeProduct)) + entries(.gru, CellOptions(resetGate: .afterProduct))
        + entries(.lstm, CellOptions()) + entries(.multiplicativeLSTM, CellOptions())
        + entries(.hyperLSTM, CellOptions(hyper: HyperOptions(hidden: 3, embedding: 2)))
        + entries(.hyperLSTM, CellOptions(hyper: HyperOptions(hidden: 4, embedding: 3, layerNorm: true)))

    private static func entries(_ kind: CellKind, _ options: CellOptions, seed: UInt64 = 1) -> [CatalogueEntry] {
        let (subject, variant, equation) = (kind.subject, kind.variant(options), kind.equation(options))
        let (time, batch, input, hidden) = (4, 3, 2, 5)
        let make = { @Sendable (type: ScalarType) in
            AnyCell(cell: kind.cell(input, hidden, options: options, key: RandomKey(seed: 0), scalarType: type))
        }
        let cell = make(.float64).cell
        let states = zip(cell.stateNames, cell.stateSizes).map { CheckedInput($0, [batch, $1]) }
        let named = { (what: String) in variant.isEmpty ? what : "\(variant), \(what)" }
        let layout = SequenceLayout(lengths: [4, 0, 2], reversed: true)
        // A HyperLSTM's step is many operations: it is checked at every element once, and at some over sequences.
        let sampledElements = kind == .hyperLSTM ? 8 : nil
        let mask: [Double] = [0, 2, 2, 0, 2, 2, 0, 2, 2, 2, 0, 0, 2, 2, 0]
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
                inputs: [CheckedInput("x", [time, batch, input])] + states, seed: seed, sampledElements: sampledElements,
                reference: { subject, x, context in
                    let result = PlainRecurrence.sequence(subject.cell, x[0], subject.state(x), layout, context)
                    return [result.outputs] + result.state.tensors
                },
                make: make
            ) { subject, x, context in
                let result = subject.cell(x[0], state: subject.state(x), layout: layout, context)
                return [result.outputs] + result.state.tensors
            },
            .module(
                subject, named("variational dropout, lengths 4 1 2"), in: .cell, equation: equation + ", products see mask ⊙ h'",
                inputs: [CheckedInput("x", [time, batch, input])] + states, seed: seed + 10,
                sampledElements: sampledElements,
                reference: { subject, x, context in PlainRecurrence.rows(subject.cell, x[0], subject.state(x), mask, [4, 1, 2], context) },
                make: make
            ) { subject, x, context in
                subject.masked(x, mask, SequenceLayout(lengths: [4, 1, 2]), context)
            },
        ]
    }
}

/// A cell of any kind, with its state among the inputs.
struct AnyCell: Module {
    let cell: any GatedCell

    func state(_ inputs: [Tensor]) -> RecurrentState {
        RecurrentState(names: cell.stateNames, tensors: Array(inputs.dropFirst()))
    }

    func step(_ x: [Tensor], _ context: Context) -> [Tensor] { Self.step(cell, x[0], state(x), context) }

    func masked(_ x: [Tensor], _ mask: [Double], _ layout: SequenceLayout, _ context: Context) -> [Tensor] {
        Self.masked(cell, x[0], state(x), mask, layout, context)
    }

    private static func step(_ cell: some GatedCell, _ input: Tensor, _ state: RecurrentState, _ context: Context) -> [Tensor] {
        let result = cell.step(input, state, cell.weights(context), context)
        return [result.output] + result.state.tensors
    }

    private static func masked(
        _ cell: some GatedCell, _ inputs: Tensor, _ state: RecurrentState, _ mask: [Double], _ layout: SequenceLayout, _ context: Context
    ) -> [Tensor] {
        var weights = cell.weights(context)
        weights.hiddenMask = Tensor(mask, shape: state.hidden.shape, scalarType: inputs.scalarType)
        let result = cell.sequence(inputs, state, weights, layout, context)
        return [result.outputs] + result.state.tensors
    }

    func visit(_ visitor: inout ParameterVisitor) { cell.visit(&visitor) }
}
