import UnrollKernels
import UnrollModules
import UnrollTensors

/// An encoder and a decoder of recurrent layers, with or without attention.
///
/// Sutskever 2014: deep one-directional LSTMs, no attention, reversed source. Bahdanau 2014: a bidirectional GRU, additive attention before
/// the cell. Luong 2015: dot or general attention after the cell, with input feeding. All of them are settings of the configuration.
public struct SequenceToSequence: Module {
    /// What the network is made of.
    public let configuration: SequenceToSequenceConfiguration
    /// Token vectors of the source.
    public let sourceEmbedding: Embedding
    /// The recurrent layers that read the source.
    public let encoder: RecurrentStack
    package let bridge: [[Linear]]
    private let dropout: Dropout
    /// The recurrent layers that write the target.
    public let decoder: RecurrentDecoder
    /// The layer to the target's vocabulary.
    public let output: OutputLayer

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - sourceVocabulary: how many source tokens there are.
    ///   - targetVocabulary: how many target tokens there are.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: SequenceToSequenceConfiguration, sourceVocabulary: Int, targetVocabulary: Int, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        sourceEmbedding = Embedding(
            vocabulary: sourceVocabulary, width: configuration.embedding, padding: 0, key: key.split(0), scalarType: scalarType)
        encoder = RecurrentStack(
            configuration.cell, inputSize: configuration.embedding, hiddenSize: configuration.hidden, layers: configuration.encoderLayers,
            isBidirectional: configuration.bidirectional, dropout: configuration.dropout, isVariational: configuration.variationalDropout,
            recurrentDropout: configuration.recurrentDropout, initialState: configuration.initialState, options: configuration.cellOptions,
            key: key.split(1), scalarType: scalarType)
        let targetEmbedding =
            configuration.tiedEmbeddings == .all
            ? sourceEmbedding
            : Embedding(
                vocabulary: targetVocabulary, width: configuration.embedding, padding: 0, key: key.split(2), scalarType: scalarType)
        decoder = RecurrentDecoder(configuration, embedding: targetEmbedding, key: key.split(3), scalarType: scalarType)
        output = OutputLayer(
            configuration.readoutSize, vocabulary: targetVocabulary,
            tied: configuration.tiedEmbeddings == .none ? nil : targetEmbedding.weight, key: key.split(4), scalarType: scalarType)
        dropout = Dropout(configuration.dropout, isVariational: configuration.variationalDropout)
        let sizes = decoder.stateSizes
        bridge =
            configuration.bridge != .dense
            ? []
            : (0..<configuration.decoderLayers).map { layer in
                sizes.indices.map { part in
                    Linear(
                        (configuration.bidirectional ? 2 : 1) * sizes[part], sizes[part], key: key.split(8 + layer * sizes.count + part),
                        scalarType: scalarType)
                }
            }
    }

    /// Reads the source.
    ///
    /// - Parameters:
    ///   - source: tokens [time, batch], padded with 0.
    ///   - lengths: for each row of the batch how many tokens count.
    /// - Returns: what the decoder starts from.
    public func encode(_ source: Tensor, lengths: [Int32], _ context: Context) -> RecurrentDecoder.State {
        let (time, batch) = (source.shape[0], source.shape[1])
        let tokens = configuration.reverseSource ? reversed(source, lengths) : source
        let embedded = context.within("source_embedding") {
            dropout(sourceEmbedding(tokens, context), context)
        }
        context.report("source_embedding", embedded)
        // A batch without padding takes the kernels' unpadded path, whose results are the same bits.
        let isPadded = lengths.contains { $0 < time }
        let (outputs, states) = context.within("encoder") { encoder(embedded, lengths: isPadded ? lengths : nil, context) }
        let memory = decoder.attention.map { attention in
            context.within("attention") { attention.memory(dropout(outputs, context), lengths: lengths, context) }
        }
        return RecurrentDecoder.State(
            layers: firstStates(states, batch: batch, like: outputs, context), memory: memory,
            fed: configuration.inputFeeding ? .zeros([batch, configuration.readoutSize], outputs.scalarType) : nil,
            sentences: Array(0..<Int32(batch)))
    }

    private func firstStates(
        _ states: [[RecurrentState]], batch: Int, like outputs: Tensor, _ context: Context
    ) -> [RecurrentState] {
        switch configuration.bridge {
        case .copy: return states.map { $0[0] }
        case .zero: return decoder.cells.map { $0.zeroState(batch: batch, like: outputs) }
        case .dense:
            let names = decoder.stateNames
            let last = states[states.count - 1]
            return bridge.map { projections in
                let parts = projections.enumerated().map { part, projection in
                    tanh(projection(concatenated(last.map { $0.tensors[part] }, axis: 1), context))
                }
                return RecurrentState(names: names, tensors: parts)
            }
        }
    }

    /// The features that the output layer sees when the decoder is fed the right tokens (teacher forcing).
    ///
    /// - Parameters:
    ///   - source: tokens [sourceTime, batch].
    ///   - lengths: of the sources.
    ///   - target: tokens [time, batch], each sentence beginning with `<s>`.
    /// - Returns: [time, batch, readoutSize].
    public func features(source: Tensor, lengths: [Int32], target: Tensor, _ context: Context) -> Tensor {
        let state = encode(source, lengths: lengths, context)
        return context.within("decoder") { decoder(target, state, context).features }
    }

    private func reversed(_ source: Tensor, _ lengths: [Int32]) -> Tensor {
        let batch = source.shape[1]
        var tokens = source.tokens
        let original = tokens
        for (row, length) in lengths.enumerated() {
            for step in 0..<Int(length) { tokens[step * batch + row] = original[(Int(length) - 1 - step) * batch + row] }
        }
        return Tensor(tokens, shape: source.shape)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("source_embedding", sourceEmbedding)
        visitor("encoder", encoder)
        for (layer, projections) in bridge.enumerated() {
            for (name, projection) in zip(decoder.stateNames, projections) { visitor("bridge.\(layer).\(name)", projection) }
        }
        visitor("decoder", decoder)
        visitor("output", output)
    }
}

