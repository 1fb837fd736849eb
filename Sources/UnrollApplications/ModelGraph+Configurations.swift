import UnrollInsight
import UnrollModels
import UnrollModules

extension SequenceToSequenceConfiguration {
    /// Encoder and decoder.
    var graph: ModelGraph {
        let first =
            switch bridge {
            case .zero: "zeros"
            case .copy: "the encoder's last states"
            case .dense: "tanh(W z + b) of the encoder's last states"
            }
        let reads = attention == .none ? nil : "\(attention.rawValue) attention"
        return ModelGraph(
            walks: [
                .init(
                    name: "encoder", input: "source token x(t)", encoder: "embedding, \(embedding)",
                    layers: cell.layers(encoderLayers, hidden), isBidirectional: bidirectional, decoder: nil, output: nil,
                    first: initialState.title),
                .init(
                    name: "decoder", sequence: 1, input: "target token before it", encoder: "embedding, \(embedding)",
                    layers: cell.layers(decoderLayers, hidden), decoder: "output layer", output: "target token y(t)", first: first),
            ], attention: reads, attentionFeedsCell: attention == .additive)
    }
}

extension LanguageNetworkConfiguration {
    /// One walk that says the next token at every step; none of a Transformer.
    var graph: ModelGraph {
        switch self {
        case .recurrent(let network):
            ModelGraph(walks: [
                .init(
                    input: "token x(t)", encoder: "embedding, \(network.embedding)",
                    layers: network.cell.layers(network.layers, network.hidden),
                    decoder: "output layer", output: "next token y(t)", first: network.initialState.title)
            ])
        case .transformer: ModelGraph(walks: [])
        }
    }
}

extension SequenceClassifierConfiguration {
    /// One walk, pooled at the end.
    var graph: ModelGraph {
        reader.graph(
            input: "token x(t)", encoder: "embedding, \(embedding)", pooling: pooling.title, decoder: "output layer", output: "class y")
    }
}

extension SequenceTaggerConfiguration {
    /// One walk that says a tag at every step.
    var graph: ModelGraph {
        let encoder = characterHidden > 0 ? "embedding and spelling" : "embedding, \(embedding)"
        return reader.graph(input: "word x(t)", encoder: encoder, pooling: nil, decoder: "output layer", output: "tag y(t)")
    }
}

extension SequenceRegressorConfiguration {
    /// One walk whose last state says the numbers.
    var graph: ModelGraph {
        reader.graph(input: "vector x(t)", encoder: nil, pooling: PoolingKind.last.title, decoder: "linear layer", output: "numbers y")
    }
}

extension AlgorithmNetworkConfiguration {
    /// One walk that says a vector at every step.
    var graph: ModelGraph {
        switch self {
        case .turingMachine(let machine):
            let controller = machine.controller == .lstm ? "LSTM" : "layer"
            return ModelGraph(walks: [
                .init(
                    input: "vector x(t)", encoder: nil,
                    layers: ["\(controller) of \(machine.hidden), memory of \(machine.slots) × \(machine.width)"],
                    decoder: "linear layer and σ", output: "vector y(t)", first: "a memory that is \(machine.initialMemory.rawValue)")
            ])
        case .recurrent(let reader):
            return reader.graph(input: "vector x(t)", encoder: nil, pooling: nil, decoder: "linear layer and σ", output: "vector y(t)")
        }
    }
}

extension MemoryNetworkConfiguration {
    /// The hops as steps: the question comes first, and every hop reads the story.
    var graph: ModelGraph {
        let words =
            switch encoding {
            case .bagOfWords: "bags of words"
            case .positions: "position encoding"
            case .recurrent: "\(cell.rawValue.uppercased()) over words"
            }
        return ModelGraph(walks: [
            .init(
                name: "hops", sequence: 1, input: "the question, then the story", encoder: "\(words), \(embedding)",
                layers: ["attention, \(embedding)"], sharesWeights: tying == .layerWise, pooling: PoolingKind.last.title,
                decoder: "output layer", output: "answer y", first: "zeros")
        ])
    }
}

extension SequenceReaderConfiguration {
    /// One walk; none of a Transformer, in which there is no loop.
    fileprivate func graph(input: String, encoder: String?, pooling: String?, decoder: String, output: String) -> ModelGraph {
        switch self {
        case .recurrent(let reader): reader.graph(input: input, encoder: encoder, pooling: pooling, decoder: decoder, output: output)
        case .transformer: ModelGraph(walks: [])
        }
    }
}

extension ReaderConfiguration {
    fileprivate func graph(input: String, encoder: String?, pooling: String?, decoder: String, output: String) -> ModelGraph {
        ModelGraph(walks: [
            .init(
                input: input, encoder: encoder, layers: cell.layers(layers, hidden), isBidirectional: bidirectional, pooling: pooling,
                decoder: decoder, output: output, first: initialState.title)
        ])
    }
}

extension PoolingKind {
    fileprivate var title: String {
        switch self {
        case .last: "last states"
        case .mean: "mean over the steps"
        case .max: "largest over the steps"
        case .attention: "attention pooling"
        }
    }
}

extension InitialState {
    fileprivate var title: String {
        switch self {
        case .zero: "zeros"
        case .random: "zeros, at random in training"
        case .learned: "a parameter"
        }
    }
}

extension CellKind {
    fileprivate func layers(_ count: Int, _ units: Int) -> [String] {
        let name =
            switch self {
            case .rnn: "RNN"
            case .gru: "GRU"
            case .lstm: "LSTM"
            case .multiplicativeLSTM: "multiplicative LSTM"
            case .hyperLSTM: "HyperLSTM"
            }
        return [String](repeating: "\(name), \(units) units", count: count)
    }
}
