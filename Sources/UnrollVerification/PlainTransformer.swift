import UnrollModels
import UnrollModules
import UnrollTensors

/// The equations of a Transformer, written with plain operations: what its layers are checked against.
enum PlainTransformer {
    /// What a layer reads beside its input.
    struct Memory {
        let encoded: Tensor
        let lengths: [Int32]?
    }

    /// x: [time, batch, features] → the output, and the weights over the memory where one is read.
    static func layer(
        _ layer: TransformerLayer, _ options: TransformerLayerOptions, _ x: Tensor, lengths: [Int32]? = nil, isCausal: Bool = false,
        memory: Memory? = nil, _ context: Context
    ) -> [Tensor] {
        var weights: [Tensor] = []
        var sublayers: [(Tensor) -> Tensor] = [
            { Catalogue.projected(layer.selfAttention, $0, $0, lengths: lengths, isCausal: isCausal, context)[0] }
        ]
        if let attention = layer.memoryAttention, let memory {
            sublayers.append {
                let read = Catalogue.projected(attention, $0, memory.encoded, lengths: memory.lengths, isCausal: false, context)
                weights = [read[1]]
                return read[0]
            }
        }
        sublayers.append { feedForward(layer.feedForward, $0, context) }
        var y = x
        for (norm, sublayer) in zip(layer.norms, sublayers) {
            switch options.norm {
            case .pre: y = y + sublayer(normalised(norm, y, context))
            case .post: y = normalised(norm, y + sublayer(y), context)
            }
        }
        return [y] + weights
    }

    /// Layers above one another: the output, and the weights of each decoder's layer.
    static func stack(
        _ stack: TransformerStack, _ options: TransformerLayerOptions, _ x: Tensor, lengths: [Int32]? = nil, isCausal: Bool = false,
        memory: Memory? = nil, _ context: Context
    ) -> [Tensor] {
        var (y, weights) = (x, [Tensor]())
        for one in stack.layers {
            let result = layer(one, options, y, lengths: lengths, isCausal: isCausal, memory: memory, context)
            y = result[0]
            weights += result.dropFirst()
        }
        return [stack.norm.map { normalised($0, y, context) } ?? y] + weights
    }

    /// Layers over vectors with their positions, the steps beyond a sequence's end as they come.
    static func reader(
        _ reader: TransformerReader, _ configuration: TransformerReaderConfiguration, _ x: Tensor, lengths: [Int32]? = nil,
        isCausal: Bool = false, _ context: Context
    ) -> Tensor {
        let steps = (0..<x.shape[0]).map { step in
            Double(configuration.width).squareRoot() * x.at(step) + reader.positions(step..<step + 1, context)
        }
        return stack(reader.layers, configuration.layerOptions, stacked(steps), lengths: lengths, isCausal: isCausal, context)[0]
    }

    /// The features of a whole network under teacher forcing.
    static func features(_ model: Transformer, source: Tensor, lengths: [Int32], target: Tensor, _ context: Context) -> Tensor {
        let options = model.configuration.layerOptions
        let embedded = { (tokens: Tensor, embedding: Embedding, positions: PositionEncoding) in
            let steps = (0..<tokens.shape[0]).map { step in
                let scaled = Double(model.configuration.width).squareRoot() * embedding(tokens.at(step), context)
                return scaled + positions(step..<step + 1, context)
            }
            return stacked(steps)
        }
        let encoded = stack(
            model.encoder, options, embedded(source, model.sourceEmbedding, model.sourcePositions), lengths: lengths, context)[0]
        return stack(
            model.decoder, options, embedded(target, model.targetEmbedding, model.targetPositions), isCausal: true,
            memory: Memory(encoded: encoded, lengths: lengths), context)[0]
    }

    /// W₂ f(W₁ x + b₁) + b₂.
    static func feedForward(_ layer: FeedForward, _ x: Tensor, _ context: Context) -> Tensor {
        let inner = layer.first(x, context)
        let active: Tensor =
            switch layer.activation {
            case .relu: (inner + abs(inner)) / 2
            case .gelu: gelu(inner)
            case .silu: inner * sigmoid(inner)
            }
        return layer.second(active, context)
    }

    /// weight ⊙ (x − mean) / √(variance + ε) + bias.
    static func normalised(_ norm: LayerNorm, _ x: Tensor, _ context: Context) -> Tensor {
        let centred = x - mean(x, axis: -1, keepsAxis: true)
        let deviation = sqrt(mean(square(centred), axis: -1, keepsAxis: true) + 1e-5)
        return context[norm.weight] * (centred / deviation) + context[norm.bias]
    }
}
