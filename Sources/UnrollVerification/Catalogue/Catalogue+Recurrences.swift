import UnrollTensors

extension Catalogue {
    /// The fused recurrences over whole sequences, in both directions, with and without padding.
    static let recurrences: [CatalogueEntry] =
        sequenceCases.map(lstmEntry)
        + ResetGate.allCases.flatMap { gate in sequenceCases.map { gruEntry($0, gate) } }
        + RecurrentActivation.allCases.flatMap { activation in sequenceCases.map { rnnEntry($0, activation) } }

    /// A sequence that recurrences are run over.
    private struct SequenceCase: Sendable {
        let variant: String
        var time = 4
        var batch = 3
        var hidden = 5
        var layout = SequenceLayout()
        var sampledElements: Int?

        /// The projected inputs, the first states and the recurrent weight of a cell.
        func inputs(gates: Int, states: [String]) -> [CheckedInput] {
            [CheckedInput("inputs", [time, batch, gates * hidden])] + states.map { CheckedInput($0, [batch, hidden]) }
                + [CheckedInput("weight", [gates * hidden, hidden])]
        }
    }

    private static let sequenceCases: [SequenceCase] = [
        SequenceCase(variant: "forward"),
        SequenceCase(variant: "reversed", layout: SequenceLayout(reversed: true)),
        SequenceCase(variant: "lengths 4 0 2", layout: SequenceLayout(lengths: [4, 0, 2])),
        SequenceCase(variant: "reversed, lengths 4 0 2", layout: SequenceLayout(lengths: [4, 0, 2], reversed: true)),
        SequenceCase(variant: "one step, one row, one unit", time: 1, batch: 1, hidden: 1),
        SequenceCase(variant: "no steps", time: 0),
        SequenceCase(
            variant: "wider than a vector, lengths 1 5 3 0 5 2", time: 5, batch: 6, hidden: 35,
            layout: SequenceLayout(lengths: [1, 5, 3, 0, 5, 2]), sampledElements: 12),
        SequenceCase(
            variant: "wider than a vector, reversed", time: 6, batch: 9, hidden: 17, layout: SequenceLayout(reversed: true),
            sampledElements: 12),
    ]

    private static func lstmEntry(_ sequence: SequenceCase) -> CatalogueEntry {
        let layout = sequence.layout
        return .function(
            "lstm(_:hidden:cell:weight:layout:)", sequence.variant, in: .fused,
            equation: "i, f, o = σ(x + U h'); g = tanh(x + U h'); c = f ⊙ c' + i ⊙ g; h = o ⊙ tanh c",
            inputs: sequence.inputs(gates: 4, states: ["hidden", "cell"]), sampledElements: sequence.sampledElements,
            reference: { x in
                let result = lstmReference(x[0], hidden: x[1], cell: x[2], weight: x[3], layout: layout)
                return [result.outputs, result.hidden, result.cell]
            },
            { x in
                let result = lstm(x[0], hidden: x[1], cell: x[2], weight: x[3], layout: layout)
                return [result.outputs, result.hidden, result.cell]
            })
    }

    private static func gruEntry(_ sequence: SequenceCase, _ resetGate: ResetGate) -> CatalogueEntry {
        let layout = sequence.layout
        let isAfter = resetGate == .afterProduct
        return .function(
            "gru(_:hidden:weight:recurrentBias:resetGate:layout:)",
            "reset \(isAfter ? "after" : "before") the product, \(sequence.variant)", in: .fused,
            equation: "z, r = σ(x + U h'); n = tanh(x + \(isAfter ? "r ⊙ (U h' + b')" : "U(r ⊙ h')")); h = z ⊙ h' + (1 − z) ⊙ n",
            inputs: sequence.inputs(gates: 3, states: ["hidden"]) + (isAfter ? [CheckedInput("recurrent bias", [sequence.hidden])] : []),
            sampledElements: sequence.sampledElements,
            reference: { x in
                let bias = isAfter ? x[3] : nil
                let result = gruReference(x[0], hidden: x[1], weight: x[2], recurrentBias: bias, resetGate: resetGate, layout: layout)
                return [result.outputs, result.hidden]
            },
            { x in
                let bias = isAfter ? x[3] : nil
                let result = gru(x[0], hidden: x[1], weight: x[2], recurrentBias: bias, resetGate: resetGate, layout: layout)
                return [result.outputs, result.hidden]
            })
    }

    private static func rnnEntry(_ sequence: SequenceCase, _ activation: RecurrentActivation) -> CatalogueEntry {
        let layout = sequence.layout
        return .function(
            "rnn(_:hidden:weight:activation:layout:)", "\(activation.rawValue), \(sequence.variant)", in: .fused,
            equation: "h = \(activation.rawValue)(x + U h')", inputs: sequence.inputs(gates: 1, states: ["hidden"]),
            sampledElements: sequence.sampledElements,
            reference: { x in
                let result = rnnReference(x[0], hidden: x[1], weight: x[2], activation: activation, layout: layout)
                return [result.outputs, result.hidden]
            },
            { x in
                let result = rnn(x[0], hidden: x[1], weight: x[2], activation: activation, layout: layout)
                return [result.outputs, result.hidden]
            })
    }
}