extension SequenceToSequence: StepwiseDecoder {
    /// Encodes the sources.
    public func start(_ sources: [[Int32]], _ context: Context) -> RecurrentDecoder.State {
        encode(timeMajor(sources), lengths: sources.map { Int32($0.count) }, context)
    }

    /// One step; see the protocol.
    public func step(
        _ tokens: [Int32], _ state: RecurrentDecoder.State, wantsWeights: Bool, _ context: Context
    ) -> (logProbabilities: Tensor, state: RecurrentDecoder.State, weights: Tensor?) {
        let result = decoder(Tensor(tokens, shape: [1, tokens.count]), state, context)
        let weights = wantsWeights ? result.weights.first.map(inSourceOrder(state)) : nil
        return (output.logProbabilities(result.features.at(0), context), result.state, weights)
    }

    /// The state's rows in another order, or some of them again.
    public func gathered(_ state: RecurrentDecoder.State, rows: [Int32]) -> RecurrentDecoder.State { state.gathered(rows) }

    /// The rows of one state, and behind them those of another.
    public func joined(_ first: RecurrentDecoder.State, _ second: RecurrentDecoder.State) -> RecurrentDecoder.State {
        first.joined(with: second)
    }

    /// Attention weights by the source's own order of tokens, where the encoder has read it backwards.
    private func inSourceOrder(_ state: RecurrentDecoder.State) -> (Tensor) -> Tensor {
        { weights in
            guard configuration.reverseSource, let lengths = state.memory?.lengths else { return weights }
            let (rows, time) = (weights.shape[0], weights.shape[1])
            let given = weights.floats
            var turned = [Float](repeating: 0, count: rows * time)
            for (row, length) in lengths.enumerated() {
                for step in 0..<Int(length) { turned[row * time + step] = given[row * time + Int(length) - 1 - step] }
            }
            return Tensor(turned, shape: weights.shape)
        }
    }
}
