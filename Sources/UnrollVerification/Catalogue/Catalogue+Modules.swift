import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Building blocks that own parameters.
    static let modules: [CatalogueEntry] =
        linearModules + AttentionKind.allCases.map(attentionModule) + headModules + [droppingHeads] + lookups + outputLayers
        + multiplicatives + unrolled
        + temporalConvolutions + memories + transformerModules

    private static let linearModules: [CatalogueEntry] = [
        .module(
            "Linear", "with bias", equation: "y = x Wᵀ + b", inputs: [CheckedInput("x", [3, 2, 5])],
            make: { Linear(5, 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], context)] },
        .module(
            "Linear", "without bias", equation: "y = x Wᵀ", inputs: [CheckedInput("x", [3, 5])],
            make: { Linear(5, 4, hasBias: false, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], context)] },
        .module(
            "Linear", "two ranges of columns", equation: "y = [a, b] Wᵀ + bias",
            inputs: [CheckedInput("a", [3, 2]), CheckedInput("b", [3, 5])],
            reference: { module, x, context in [module(concatenated(x, axis: 1), context)] },
            make: { Linear(7, 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in
            [module(x[0], context, columns: 0..<2) + module(x[1], context, columns: 2..<7, addsBias: false)]
        },
        .module(
            "LayerNorm", equation: "y = scale ⊙ (x − mean) / √(var + ε) + shift", inputs: [CheckedInput("x", [3, 2, 5])],
            make: { LayerNorm(5, scalarType: $0) }
        ) { module, x, context in [module(x[0], context)] },
        .module(
            "Dropout", "training", equation: "y = mask ⊙ x / (1 − p)", inputs: [CheckedInput("x", [5, 13])], isTraining: true,
            make: { _ in Dropout(0.3) }
        ) { module, x, context in [module(x[0], context), module(x[0], context)] },
        .module(
            "Dropout", "variational, training", equation: "y(t) = mask ⊙ x(t) / (1 − p), one mask for all t",
            inputs: [CheckedInput("x", [4, 2, 13])], isTraining: true,
            reference: { module, x, context in
                let mask = dropout(
                    Tensor(repeating: 1, shape: [2, 13], scalarType: x[0].scalarType), probability: 0.3, key: context.nextKey())
                return [stacked((0..<4).map { x[0].at($0) * mask })]
            },
            make: { _ in Dropout(0.3, isVariational: true) }
        ) { module, x, context in [module(x[0], context)] },
        .module(
            "Dropout", "inference", equation: "y = x", inputs: [CheckedInput("x", [5, 13])], reference: { _, x, _ in x },
            make: { _ in Dropout(0.3) }
        ) { module, x, context in [module(x[0], context)] },
    ]

    private static func attentionModule(_ kind: AttentionKind) -> CatalogueEntry {
        let (time, batch, width) = (5, 3, 6)
        let memory = kind == .dot ? 4 : 2
        let lengths: [Int32] = [5, 1, 3]
        return .module(
            "Attention", kind.rawValue, equation: "a = softmax(score(query, key)); context = Σ a ⊙ value, two queries of one memory",
            inputs: [
                CheckedInput("first query", [batch, 4]), CheckedInput("second query", [batch, 4]),
                CheckedInput("memory", [time, batch, memory]),
            ],
            reference: { module, x, context in
                x[0...1].flatMap { CatalogueEntry.plainAttention(module, query: $0, memory: x[2], lengths: lengths, context) }
            },
            make: { Attention(kind, querySize: 4, memorySize: memory, width: width, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in
            let memory = module.memory(x[2], lengths: lengths, context)
            return x[0...1].flatMap { query in
                let result = module(query, memory, context)
                return [result.context, result.weights]
            }
        }
    }

    private static let lookups: [CatalogueEntry] = [(variant: "every token trained", padding: Int32?.none), ("padding token 1", 1)].map {
        variant, padding in
        .module(
            "Embedding", variant, equation: "y[i, :] = W[tokens[i], :]", inputs: [],
            untrained: padding.map { ("weight", Int($0) * 5..<Int($0) * 5 + 5) },
            make: { Embedding(vocabulary: 7, width: 5, padding: padding, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, _, context in [module(Tensor([2, 6, 1, 2, 1, 0] as [Int32], shape: [3, 2]), context)] }
    }

    private static let outputLayers: [CatalogueEntry] = [
        .module(
            "OutputLayer", "loss", equation: "loss = −scale Σ q ⊙ log softmax(x Wᵀ + b)", inputs: [CheckedInput("x", [2, 3, 5])],
            reference: { module, x, context in
                [
                    crossEntropyReference(
                        hidden: x[0].reshaped(to: [6, 5]), weight: context[module.weight], bias: context[module.bias],
                        targets: [3, -1, 6, 0, 3, 1], smoothing: 0.1, scale: 0.5)
                ]
            },
            make: { OutputLayer(5, vocabulary: 7, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module.loss(x[0], targets: [3, -1, 6, 0, 3, 1], smoothing: 0.1, scale: 0.5, context)] },
        .module(
            "OutputLayer", "probabilities", equation: "y = log softmax(x Wᵀ + b)", inputs: [CheckedInput("x", [3, 5])],
            make: { OutputLayer(5, vocabulary: 7, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module.logProbabilities(x[0], context)] },
    ]
}
