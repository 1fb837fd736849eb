import UnrollKernels
import UnrollModules
import UnrollTensors

/// An encoder and a decoder of attention alone (Vaswani 2017).
///
///     x(t) = dropout(√width E[token(t)] + p(t))      p(next token) = softmax(W y(t) + b)
///
/// `TransformerLayer` has the equations of the layers. Tied tables: Press & Wolf 2017.
public struct Transformer: Module {
    /// What the network is made of.
    public let configuration: TransformerConfiguration
    /// Token vectors of the source.
    public let sourceEmbedding: Embedding
    /// Token vectors of the target.
    public let targetEmbedding: Embedding
    /// Vectors of the source's positions.
    public let sourcePositions: PositionEncoding
    /// Vectors of the target's positions.
    public let targetPositions: PositionEncoding
    /// The layers that read the source.
    public let encoder: TransformerStack
    /// The layers that write the target.
    public let decoder: TransformerStack
    /// The layer to the target's vocabulary.
    public let output: OutputLayer
    private let dropout: Dropout

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - sourceVocabulary: how many source tokens there are.
    ///   - targetVocabulary: how many target tokens there are.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: TransformerConfiguration, sourceVocabulary: Int, targetVocabulary: Int, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        let (width, options) = (configuration.width, configuration.layerOptions)
        let embedding = { (vocabulary: Int, key: RandomKey) in
            Embedding(vocabulary: vocabulary, width: width, padding: 0, key: key, scalarType: scalarType)
        }
        let positions = { (key: RandomKey) in
            PositionEncoding(
                configuration.positions, width: width, longest: configuration.maximumPositions, key: key, scalarType: scalarType)
        }
        sourceEmbedding = embedding(sourceVocabulary, key.split(0))
        targetEmbedding = configuration.tiedEmbeddings == .all ? sourceEmbedding : embedding(targetVocabulary, key.split(1))
        sourcePositions = positions(key.split(2))
        targetPositions = positions(key.split(3))
        encoder = TransformerStack(
            configuration.encoderLayers, features: width, options, key: key.split(4), scalarType: scalarType)
        decoder = TransformerStack(
            configuration.decoderLayers, features: width, options, readsMemory: true, key: key.split(5), scalarType: scalarType)
        output = OutputLayer(
            width, vocabulary: targetVocabulary, tied: configuration.tiedEmbeddings == .none ? nil : targetEmbedding.weight,
            key: key.split(6), scalarType: scalarType)
        dropout = Dropout(configuration.dropout)
    }

    /// Tokens of any shape as vectors with their positions; `positions` is [steps, 1, width], [rows, width] or [1, width].
    private func embedded(_ tokens: Tensor, _ embedding: Embedding, _ positions: Tensor, _ context: Context) -> Tensor {
        dropout(embedding(tokens, context) * Double(configuration.width).squareRoot() + positions, context)
    }

    private func column(_ positions: Tensor) -> Tensor { positions.reshaped(to: [positions.shape[0], 1, positions.shape[1]]) }

    /// Reads the source.
    ///
    /// - Parameters:
    ///   - source: tokens [time, batch], padded with 0.
    ///   - lengths: for each row of the batch how many tokens count.
    /// - Returns: what each layer of the decoder reads.
    public func encode(_ source: Tensor, lengths: [Int32], _ context: Context) -> [AttentionMemory] {
        let x = context.within("source_embedding") {
            embedded(source, sourceEmbedding, column(sourcePositions(0..<source.shape[0], context)), context)
        }
        context.report("source_embedding", x)
        let encoded = context.within("encoder") { encoder(x, lengths: lengths, context).output }
        return context.within("decoder") { decoder.memories(encoded, lengths: lengths, context) }
    }

    /// Feeds the right tokens (teacher forcing).
    ///
    /// - Parameters:
    ///   - target: tokens [time, batch], each sentence beginning with `<s>`.
    ///   - memories: what `encode` has made.
    /// - Returns: the features for the output layer [time, batch, width], and of each layer the weights over the source
    ///   [batch, heads, time, source].
    public func decode(_ target: Tensor, _ memories: [AttentionMemory], _ context: Context) -> (features: Tensor, weights: [Tensor]) {
        let x = context.within("target_embedding") {
            embedded(target, targetEmbedding, column(targetPositions(0..<target.shape[0], context)), context)
        }
        context.report("target_embedding", x)
        let result = context.within("decoder") { decoder(x, isCausal: true, memories: memories, context) }
        return (result.output, result.weights)
    }

    /// The features that the output layer sees when the decoder is fed the right tokens.
    ///
    /// - Parameters:
    ///   - source: tokens [sourceTime, batch].
    ///   - lengths: of the sources.
    ///   - target: tokens [time, batch], each sentence beginning with `<s>`.
    /// - Returns: [time, batch, width].
    public func features(source: Tensor, lengths: [Int32], target: Tensor, _ context: Context) -> Tensor {
        decode(target, encode(source, lengths: lengths, context), context).features
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("source_embedding", sourceEmbedding)
        visitor("target_embedding", targetEmbedding)
        visitor("source_positions", sourcePositions)
        visitor("target_positions", targetPositions)
        visitor("encoder", encoder)
        visitor("decoder", decoder)
        visitor("output", output)
    }
}

