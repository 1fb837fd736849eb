import UnrollTensors

extension Catalogue {
    /// Soft addressing by each score, with and without padding, and with one tensor in several places.
    static let attentions: [CatalogueEntry] =
        [nil, [5, 0, 2]].flatMap { (lengths: [Int32]?) in
            [
                addressing("dot", lengths, scale: 0.7, isAdditive: false),
                addressing("additive", lengths, scale: 1, isAdditive: true),
            ]
        } + [
            addressing("dot, eight slots", [5, 0, 2], scale: 0.7, isAdditive: false, slots: 8),
            addressing("additive, six slots", nil, scale: 1, isAdditive: true, slots: 6),
            addressing("dot, linear", [5, 0, 2], scale: 0.7, isAdditive: false, isLinear: true),
            addressing("dot, wider than a vector", [4, 1, 3], scale: 0.2, isAdditive: false, widths: (19, 35), sampledElements: 12),
            addressing("additive, wider than a vector", [4, 1, 3], scale: 1, isAdditive: true, widths: (19, 35), sampledElements: 12),
            shared("dot, keys are the values", inputs: [CheckedInput("query", [3, 4]), CheckedInput("memory", [5, 3, 4])]) { x in
                (x[0], x[1], x[1], .dot())
            },
            shared(
                "additive, keys are the values",
                inputs: [CheckedInput("query", [3, 4]), CheckedInput("memory", [5, 3, 4]), CheckedInput("v", [4])]
            ) { x in (x[0], x[1], x[1], .additive(v: x[2])) },
            shared("dot, a constant query", inputs: [CheckedInput("keys", [5, 3, 4]), CheckedInput("values", [5, 3, 2])]) { x in
                (Tensor(repeating: 0.5, shape: [3, 4], scalarType: x[0].scalarType), x[0], x[1], .dot())
            },
        ]

    private static let subject = "attention(query:keys:values:score:lengths:slots:isLinear:)"

    private static func addressing(
        _ variant: String, _ lengths: [Int32]?, scale: Double, isAdditive: Bool, slots: Int = 0, isLinear: Bool = false,
        widths: (key: Int, value: Int) = (4, 2), sampledElements: Int? = nil
    ) -> CatalogueEntry {
        let time = 5
        let batch = 3
        let score = { @Sendable (x: [Tensor]) -> AttentionScore in isAdditive ? .additive(v: x[3]) : .dot(scale: scale) }
        return .function(
            subject, variant + (lengths.map { ", lengths \($0.map(String.init).joined(separator: " "))" } ?? ""), in: .fused,
            equation: "e = \(isAdditive ? "v · tanh(query + key)" : "scale query · key"); "
                + "a = \(isLinear ? "e" : "softmax e"); context = Σ a ⊙ value",
            inputs: [
                CheckedInput("query", [batch, widths.key]), CheckedInput("keys", [time, batch, widths.key]),
                CheckedInput("values", [time, batch, widths.value]),
            ] + (isAdditive ? [CheckedInput("v", [widths.key])] : []),
            sampledElements: sampledElements,
            reference: { x in
                let result = attentionReference(
                    query: x[0], keys: x[1], values: x[2], score: score(x), lengths: lengths, slots: slots, isLinear: isLinear)
                return [result.context, result.weights]
            },
            { x in
                let result = attention(
                    query: x[0], keys: x[1], values: x[2], score: score(x), lengths: lengths, slots: slots, isLinear: isLinear)
                return [result.context, result.weights]
            })
    }

    private static func shared(
        _ variant: String, inputs: [CheckedInput],
        operands: @escaping @Sendable ([Tensor]) -> (query: Tensor, keys: Tensor, values: Tensor, score: AttentionScore)
    ) -> CatalogueEntry {
        .function(
            subject, variant, in: .fused, equation: "a = softmax(score(query, key)); context = Σ a ⊙ value", inputs: inputs,
            reference: { x in
                let (query, keys, values, score) = operands(x)
                let result = attentionReference(query: query, keys: keys, values: values, score: score, lengths: [5, 1, 3])
                return [result.context, result.weights]
            },
            { x in
                let (query, keys, values, score) = operands(x)
                let result = attention(query: query, keys: keys, values: values, score: score, lengths: [5, 1, 3])
                return [result.context, result.weights]
            })
    }
}
