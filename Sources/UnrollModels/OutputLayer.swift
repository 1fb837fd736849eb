import UnrollKernels
import UnrollModules
import UnrollTensors

/// The layer from features to the vocabulary. Its loss and its logits are made here, so that the logits of a whole batch need not exist at once.
public struct OutputLayer: Module {
    /// [vocabulary, features].
    public let weight: Parameter
    /// [vocabulary].
    public let bias: Parameter

    /// A layer with its own weight, or with a table of embeddings as its weight.
    public init(_ features: Int, vocabulary: Int, tied: Parameter? = nil, key: RandomKey, scalarType: ScalarType = .float32) {
        weight = tied ?? Parameter(Initializer.xavierUniform.matrix(vocabulary, features, key: key, scalarType))
        bias = Parameter(.zeros([vocabulary], scalarType))
        precondition(weight.shape == [vocabulary, features], "a tied table of shape \(weight.shape) for \(vocabulary) × \(features)")
    }

    /// The summed cross entropy times `scale`. features: [..., features]; a negative target is left out.
    public func loss(
        _ features: Tensor, targets: [Int32], smoothing: Double = 0, scale: Double = 1, _ context: Context
    ) -> Tensor {
        crossEntropy(
            hidden: features.reshaped(to: [targets.count, features.shape[-1]]), weight: context[weight], bias: context[bias],
            targets: targets, smoothing: smoothing, scale: scale)
    }

    /// log softmax(W x + b). features: [rows, features] → [rows, vocabulary].
    public func logProbabilities(_ features: Tensor, _ context: Context) -> Tensor {
        logSoftmax(linear(features, context[weight], bias: context[bias]))
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight", weight, .product)
        visitor("bias", bias)
    }
}