extension Transformer: StepwiseDecoder {
    /// What a row carries from token to token: nothing that a beam's new order would have to move but numbers of rows.
    public struct State: Sendable {
        /// Of each row's next token.
        fileprivate var positions: [Int]
        fileprivate var cache: TransformerStack.Cache
        fileprivate let memories: [AttentionMemory]
        fileprivate var reads: CacheReads
    }

    /// The positions that there are, where they are learnt or limited.
    public var longestSequence: Int? { configuration.positionLimit }

    /// Encodes the sources.
    public func start(_ sources: [[Int32]], _ context: Context) -> State {
        let lengths = sources.map { Int32($0.count) }
        return State(
            positions: sources.map { _ in 0 }, cache: decoder.emptyCache(rows: sources.count),
            memories: encode(timeMajor(sources), lengths: lengths, context), reads: CacheReads(sequences: lengths))
    }

    /// One step; see the protocol. The weights are the mean over the heads of one layer.
    public func step(
        _ tokens: [Int32], _ state: State, wantsWeights: Bool, _ context: Context
    ) -> (logProbabilities: Tensor, state: State, weights: Tensor?) {
        var state = state
        let x = embedded(Tensor(tokens, shape: [tokens.count]), targetEmbedding, encoded(state.positions, context), context)
        let result = decoder.step(
            x, &state.cache, memories: state.memories, reads: state.reads, shown: wantsWeights ? configuration.shownLayer : nil, context)
        state.positions = state.positions.map { $0 + 1 }
        let weights = result.weights.map { sum($0, axis: 1) / Double($0.shape[1]) }
        return (output.logProbabilities(result.output, context), state, weights)
    }

    /// The state's rows in another order, or some of them again.
    public func gathered(_ state: State, rows: [Int32]) -> State {
        var state = state
        state.positions = rows.map { state.positions[Int($0)] }
        state.cache = state.cache.gathered(rows)
        state.reads = state.reads.gathered(rows)
        return state
    }

    /// The rows of one state, and behind them those of another; what no row reads any more is left behind.
    public func joined(_ first: State, _ second: State) -> State {
        let joined = first.reads.joined(with: second.reads)
        return State(
            positions: first.positions + second.positions, cache: first.cache.joined(with: second.cache),
            memories: zip(first.memories, second.memories).map { $0.joined(joined.rows, with: $1, joined.others) }, reads: joined.reads)
    }

    /// The vectors of the rows' positions, [rows, width], or [1, width] where all stand at the same one.
    private func encoded(_ positions: [Int], _ context: Context) -> Tensor {
        let first = positions.min() ?? 0
        let vectors = targetPositions(first..<(positions.max() ?? 0) + 1, context)
        guard vectors.shape[0] > 1 else { return vectors }
        return UnrollTensors.gathered(vectors, Tensor(positions.map { Int32($0 - first) }, shape: [positions.count]))
    }
}
