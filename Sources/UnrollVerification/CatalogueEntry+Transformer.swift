import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

/// Entries for the layers of a Transformer that exists.
extension CatalogueEntry {
    /// The layers that read a sequence.
    static func reader(_ reader: SequenceReader, _ configuration: SequenceReaderConfiguration) -> [CatalogueEntry] {
        switch (reader, configuration) {
        case (.recurrent(let layers, _), .recurrent(let choices)): stack("recurrence", layers, choices.cell, choices.cellOptions)
        case (.transformer(let layers), .transformer(let choices, _)): Self.reader(layers, choices)
        default: preconditionFailure("layers of another kind than their configuration's")
        }
    }

    /// Positions that are learnt, the layers, and the norm at their end.
    static func reader(
        _ reader: TransformerReader, _ configuration: TransformerReaderConfiguration, isCausal: Bool = false
    ) -> [CatalogueEntry] {
        let learnt = reader.positions.longest.map { positions("positions", reader.positions, longest: $0, configuration.width) }
        let layers = reader.layers.layers.enumerated().map { place, layer in
            transformerLayer("transformer.layers.\(place)", layer, configuration.width, configuration.layerOptions, isCausal: isCausal)
        }
        let end = reader.layers.norm.map { norm("transformer.norm", $0) }
        return [learnt].compactMap { $0 } + layers + [end].compactMap { $0 }
    }

    /// A layer over a padded sequence; a decoder's sees no later step, and may read a padded memory as well.
    static func transformerLayer(
        _ name: String, _ original: TransformerLayer, _ features: Int, _ options: TransformerLayerOptions, isCausal: Bool = false
    ) -> CatalogueEntry {
        let readsMemory = original.memoryAttention != nil
        let isCausal = isCausal || readsMemory
        var plain = options
        (plain.dropout, plain.attentionDropout, plain.activationDropout) = (0, 0, 0)
        let options = plain
        let lengths: [Int32] = [4, 1, 3]
        return .layer(
            "TransformerLayer", "\(name): \(features), \(options.heads) heads, \(options.inner) \(options.activation.rawValue)",
            equation: options.norm == .pre ? "y = x + f(norm(x))" : "y = norm(x + f(x))",
            inputs: [CheckedInput("x", [4, 3, features])] + (readsMemory ? [CheckedInput("memory", [4, 3, features])] : []),
            original: original,
            reference: { layer, x, context in
                PlainTransformer.layer(
                    layer, options, x[0], lengths: isCausal ? nil : lengths, isCausal: isCausal,
                    memory: readsMemory ? .init(encoded: x[1], lengths: lengths) : nil, context)
            },
            make: { TransformerLayer(features, options, readsMemory: readsMemory, key: .blank, scalarType: $0) }
        ) { layer, x, context in
            let memory = readsMemory ? layer.memory(x[1], lengths: lengths, context) : nil
            let result = layer(x[0], lengths: isCausal ? nil : lengths, isCausal: isCausal, memory: memory, context)
            return [result.output] + (result.weights.map { [$0] } ?? [])
        }
    }

    /// A norm of features.
    static func norm(_ name: String, _ original: LayerNorm) -> CatalogueEntry {
        let features = original.weight.shape[0]
        return .layer(
            "LayerNorm", "\(name): \(features)", equation: "y = scale ⊙ (x − mean) / √(var + ε) + shift",
            inputs: [CheckedInput("x", [3, features])], original: original,
            reference: { layer, x, context in [PlainTransformer.normalised(layer, x[0], context)] },
            make: { LayerNorm(features, scalarType: $0) }
        ) { layer, x, context in [layer(x[0], context)] }
    }

    /// Learnt positions: the first ones and the last.
    static func positions(_ name: String, _ original: PositionEncoding, longest: Int, _ width: Int) -> CatalogueEntry {
        .layer(
            "PositionEncoding", "\(name): \(longest) × \(width)", equation: "p(t) = W[t]", original: original,
            make: { PositionEncoding(.learned, width: width, longest: longest, key: .blank, scalarType: $0) }
        ) { layer, _, context in [layer(0..<min(3, longest), context), layer(longest - 1..<longest, context)] }
    }
}
