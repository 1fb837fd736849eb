import UnrollTensors

extension Catalogue {
    /// The fused recurrences over whole sequences, in both directions, with and without padding.
    static let recurrences: [CatalogueEntry] =
        sequenceCases.map(lstmEntry)
        + ResetGate.allCases.flatMap { gate in sequenceCases.map { gruEntry($0, gate) } }
        + RecurrentActivation.allCases.flatMap { activation in sequenceCases.map { rnnEntry($0, activation) } }
        + sequenceCases.map(multiplicativeEntry) + sequenceCases.map(hyperEntry)

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

    private static func multiplicativeEntry(_ sequence: SequenceCase) -> CatalogueEntry {
        let (hidden, batch, layout) = (sequence.hidden, sequence.batch, sequence.layout)
        return .function(
            "multiplicativeLSTM(_:hidden:cell:transition:weight:layout:)", sequence.variant, in: .fused,
            equation: "m = u ⊙ W h'; i, f, o = σ(x + U m); g = tanh(x + U m); c = f ⊙ c' + i ⊙ g; h = o ⊙ tanh c",
            inputs: [
                CheckedInput("inputs", [sequence.time, batch, 5 * hidden]), CheckedInput("hidden", [batch, hidden]),
                CheckedInput("cell", [batch, hidden]), CheckedInput("transition", [hidden, hidden]),
                CheckedInput("weight", [4 * hidden, hidden]),
            ], sampledElements: sequence.sampledElements,
            reference: { x in
                let result = multiplicativeLSTMReference(x[0], hidden: x[1], cell: x[2], transition: x[3], weight: x[4], layout: layout)
                return [result.outputs, result.hidden, result.cell]
            },
            { x in
                let result = multiplicativeLSTM(x[0], hidden: x[1], cell: x[2], transition: x[3], weight: x[4], layout: layout)
                return [result.outputs, result.hidden, result.cell]
            })
    }

    private static func hyperEntry(_ sequence: SequenceCase) -> CatalogueEntry {
        // The small network is wider than the large one where that has one unit, and narrower elsewhere.
        let (n, batch, layout) = (sequence.hidden, sequence.batch, sequence.layout)
        let (m, w) = (n / 2 + 1, n > 5 ? 5 : 2)
        let weights = { @Sendable (x: [Tensor]) in
            HyperLSTMRecurrence(
                hidden: x[5], smallFromHidden: x[6], small: x[7], embedding: x[8], embeddingBias: x[9], modulation: x[10], bias: x[11])
        }
        return .function(
            "hyperLSTM(_:states:weights:layout:)", sequence.variant, in: .fused,
            equation: "ĥ = LSTM(â + Ŵ h' + Û ĥ'); d_h, d_x, b = M (E ĥ + e); y = d_h ⊙ W h' + d_x ⊙ a + b + b_0; h = LSTM(y)",
            inputs: [
                CheckedInput("inputs", [sequence.time, batch, 4 * n + 4 * m]), CheckedInput("hidden", [batch, n]),
                CheckedInput("cell", [batch, n]), CheckedInput("small hidden", [batch, m]), CheckedInput("small cell", [batch, m]),
                CheckedInput("hidden weight", [4 * n, n]), CheckedInput("weight from hidden", [4 * m, n]),
                CheckedInput("small weight", [4 * m, m]), CheckedInput("embedding", [12 * w, m]),
                CheckedInput("embedding bias", [12 * w]), CheckedInput("modulation", [12, n, w]), CheckedInput("bias", [4 * n]),
            ], sampledElements: sequence.sampledElements.map { min($0, 6) },
            reference: { x in
                let result = hyperLSTMReference(x[0], states: Array(x[1...4]), weights: weights(x), layout: layout)
                return [result.outputs] + result.states
            },
            { x in
                let result = hyperLSTM(x[0], states: Array(x[1...4]), weights: weights(x), layout: layout)
                return [result.outputs] + result.states
            })
    }
}
