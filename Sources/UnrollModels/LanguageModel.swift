import UnrollKernels
import UnrollModules
import UnrollTensors

/// A recurrent language model: what the next token is, from all that came before (Mikolov 2010; Zaremba 2014).
///
///     x(t) = E[token(t)]      h(t) = cells(x(t), h(t−1))      p(token(t+1)) = softmax(W h(t) + b)
///
/// A long text is read in pieces. The states that one piece ends with begin the next one, detached, so that only gradients stop where the text
/// was cut (truncated back-propagation through time):
///
///     var states: [[RecurrentState]]?
///     for (tokens, targets) in pieces {
///         let (loss, gradients, last) = valueAndGradients(of: model) { context in
///             let (features, last) = model(tokens, states: states, context)
///             return (loss: model.output.loss(features, targets: targets, scale: 1 / Double(targets.count), context), extra: last)
///         }
///         optimizer.update(gradients, rate: 1)
///         states = last.map { $0.map { $0.detached() } }
///     }
public struct LanguageModel: Module {
    /// What the network is made of.
    public let configuration: LanguageModelConfiguration
    /// Token vectors.
    public let embedding: Embedding
    /// The recurrent layers.
    public let recurrence: RecurrentStack
    /// The layer to the vocabulary.
    public let output: OutputLayer
    private let dropout: Dropout

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - vocabulary: how many tokens there are.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(_ configuration: LanguageModelConfiguration, vocabulary: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        self.configuration = configuration
        embedding = Embedding(vocabulary: vocabulary, width: configuration.embedding, key: key.split(0), scalarType: scalarType)
        recurrence = RecurrentStack(
            configuration.cell, inputSize: configuration.embedding, hiddenSize: configuration.hidden, layers: configuration.layers,
            dropout: configuration.dropout, isVariational: configuration.variationalDropout,
            recurrentDropout: configuration.recurrentDropout, initialState: configuration.initialState, options: configuration.cellOptions,
            key: key.split(1), scalarType: scalarType)
        output = OutputLayer(
            configuration.hidden, vocabulary: vocabulary, tied: configuration.tiedEmbeddings ? embedding.weight : nil, key: key.split(2),
            scalarType: scalarType)
        dropout = Dropout(configuration.dropout, isVariational: configuration.variationalDropout)
        if let range = configuration.uniformRange, !key.isBlank {
            for (place, named) in parameters.enumerated() {
                named.parameter.set(.uniform(named.parameter.shape, in: -range..<range, key: key.split(3).split(place), scalarType))
            }
        }
    }

    /// The states before the first token, by layer and direction: zeros.
    public func zeroStates(batch: Int) -> [[RecurrentState]] {
        recurrence.layers.map { $0.map { $0.zeroState(batch: batch, like: embedding.weight.value) } }
    }

    /// States from the tensors of all of their parts in order, as states of this network have them.
    package func states(_ tensors: [Tensor]) -> [[RecurrentState]] {
        var rest = tensors[...]
        return recurrence.layers.map { cells in
            cells.map { cell in
                defer { rest = rest.dropFirst(cell.stateNames.count) }
                return RecurrentState(names: cell.stateNames, tensors: Array(rest.prefix(cell.stateNames.count)))
            }
        }
    }

    /// Reads a piece of text, one in each row of the batch.
    ///
    /// - Parameters:
    ///   - tokens: [time, batch].
    ///   - states: what the piece before it ended with, by layer and direction; what the network begins with where nil.
    /// - Returns: the features for the output layer [time, batch, hidden], and the states after the last token.
    public func callAsFunction(
        _ tokens: Tensor, states: [[RecurrentState]]? = nil, _ context: Context
    ) -> (features: Tensor, states: [[RecurrentState]]) {
        let embedded = context.within("embedding") { dropout(embedding(tokens, context), context) }
        context.report("embedding", embedded)
        let (outputs, last) = context.within("recurrence") { recurrence(embedded, states: states, context) }
        return (dropout(outputs, context), last)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        visitor("recurrence", recurrence)
        visitor("output", output)
    }
}
