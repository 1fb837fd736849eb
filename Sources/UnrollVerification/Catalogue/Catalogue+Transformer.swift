import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Positions, feed-forward layers, and the layers of encoders and decoders.
    static let transformerModules: [CatalogueEntry] =
        positions + FeedForwardActivation.allCases.map(feedForward) + NormPlacement.allCases.flatMap(transformerLayers)
        + NormPlacement.allCases.flatMap(transformerStacks)

    private static let positions: [CatalogueEntry] = [
        .module(
            "PositionEncoding", "learned", equation: "p(t) = W[t]", inputs: [CheckedInput("x", [3, 5])],
            make: { PositionEncoding(.learned, width: 5, longest: 6, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [x[0] + module(2..<5, context)] },
        .module(
            "PositionEncoding", "sinusoidal", equation: "p(t) = [sin(t / 10000^(2i/d)), cos(t / 10000^(2i/d))]",
            inputs: [CheckedInput("x", [3, 5])],
            make: { PositionEncoding(.sinusoidal, width: 5, longest: 6, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [x[0] * module(2..<5, context)] },
    ]

    private static func feedForward(_ activation: FeedForwardActivation) -> CatalogueEntry {
        .module(
            "FeedForward", activation.rawValue, equation: "y = W₂ f(W₁ x + b₁) + b₂", inputs: [CheckedInput("x", [3, 2, 5])],
            reference: { module, x, context in [PlainTransformer.feedForward(module, x[0], context)] },
            make: { FeedForward(5, inner: 7, activation: activation, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], context)] }
    }

    private static func options(_ norm: NormPlacement, _ activation: FeedForwardActivation = .relu) -> TransformerLayerOptions {
        var options = TransformerLayerOptions()
        (options.heads, options.inner, options.norm, options.activation) = (2, 7, norm, activation)
        return options
    }

    private static let equations = [NormPlacement.pre: "y = x + f(norm(x))", .post: "y = norm(x + f(x))"]

    private static func transformerLayers(_ norm: NormPlacement) -> [CatalogueEntry] {
        let equation = equations[norm] ?? ""
        let (encoder, decoder) = (options(norm, .gelu), options(norm, .silu))
        var dropping = options(norm)
        (dropping.dropout, dropping.attentionDropout, dropping.activationDropout) = (0.2, 0.1, 0.3)
        let training = dropping
        return [
            .module(
                "TransformerLayer", "encoder, \(norm.rawValue)-norm", equation: equation, inputs: [CheckedInput("x", [4, 3, 6])],
                reference: { module, x, context in PlainTransformer.layer(module, encoder, x[0], lengths: [4, 1, 3], context) },
                make: { TransformerLayer(6, encoder, key: RandomKey(seed: 0), scalarType: $0) }
            ) { module, x, context in [module(x[0], lengths: [4, 1, 3], context).output] },
            .module(
                "TransformerLayer", "decoder, \(norm.rawValue)-norm", equation: equation,
                inputs: [CheckedInput("x", [3, 3, 4]), CheckedInput("memory", [5, 3, 4])],
                reference: { module, x, context in
                    PlainTransformer.layer(
                        module, decoder, x[0], isCausal: true, memory: .init(encoded: x[1], lengths: [5, 2, 1]), context)
                },
                make: { TransformerLayer(4, decoder, readsMemory: true, key: RandomKey(seed: 0), scalarType: $0) }
            ) { module, x, context in
                let memory = module.memory(x[1], lengths: [5, 2, 1], context)
                let result = module(x[0], isCausal: true, memory: memory, context)
                return [result.output] + (result.weights.map { [$0] } ?? [])
            },
            .module(
                "TransformerLayer", "decoder, \(norm.rawValue)-norm, dropout while training", equation: equation,
                inputs: [CheckedInput("x", [3, 2, 4]), CheckedInput("memory", [5, 2, 4])], isTraining: true,
                make: { TransformerLayer(4, training, readsMemory: true, key: RandomKey(seed: 0), scalarType: $0) }
            ) { module, x, context in
                [module(x[0], isCausal: true, memory: module.memory(x[1], lengths: nil, context), context).output]
            },
        ]
    }

    private static func transformerStacks(_ norm: NormPlacement) -> [CatalogueEntry] {
        let options = options(norm, .silu)
        return [
            .module(
                "TransformerStack", "causal, \(norm.rawValue)-norm", equation: equations[norm] ?? "",
                inputs: [CheckedInput("x", [4, 2, 4])],
                reference: { module, x, context in PlainTransformer.stack(module, options, x[0], isCausal: true, context) },
                make: { TransformerStack(2, features: 4, options, key: RandomKey(seed: 0), scalarType: $0) }
            ) { module, x, context in [module(x[0], isCausal: true, context).output] },
            .module(
                "TransformerStack", "decoder, \(norm.rawValue)-norm", equation: equations[norm] ?? "",
                inputs: [CheckedInput("x", [2, 3, 4]), CheckedInput("memory", [4, 3, 4])], seed: 2,
                reference: { module, x, context in
                    PlainTransformer.stack(
                        module, options, x[0], isCausal: true, memory: .init(encoded: x[1], lengths: [4, 1, 3]), context)
                },
                make: { TransformerStack(2, features: 4, options, readsMemory: true, key: RandomKey(seed: 0), scalarType: $0) }
            ) { module, x, context in
                let memories = module.memories(x[1], lengths: [4, 1, 3], context)
                let result = module(x[0], isCausal: true, memories: memories, context)
                return [result.output] + result.weights
            },
        ]
    }

    /// Whole Transformers.
    static let transformers: [CatalogueEntry] = [
        transformer("Vaswani 2017: post-norm, sinusoidal positions") { $0.norm = .post },
        transformer("pre-norm, learned positions, GELU, tied output") {
            ($0.positions, $0.activation, $0.tiedEmbeddings) = (.learned, .gelu, .output)
        },
        transformer("pre-norm, SiLU, every table tied, 2 + 1 layers") {
            ($0.activation, $0.tiedEmbeddings, $0.encoderLayers) = (.silu, .all, 2)
        },
        transformer("dropout while training", isTraining: true) {
            ($0.dropout, $0.attentionDropout, $0.activationDropout) = (0.2, 0.1, 0.1)
        },
    ]

    private static let source = Tensor([2, 5, 3, 4, 0, 6, 0, 0, 2, 0, 0, 5] as [Int32], shape: [4, 3])
    private static let lengths: [Int32] = [2, 1, 4]
    private static let target = Tensor([1, 1, 1, 3, 2, 5, 4, 3, 3] as [Int32], shape: [3, 3])
    private static let targets: [Int32] = [3, 2, 5, 4, -1, 3, 2, -1, 2]

    private static func transformer(
        _ variant: String, isTraining: Bool = false, _ configure: (inout TransformerConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = TransformerConfiguration()
        (choices.width, choices.heads, choices.feedForward, choices.maximumPositions) = (4, 2, 5, 6)
        (choices.encoderLayers, choices.decoderLayers, choices.dropout) = (1, 1, 0)
        configure(&choices)
        let configuration = choices
        let reference: (@Sendable (Transformer, [Tensor], Context) -> [Tensor])? = isTraining ? nil : plain
        return .module(
            "Transformer", variant, in: .model, equation: "loss = −Σ q ⊙ log p(target | source)", inputs: [], isTraining: isTraining,
            reference: reference,
            make: { Transformer(configuration, sourceVocabulary: 7, targetVocabulary: 7, key: RandomKey(seed: 0), scalarType: $0) }
        ) { model, _, context in
            let features = model.features(source: source, lengths: lengths, target: target, context)
            return [model.output.loss(features, targets: targets, smoothing: 0.1, context), features]
        }
    }

    @Sendable private static func plain(_ model: Transformer, _: [Tensor], _ context: Context) -> [Tensor] {
        let features = PlainTransformer.features(model, source: source, lengths: lengths, target: target, context)
        let loss = crossEntropyReference(
            hidden: features.reshaped(to: [targets.count, features.shape[2]]), weight: context[model.output.weight],
            bias: context[model.output.bias], targets: targets, smoothing: 0.1)
        return [loss, features]
    }
}
