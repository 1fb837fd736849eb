import UnrollKernels
import UnrollModules
import UnrollTensors

/// A recurrent network that says which of several classes a sequence of tokens belongs to.
///
///     h(t) = layers(E[token(t)])      v = pooling(h)      p(class) = softmax(W v + b)
public struct SequenceClassifier: Module {
    /// What the network is made of.
    public let configuration: SequenceClassifierConfiguration
    /// Token vectors.
    public let embedding: Embedding
    /// The recurrent layers.
    public let recurrence: RecurrentStack
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
        let reader = configuration.reader
        embedding = Embedding(
            vocabulary: vocabulary, width: configuration.embedding, padding: 0, key: key.split(0), scalarType: scalarType)
        recurrence = reader.stack(inputSize: configuration.embedding, key: key.split(1), scalarType: scalarType)
        pooling = Pooling(configuration.pooling, features: reader.outputSize, key: key.split(2), scalarType: scalarType)
        output = OutputLayer(reader.outputSize, vocabulary: classes, key: key.split(3), scalarType: scalarType)
        dropout = Dropout(reader.dropout, isVariational: reader.variationalDropout)
    }

    /// What the output layer sees of each sequence.
    ///
    /// - Parameters:
    ///   - tokens: [time, batch], padded with 0.
    ///   - lengths: for each sequence how many tokens count.
    /// - Returns: [batch, features], and where attention looked, [batch, time], if it pools.
    public func callAsFunction(_ tokens: Tensor, lengths: [Int32], _ context: Context) -> (features: Tensor, weights: Tensor?) {
        let embedded = context.within("embedding") { dropout(embedding(tokens, context), context) }
        context.report("embedding", embedded)
        let (outputs, states) = context.within("recurrence") { recurrence(embedded, lengths: lengths, context) }
        let (pooled, weights) = pooling(outputs, states: states, lengths: lengths, context)
        context.report("pooling", pooled)
        return (dropout(pooled, context), weights)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        visitor("recurrence", recurrence)
        visitor("pooling", pooling)
        visitor("output", output)
    }
}
