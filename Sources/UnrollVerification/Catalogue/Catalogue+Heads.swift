import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Attention of several heads: with and without padding and the causal mask, for more queries than keys and for fewer.
    static let heads: [CatalogueEntry] = [
        manyHeads("two heads", target: 4, source: 5, heads: 2, widths: (3, 2)),
        manyHeads("padded", target: 3, source: 5, heads: 2, widths: (3, 4), lengths: [5, 0, 2]),
        manyHeads("causal", target: 5, source: 5, heads: 3, widths: (2, 3), isCausal: true),
        manyHeads("causal, padded", target: 5, source: 5, heads: 2, widths: (2, 1), lengths: [5, 1, 3], isCausal: true),
        manyHeads("causal, the last two queries", target: 2, source: 5, heads: 1, widths: (3, 3), lengths: [5, 4, 2], isCausal: true),
        manyHeads("causal, more queries than keys", target: 5, source: 3, heads: 1, widths: (2, 2), isCausal: true),
        manyHeads("one step", target: 1, source: 1, heads: 2, widths: (1, 1)),
        manyHeads(
            "wider than a vector", target: 11, source: 19, heads: 2, widths: (19, 35), lengths: [19, 17, 4], scale: 0.2, sampledElements: 12
        ),
        manyHeads("dropout", target: 5, source: 7, heads: 2, widths: (3, 2), lengths: [7, 2, 5], dropout: 0.3),
        manyHeads("causal, dropout", target: 6, source: 6, heads: 2, widths: (2, 3), isCausal: true, dropout: 0.2),
        .function(
            subject, "queries are keys and values", in: .fused, equation: equation, inputs: [CheckedInput("x", [4, 2, 6])],
            reference: { x in
                let result = multiHeadAttentionReference(queries: x[0], keys: x[0], values: x[0], heads: 2, isCausal: true)
                return [result.contexts, result.weights]
            },
            { x in
                let result = multiHeadAttention(queries: x[0], keys: x[0], values: x[0], heads: 2, isCausal: true)
                return [result.contexts, result.weights]
            }),
    ]

    /// The module that projects for it.
    static let headModules: [CatalogueEntry] = [
        .module(
            "MultiHeadAttention", "to itself, causal", equation: "output = Wo [Σ softmax(Wq_h x · Wk_h x / √width) Wv_h x]",
            inputs: [CheckedInput("x", [4, 3, 6])],
            reference: { module, x, context in projected(module, x[0], x[0], lengths: [4, 1, 3], isCausal: true, context) },
            make: { MultiHeadAttention(6, heads: 3, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in
            let result = module(x[0], lengths: [4, 1, 3], isCausal: true, context)
            return [result.output, result.weights]
        },
        .module(
            "MultiHeadAttention", "to another sequence", equation: "output = Wo [Σ softmax(Wq_h x · Wk_h y / √width) Wv_h y]",
            inputs: [CheckedInput("x", [2, 3, 4]), CheckedInput("y", [5, 3, 7])],
            reference: { module, x, context in projected(module, x[0], x[1], lengths: [5, 2, 0], isCausal: false, context) },
            make: { MultiHeadAttention(4, heads: 2, memoryFeatures: 7, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in
            let result = module(x[0], module.memory(x[1], lengths: [5, 2, 0], context), context)
            return [result.output, result.weights]
        },
    ]

    /// The same with dropout of its weights.
    static let droppingHeads: CatalogueEntry = .module(
        "MultiHeadAttention", "dropout while training", equation: "output = Wo [Σ m ⊙ softmax(Wq_h x · Wk_h x / √width) Wv_h x / (1 − p)]",
        inputs: [CheckedInput("x", [4, 3, 6])], isTraining: true,
        reference: { module, x, context in
            projected(module, x[0], x[0], lengths: nil, isCausal: true, dropout: (0.3, context.nextKey()), context)
        },
        make: { MultiHeadAttention(6, heads: 3, dropout: 0.3, key: RandomKey(seed: 0), scalarType: $0) }
    ) { module, x, context in
        let result = module(x[0], lengths: nil, isCausal: true, context)
        return [result.output, result.weights]
    }

    private static let subject = "multiHeadAttention(queries:keys:values:heads:scale:lengths:isCausal:dropout:)"
    private static let equation = "for each head: a = softmax(scale query · key); context = Σ a ⊙ value"

    private static func manyHeads(
        _ variant: String, target: Int, source: Int, heads: Int, widths: (key: Int, value: Int), lengths: [Int32]? = nil,
        isCausal: Bool = false, scale: Double? = nil, dropout: Double? = nil, sampledElements: Int? = nil
    ) -> CatalogueEntry {
        let dropout = dropout.map { (probability: $0, key: RandomKey(seed: 7)) }
        return .function(
            subject, variant, in: .fused, equation: equation,
            inputs: [
                CheckedInput("queries", [target, 3, heads * widths.key]), CheckedInput("keys", [source, 3, heads * widths.key]),
                CheckedInput("values", [source, 3, heads * widths.value]),
            ],
            sampledElements: sampledElements,
            reference: { x in
                let result = multiHeadAttentionReference(
                    queries: x[0], keys: x[1], values: x[2], heads: heads, scale: scale, lengths: lengths, isCausal: isCausal,
                    dropout: dropout)
                return [result.contexts, result.weights]
            },
            { x in
                let result = multiHeadAttention(
                    queries: x[0], keys: x[1], values: x[2], heads: heads, scale: scale, lengths: lengths, isCausal: isCausal,
                    dropout: dropout)
                return [result.contexts, result.weights]
            })
    }

    /// What the module computes, from its parameters and the plain reference.
    static func projected(
        _ module: MultiHeadAttention, _ x: Tensor, _ y: Tensor, lengths: [Int32]?, isCausal: Bool,
        dropout: (probability: Double, key: RandomKey)? = nil,
        _ context: Context
    ) -> [Tensor] {
        let parameters = module.parameters
        let project = { (name: String, x: Tensor) in
            let own = { (part: String) in parameters.first { $0.name == "\(name).\(part)" }.map { context[$0.parameter] } }
            guard let weight = own("weight") else { preconditionFailure("there is no \(name)") }
            return linear(x, weight, bias: own("bias"))
        }
        let read = multiHeadAttentionReference(
            queries: project("query", x), keys: project("key", y), values: project("value", y), heads: module.heads, lengths: lengths,
            isCausal: isCausal, dropout: dropout)
        return [project("output", read.contexts), read.weights]
    }
}
