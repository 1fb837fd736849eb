import UnrollKernels
import UnrollModules
import UnrollTensors

/// What a network that translates is made of; the recipe's `model` section, stored in every model file.
public enum TranslationConfiguration: Codable, Sendable, Equatable {
    /// Recurrent layers, with or without attention.
    case recurrent(SequenceToSequenceConfiguration)
    /// Attention alone.
    case transformer(TransformerConfiguration)

    /// What kind of network it is.
    public var kind: NetworkKind {
        switch self {
        case .recurrent: .recurrent
        case .transformer: .transformer
        }
    }

    /// Reads the kind, recurrent where it is absent, and the keys of that kind.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        switch try NetworkKind(in: decoder) {
        case .recurrent: self = .recurrent(try SequenceToSequenceConfiguration(from: decoder))
        case .transformer: self = .transformer(try TransformerConfiguration(from: decoder))
        }
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try kind.write(to: encoder)
        switch self {
        case .recurrent(let configuration): try configuration.encode(to: encoder)
        case .transformer(let configuration): try configuration.encode(to: encoder)
        }
    }

    /// The equations in use, in one line.
    public var equations: String {
        switch self {
        case .recurrent(let configuration): configuration.equations
        case .transformer(let configuration): configuration.equations
        }
    }

    /// Which tables are one.
    public var tiedEmbeddings: EmbeddingTying {
        switch self {
        case .recurrent(let configuration): configuration.tiedEmbeddings
        case .transformer(let configuration): configuration.tiedEmbeddings
        }
    }

    /// Whether the decoder looks at the source's steps, so that there is an alignment.
    public var hasAttention: Bool {
        switch self {
        case .recurrent(let configuration): configuration.attention != .none
        case .transformer: true
        }
    }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(sourceVocabulary: Int, targetVocabulary: Int) -> Double {
        switch self {
        case .recurrent(let configuration):
            configuration.leastParameterCount(sourceVocabulary: sourceVocabulary, targetVocabulary: targetVocabulary)
        case .transformer(let configuration):
            configuration.leastParameterCount(sourceVocabulary: sourceVocabulary, targetVocabulary: targetVocabulary)
        }
    }
}

/// A network that translates, of either kind.
public enum TranslationNetwork: Module {
    /// Recurrent layers, with or without attention.
    case recurrent(SequenceToSequence)
    /// Attention alone.
    case transformer(Transformer)

    /// A network with its weights drawn anew; see those of the two kinds.
    public init(
        _ configuration: TranslationConfiguration, sourceVocabulary: Int, targetVocabulary: Int, key: RandomKey
    ) {
        switch configuration {
        case .recurrent(let configuration):
            self = .recurrent(
                SequenceToSequence(configuration, sourceVocabulary: sourceVocabulary, targetVocabulary: targetVocabulary, key: key))
        case .transformer(let configuration):
            self = .transformer(
                Transformer(configuration, sourceVocabulary: sourceVocabulary, targetVocabulary: targetVocabulary, key: key))
        }
    }

    /// What the network is made of.
    public var configuration: TranslationConfiguration {
        switch self {
        case .recurrent(let network): .recurrent(network.configuration)
        case .transformer(let network): .transformer(network.configuration)
        }
    }

    /// The layer to the target's vocabulary.
    public var output: OutputLayer {
        switch self {
        case .recurrent(let network): network.output
        case .transformer(let network): network.output
        }
    }

    /// The features that the output layer sees when the decoder is fed the right tokens; see those of the two kinds.
    public func features(source: Tensor, lengths: [Int32], target: Tensor, _ context: Context) -> Tensor {
        switch self {
        case .recurrent(let network): network.features(source: source, lengths: lengths, target: target, context)
        case .transformer(let network): network.features(source: source, lengths: lengths, target: target, context)
        }
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        switch self {
        case .recurrent(let network): network.visit(&visitor)
        case .transformer(let network): network.visit(&visitor)
        }
    }
}

extension TranslationNetwork: StepwiseDecoder {
    /// The state of the network's own kind.
    public enum State: Sendable {
        /// That of recurrent layers.
        case recurrent(RecurrentDecoder.State)
        /// That of a Transformer.
        case transformer(Transformer.State)
    }

    /// The positions that there are, where they are learnt or limited.
    public var longestSequence: Int? {
        switch self {
        case .recurrent(let network): network.longestSequence
        case .transformer(let network): network.longestSequence
        }
    }

    /// Encodes the sources.
    public func start(_ sources: [[Int32]], _ context: Context) -> State {
        switch self {
        case .recurrent(let network): .recurrent(network.start(sources, context))
        case .transformer(let network): .transformer(network.start(sources, context))
        }
    }

    /// One step; see the protocol.
    public func step(
        _ tokens: [Int32], _ state: State, wantsWeights: Bool, _ context: Context
    ) -> (logProbabilities: Tensor, state: State, weights: Tensor?) {
        switch (self, state) {
        case (.recurrent(let network), .recurrent(let state)):
            let result = network.step(tokens, state, wantsWeights: wantsWeights, context)
            return (result.logProbabilities, .recurrent(result.state), result.weights)
        case (.transformer(let network), .transformer(let state)):
            let result = network.step(tokens, state, wantsWeights: wantsWeights, context)
            return (result.logProbabilities, .transformer(result.state), result.weights)
        default: preconditionFailure("the state is that of another kind of network")
        }
    }

    /// The state's rows in another order, or some of them again.
    public func gathered(_ state: State, rows: [Int32]) -> State {
        switch (self, state) {
        case (.recurrent(let network), .recurrent(let state)): .recurrent(network.gathered(state, rows: rows))
        case (.transformer(let network), .transformer(let state)): .transformer(network.gathered(state, rows: rows))
        default: preconditionFailure("the state is that of another kind of network")
        }
    }

    /// The rows of one state, and behind them those of another.
    public func joined(_ first: State, _ second: State) -> State {
        switch (self, first, second) {
        case (.recurrent(let network), .recurrent(let first), .recurrent(let second)): .recurrent(network.joined(first, second))
        case (.transformer(let network), .transformer(let first), .transformer(let second)): .transformer(network.joined(first, second))
        default: preconditionFailure("the states are those of another kind of network")
        }
    }
}
