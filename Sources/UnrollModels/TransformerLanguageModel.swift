import UnrollKernels
import UnrollModules
import UnrollTensors

/// A language model of attention alone: what the next token is, from those before it (Radford 2018, with the layers of Vaswani 2017).
///
///     y = layers(dropout(√width E[token] + p)), no step seeing a later one      p(token(t+1)) = softmax(W y(t) + b)
///
/// It reads at most `context` tokens at once. A longer text is read in windows that overlap by half: when a window is full, the next one begins `stride`
/// tokens further on, with positions counted from its own beginning. So each token is said from at least half a context, and what writes a text,
/// token by token, sees what measuring that text sees.
public struct TransformerLanguageModel: Module {
    /// What the network is made of.
    public let configuration: TransformerLanguageModelConfiguration
    /// Token vectors.
    public let embedding: Embedding
    /// Positions and layers.
    public let reader: TransformerReader
    /// The layer to the vocabulary.
    public let output: OutputLayer

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - vocabulary: how many tokens there are.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: TransformerLanguageModelConfiguration, vocabulary: Int, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        let width = configuration.reader.width
        embedding = Embedding(vocabulary: vocabulary, width: width, key: key.split(0), scalarType: scalarType)
        reader = TransformerReader(configuration.reader, longest: configuration.context, key: key.split(1), scalarType: scalarType)
        output = OutputLayer(
            width, vocabulary: vocabulary, tied: configuration.tiedEmbeddings ? embedding.weight : nil, key: key.split(2),
            scalarType: scalarType)
    }

    /// Reads windows of text.
    ///
    /// - Parameter tokens: [time, batch], of at most `context` steps.
    /// - Returns: the features for the output layer [time, batch, width].
    public func callAsFunction(_ tokens: Tensor, _ context: Context) -> Tensor {
        precondition(tokens.shape[0] <= configuration.context, "\(tokens.shape[0]) tokens for a context of \(configuration.context)")
        let embedded = context.within("embedding") { embedding(tokens, context) }
        context.report("embedding", embedded)
        return reader(embedded, isCausal: true, context)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        reader.visit(&visitor)
        visitor("output", output)
    }
}

extension TransformerLanguageModel {
    /// What the rows of a batch carry from token to token.
    public struct State: Sendable {
        /// The tokens of the window, [row][step].
        fileprivate var window: [[Int32]]
        fileprivate var cache: TransformerStack.Cache
    }

    /// Reads what a text begins with: what the next token is.
    ///
    /// - Parameters:
    ///   - text: one token at least.
    ///   - rows: how many texts go on from there.
    /// - Returns: the logarithms of the next token's probabilities [rows, vocabulary], and the state after the text.
    public func start(_ text: [Int32], rows: Int, _ context: Context) -> (logProbabilities: Tensor, state: State) {
        let (length, stride) = (configuration.context, configuration.stride)
        let over = max(0, text.count - length)
        let read = read([Array(text[((over + stride - 1) / stride * stride)...])], context)
        let order = [Int32](repeating: 0, count: rows)
        let state = State(window: [[Int32]](repeating: read.state.window[0], count: rows), cache: read.state.cache.gathered(order))
        return (gathered(read.logProbabilities, Tensor(order, shape: [rows])), state)
    }

    /// One more token of each row; to the bit what its window gives when it is read anew.
    public func step(_ tokens: [Int32], _ state: State, _ context: Context) -> (logProbabilities: Tensor, state: State) {
        let position = state.window[0].count
        let window = zip(state.window, tokens).map { $0 + [$1] }
        guard position < configuration.context else { return read(window.map { Array($0.dropFirst(configuration.stride)) }, context) }
        var state = State(window: window, cache: state.cache)
        let features = reader.step(embedding(Tensor(tokens, shape: [tokens.count]), context), at: position, &state.cache, context)
        return (output.logProbabilities(features, context), state)
    }

    /// Begins a window, which the rows have as many tokens of.
    private func read(_ window: [[Int32]], _ context: Context) -> (logProbabilities: Tensor, state: State) {
        let tokens = timeMajor(window)
        let (output, cache) = reader.start(embedding(tokens, context), context)
        return (self.output.logProbabilities(output.at(tokens.shape[0] - 1), context), State(window: window, cache: cache))
    }
}
