import UnrollKernels
import UnrollModules
import UnrollTensors

/// What a language model is made of; the recipe's `model` section, stored in every model file.
public enum LanguageNetworkConfiguration: Codable, Sendable, Equatable {
    /// Recurrent layers, whose state goes on through a text.
    case recurrent(LanguageModelConfiguration)
    /// Attention alone, over so many tokens.
    case transformer(TransformerLanguageModelConfiguration)

    /// Reads the kind, recurrent where it is absent, and the keys of that kind.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        switch try NetworkKind(in: decoder) {
        case .recurrent: self = .recurrent(try LanguageModelConfiguration(from: decoder))
        case .transformer: self = .transformer(try TransformerLanguageModelConfiguration(from: decoder))
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

    /// Which of the two.
    public var kind: NetworkKind {
        switch self {
        case .recurrent: .recurrent
        case .transformer: .transformer
        }
    }

    /// The equations in use, in one line.
    public var equations: String {
        switch self {
        case .recurrent(let configuration): configuration.equations
        case .transformer(let configuration): configuration.equations
        }
    }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(vocabulary: Int) -> Double {
        switch self {
        case .recurrent(let configuration): configuration.leastParameterCount(vocabulary: vocabulary)
        case .transformer(let configuration): configuration.leastParameterCount(vocabulary: vocabulary)
        }
    }
}

/// A language model of either kind.
public enum LanguageNetwork: Module {
    /// Recurrent layers, whose state goes on through a text.
    case recurrent(LanguageModel)
    /// Attention alone, over so many tokens.
    case transformer(TransformerLanguageModel)

    /// What a row of a batch carries from token to token, by the network's own kind.
    public enum State: Sendable {
        /// The states of recurrent layers.
        case recurrent([[RecurrentState]])
        /// A window and its caches.
        case transformer(TransformerLanguageModel.State)
    }

    /// A network with its weights drawn anew; see those of the two kinds.
    public init(_ configuration: LanguageNetworkConfiguration, vocabulary: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        switch configuration {
        case .recurrent(let configuration):
            self = .recurrent(LanguageModel(configuration, vocabulary: vocabulary, key: key, scalarType: scalarType))
        case .transformer(let configuration):
            self = .transformer(TransformerLanguageModel(configuration, vocabulary: vocabulary, key: key, scalarType: scalarType))
        }
    }

    /// What the network is made of.
    public var configuration: LanguageNetworkConfiguration {
        switch self {
        case .recurrent(let network): .recurrent(network.configuration)
        case .transformer(let network): .transformer(network.configuration)
        }
    }

    /// The layer to the vocabulary.
    public var output: OutputLayer {
        switch self {
        case .recurrent(let network): network.output
        case .transformer(let network): network.output
        }
    }

    /// The features for the output layer of texts that are read from their beginning.
    ///
    /// - Parameter tokens: [time, batch]; of a Transformer at most its context.
    /// - Returns: [time, batch, features].
    public func features(_ tokens: Tensor, _ context: Context) -> Tensor {
        switch self {
        case .recurrent(let network): network(tokens, context).features
        case .transformer(let network): network(tokens, context)
        }
    }

    /// Reads what a text begins with: what the next token is.
    ///
    /// - Parameters:
    ///   - text: one token at least.
    ///   - rows: how many texts go on from there.
    /// - Returns: the logarithms of the next token's probabilities [rows, vocabulary], and the state after the text.
    public func start(_ text: [Int32], rows: Int, _ context: Context) -> (logProbabilities: Tensor, state: State) {
        switch self {
        case .recurrent(let network):
            let (logProbabilities, states) = network.start(text, rows: rows, context)
            return (logProbabilities, .recurrent(states))
        case .transformer(let network):
            let (logProbabilities, state) = network.start(text, rows: rows, context)
            return (logProbabilities, .transformer(state))
        }
    }

    /// One more token of each row.
    public func step(_ tokens: [Int32], _ state: State, _ context: Context) -> (logProbabilities: Tensor, state: State) {
        switch (self, state) {
        case (.recurrent(let network), .recurrent(let states)):
            let (logProbabilities, states) = network.step(tokens, states, context)
            return (logProbabilities, .recurrent(states))
        case (.transformer(let network), .transformer(let state)):
            let (logProbabilities, state) = network.step(tokens, state, context)
            return (logProbabilities, .transformer(state))
        default: preconditionFailure("the state is that of another kind of network")
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

extension LanguageModel {
    /// Reads what a text begins with, in pieces, so that the features of a long one never exist whole.
    fileprivate func start(_ text: [Int32], rows: Int, _ context: Context) -> (logProbabilities: Tensor, states: [[RecurrentState]]) {
        var states: [[RecurrentState]]?
        var features = Tensor.zeros([1, 1])
        for start in stride(from: 0, to: text.count, by: 256) {
            let piece = Array(text[start..<min(start + 256, text.count)])
            let read = self(Tensor(piece, shape: [piece.count, 1]), states: states, context)
            features = read.features.at(piece.count - 1)
            states = read.states
        }
        let order = [Int32](repeating: 0, count: rows)
        return (
            gathered(output.logProbabilities(features, context), Tensor(order, shape: [rows])),
            states?.map { $0.map { $0.gathered(order) } } ?? []
        )
    }

    fileprivate func step(
        _ tokens: [Int32], _ states: [[RecurrentState]], _ context: Context
    ) -> (logProbabilities: Tensor, states: [[RecurrentState]]) {
        let read = self(Tensor(tokens, shape: [1, tokens.count]), states: states, context)
        return (output.logProbabilities(read.features.at(0), context), read.states)
    }
}
