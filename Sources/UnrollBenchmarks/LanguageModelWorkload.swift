import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollTraining

/// A language model trains on pieces of text; its state is carried over from piece to piece. Embeddings are as wide as the hidden layer.
struct LanguageModelWorkload: WorkloadKind {
    private let cell: CellKind
    private let resetGate: ResetGate
    private var vocabulary: Int
    private var layers: Int
    private var hidden: Int
    private var batch: Int
    private var time: Int

    init(
        _ cell: CellKind, resetGate: ResetGate = .beforeProduct, vocabulary: Int, layers: Int, hidden: Int, batch: Int, time: Int
    ) {
        self.cell = cell
        self.resetGate = resetGate
        self.vocabulary = vocabulary
        self.layers = layers
        self.hidden = hidden
        self.batch = batch
        self.time = time
    }

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("vocabulary", \.vocabulary),
        WorkloadSize("layers", \.layers),
        WorkloadSize("hidden", \.hidden),
        WorkloadSize("batch", \.batch),
        WorkloadSize("time", \.time),
    ]

    /// For each token W x and U h in every layer and the output layer; the gradients of both factors of a product cost as much each.
    var operations: Double {
        let (hidden, vocabulary) = (Double(hidden), Double(vocabulary))
        let token = Double(layers) * cell.gates * 2 * hidden * hidden + hidden * vocabulary
        return 3 * 2 * Double(time * batch) * token
    }

    func prepared(key: RandomKey) -> PreparedWorkload {
        var configuration = LanguageModelConfiguration()
        configuration.cell = cell
        configuration.resetGate = resetGate
        configuration.hiddenInitializer = .uniform
        (configuration.embedding, configuration.hidden, configuration.layers) = (hidden, hidden, layers)
        let model = LanguageModel(configuration, vocabulary: vocabulary, key: key)
        let text = WorkloadData.tokens((time + 1) * batch, vocabulary: vocabulary)
        let tokens = Tensor(Array(text.dropLast(batch)), shape: [time, batch])
        let targets = Array(text.dropFirst(batch))
        let loop = TrainingLoop(model, .sgd, rate: 1, clipNorm: 5)
        var states: [[RecurrentState]]?
        return PreparedWorkload(parameters: model.parameters) {
            let (step, last) = loop.step { context in
                let (features, last) = model(tokens, states: states, context)
                return (loss: model.output.loss(features, targets: targets, scale: 1 / Double(targets.count), context), extra: last)
            }
            states = last.map { $0.map { $0.detached() } }
            return step
        }
    }
}

extension CellKind {
    /// How many products with a matrix [hidden, …] a step makes of its input, and as many of its state.
    var gates: Double {
        switch self {
        case .rnn: 1
        case .gru: 3
        case .lstm, .hyperLSTM: 4
        case .multiplicativeLSTM: 5
        }
    }
}
