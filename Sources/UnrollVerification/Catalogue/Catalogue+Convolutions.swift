import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Causal convolutions over time.
    static let convolutions: [CatalogueEntry] = [
        convolutionEntry("3 taps", time: 6, taps: 3),
        convolutionEntry("dilation 3, taps before the first step", time: 5, taps: 3, dilation: 3),
        convolutionEntry("stride 2", time: 7, taps: 4, stride: 2),
        convolutionEntry("stride 3, dilation 2", time: 8, taps: 2, dilation: 2, stride: 3),
        convolutionEntry("one tap, without bias", time: 4, taps: 1, hasBias: false),
        convolutionEntry("one step", time: 1, taps: 2),
        convolutionEntry("no steps", time: 0, taps: 2),
        convolutionEntry("more than one block", time: 270, taps: 3, dilation: 2, batch: 3, inputs: 41, sampledElements: 6),
        convolutionEntry("more than one block, stride 2", time: 271, taps: 7, stride: 2, batch: 5, inputs: 19, sampledElements: 6),
    ]

    private static func convolutionEntry(
        _ variant: String, time: Int, taps: Int, dilation: Int = 1, stride: Int = 1, batch: Int = 2, inputs: Int = 3, hasBias: Bool = true,
        sampledElements: Int? = nil
    ) -> CatalogueEntry {
        let outputs = 4
        return .function(
            "convolution(_:_:bias:dilation:stride:)", variant, in: .fused, equation: "y(t) = b + Σ_k W_k x(s t − (K − 1 − k) d)",
            inputs: [CheckedInput("x", [time, batch, inputs]), CheckedInput("weight", [outputs, inputs, taps])]
                + (hasBias ? [CheckedInput("bias", [outputs])] : []), sampledElements: sampledElements,
            reference: { x in
                [convolutionReference(x[0], x[1], bias: hasBias ? x[2] : nil, dilation: dilation, stride: stride), x[1] * 2]
            },
            { x in [convolution(x[0], x[1], bias: hasBias ? x[2] : nil, dilation: dilation, stride: stride), x[1] * 2] })
    }

    /// Building blocks and networks of convolutions.
    static let temporalConvolutions: [CatalogueEntry] = [
        .module(
            "CausalConvolution", "weight normalisation", equation: "W = g v / ‖v‖; y(t) = b + Σ_k W_k x(s t − (K − 1 − k) d)",
            inputs: [CheckedInput("x", [6, 2, 3])],
            reference: { module, x, context in
                [normalised(module.parameters.map { context[$0.parameter] }, x[0], dilation: 2, stride: 2)]
            },
            make: { CausalConvolution(3, 4, taps: 3, dilation: 2, stride: 2, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], context)] },
        block("wider than its input", inputs: 2),
        block("as wide as its input", inputs: 4),
        .module(
            "TemporalConvolution", "two strided layers, two blocks", in: .model, equation: "y = ReLU(R x + F(F(x))) block by block",
            inputs: [CheckedInput("x", [9, 2, 1])], seed: 4,
            reference: { module, x, context in
                let own = module.parameters.map { context[$0.parameter] }
                var y = relu(normalised(Array(own[0..<3]), x[0], stride: 2))
                y = relu(normalised(Array(own[3..<6]), y, stride: 2))
                for place in 0..<2 { y = plainBlock(Array(own[6 + 6 * place..<12 + 6 * place]), y, dilation: 1 << place) }
                return [y]
            },
            make: { (type: ScalarType) -> TemporalConvolution in
                var configuration = TemporalConvolutionConfiguration()
                (configuration.strides, configuration.channels, configuration.taps, configuration.blocks) = ([2, 2], 3, 2, 2)
                return TemporalConvolution(configuration, inputs: 1, key: RandomKey(seed: 0), scalarType: type)
            }
        ) { module, x, context in [module(x[0], context).outputs] },
        audioClassifier(.mean),
        audioClassifier(.max),
        audioClassifier(.attention),
        audioClassifier(.last),
    ]

    private static func audioClassifier(_ pooling: PoolingKind) -> CatalogueEntry {
        let lengths: [Int32] = [9, 4]
        return .module(
            "AudioClassifier", "pooling \(pooling.rawValue)", in: .model, equation: "loss = −Σ log p(class | samples)",
            inputs: [CheckedInput("samples", [9, 2, 1])], seed: 4,
            reference: { module, x, context in
                let rows = lengths.enumerated().map { row, length in
                    module(x[0].sliced(row..<row + 1, axis: 1).sliced(0..<Int(length), axis: 0), lengths: [length], context).features
                }
                let features = concatenated(rows, axis: 0)
                let (weight, bias) = (context[module.output.weight], context[module.output.bias])
                return [crossEntropyReference(hidden: features, weight: weight, bias: bias, targets: [2, 0]), features]
            },
            make: { (type: ScalarType) -> AudioClassifier in
                var configuration = AudioClassifierConfiguration()
                configuration.pooling = pooling
                (configuration.convolution.strides, configuration.convolution.channels) = ([2], 3)
                (configuration.convolution.taps, configuration.convolution.blocks) = (2, 2)
                return AudioClassifier(configuration, classes: 3, key: RandomKey(seed: 0), scalarType: type)
            }
        ) { module, x, context in
            let features = module(x[0], lengths: lengths, context).features
            return [module.output.loss(features, targets: [2, 0], context), features]
        }
    }

    private static func block(_ variant: String, inputs: Int) -> CatalogueEntry {
        .module(
            "TemporalBlock", variant, equation: "y = ReLU(R x + F(F(x))); F(x) = ReLU(conv(x))",
            inputs: [CheckedInput("x", [7, 2, inputs])], seed: 3,
            reference: { module, x, context in [plainBlock(module.parameters.map { context[$0.parameter] }, x[0], dilation: 2)] },
            make: { TemporalBlock(inputs, 4, taps: 3, dilation: 2, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], context)] }
    }

    private static func plainBlock(_ own: [Tensor], _ x: Tensor, dilation: Int) -> Tensor {
        let first = relu(normalised(Array(own[0..<3]), x, dilation: dilation))
        let second = relu(normalised(Array(own[3..<6]), first, dilation: dilation))
        return relu((own.count > 6 ? linear(x, own[6], bias: own[7]) : x) + second)
    }

    /// A convolution whose weight is normalised output by output.
    static func normalised(_ own: [Tensor], _ x: Tensor, dilation: Int = 1, stride: Int = 1) -> Tensor {
        let (v, g) = (own[0], own[1])
        let weights = (0..<v.shape[0]).map { output in
            let row = v.sliced(output..<output + 1, axis: 0)
            return row * g.sliced(output..<output + 1, axis: 0) / sqrt(sum(square(row)))
        }
        return convolutionReference(x, concatenated(weights, axis: 0), bias: own[2], dilation: dilation, stride: stride)
    }
}
