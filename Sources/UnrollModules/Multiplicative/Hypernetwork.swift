import UnrollKernels
import UnrollTensors

/// A static hypernetwork (Ha 2016): two linear layers that make the weight of a layer from an embedding e of that layer.
///
///     a_j = V_j e + d_j for each input j      W[:, j] = M a_j + m
///
/// M and m are shared by all columns of W, and the hypernetwork by all layers of one size, which differ by their embeddings alone: many layers
/// with few numbers.
public struct Hypernetwork: Module {
    /// Features of an embedding.
    public let embeddingSize: Int
    /// Inputs of a layer.
    public let inputs: Int
    /// Outputs of a layer.
    public let outputs: Int
    private let first: Linear
    private let second: Linear

    /// A network that makes weights of shape [outputs, inputs]; `width` is the size of a_j. A weight starts as uniform numbers that keep the
    /// size of a signal, for an embedding of normal numbers.
    public init(
        embeddingSize: Int, width: Int, inputs: Int, outputs: Int, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.embeddingSize = embeddingSize
        self.inputs = inputs
        self.outputs = outputs
        // With variances 1/embeddingSize and 1/(width · inputs) an element of W has the variance 1/inputs.
        let deviation = { (fanIn: Int) in 1 / Double(max(1, fanIn)).squareRoot() }
        first = Linear(
            embeddingSize, inputs * width, initializer: .normal(deviation: deviation(embeddingSize)), key: key.split(0),
            scalarType: scalarType)
        second = Linear(
            width, outputs, initializer: .normal(deviation: deviation(width * inputs)), key: key.split(1), scalarType: scalarType)
    }

    /// embedding: [embeddingSize] → W, [outputs, inputs].
    public func callAsFunction(_ embedding: Tensor, _ context: Context) -> Tensor {
        let columns = first(embedding.reshaped(to: [1, embeddingSize]), context)
        return second(columns.reshaped(to: [inputs, columns.count / max(1, inputs)]), context).transposed()
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("first", first)
        visitor("second", second)
    }
}

/// y = x W(e)ᵀ + b, where a hypernetwork makes W of this layer's embedding e.
public struct HyperLinear: Layer {
    /// What makes the weight; other layers may share it.
    public let hypernetwork: Hypernetwork
    /// e, [embeddingSize].
    public let embedding: Parameter
    /// b, [outputs], starts at zero.
    public let bias: Parameter

    /// A layer with an embedding of its own.
    public init(_ hypernetwork: Hypernetwork, key: RandomKey, scalarType: ScalarType = .float32) {
        self.hypernetwork = hypernetwork
        embedding = Parameter(.normal([hypernetwork.embeddingSize], key: key, scalarType))
        bias = Parameter(.zeros([hypernetwork.outputs], scalarType))
    }

    /// x: […, inputs] → […, outputs].
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        linear(x, hypernetwork(context[embedding], context), bias: context[bias])
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        visitor("bias", bias)
        visitor("hypernetwork", hypernetwork)
    }
}
