import UnrollKernels
import UnrollModules
import UnrollTensors

/// A network that says which of several classes a sequence of tokens belongs to.
///
///     h = layers(E[token])      v = pooling(h)      p(class) = softmax(W v + b)
///
/// `SequenceReader` says what the layers are: recurrent ones, or those of a Transformer.
public struct SequenceClassifier: Module {
    /// What the network is made of.
    public let configuration: SequenceClassifierConfiguration
    /// Token vectors.
    public let embedding: Embedding
    /// What reads the tokens.
    public let reader: SequenceReader
    /// What makes one vector of a sequence.
    public let pooling: Pooling
    /// The layer to the classes.
    public let output: OutputLayer
    private let dropout: Dropout

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - vocabulary: how many tokens there are.
    ///   - classes: how many classes there are.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: SequenceClassifierConfiguration, vocabulary: Int, classes: Int, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        let (width, features) = (configuration.tokenSize, configuration.reader.outputSize)
        embedding = Embedding(vocabulary: vocabulary, width: width, padding: 0, key: key.split(0), scalarType: scalarType)
        reader = SequenceReader(configuration.reader, inputSize: width, key: key.split(1), scalarType: scalarType)
        pooling = Pooling(configuration.pooling, features: features, key: key.split(2), scalarType: scalarType)
        output = OutputLayer(features, vocabulary: classes, key: key.split(3), scalarType: scalarType)
        dropout = configuration.reader.dropout
    }

    /// What the output layer sees of each sequence.
    ///
    /// - Parameters:
    ///   - tokens: [time, batch], padded with 0.
    ///   - lengths: for each sequence how many tokens count.
    /// - Returns: [batch, features], and where attention looked, [batch, time], if it pools.
    public func callAsFunction(_ tokens: Tensor, lengths: [Int32], _ context: Context) -> (features: Tensor, weights: Tensor?) {
        let embedded = context.within("embedding") { embedding(tokens, context) }
        context.report("embedding", embedded)
        let (outputs, states) = reader(embedded, lengths: lengths, context)
        let (pooled, weights) = pooling(outputs, states: states, lengths: lengths, context)
        context.report("pooling", pooled)
        return (dropout(pooled, context), weights)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        reader.visit(&visitor)
        visitor("pooling", pooling)
        visitor("output", output)
    }
}
