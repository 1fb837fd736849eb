import UnrollModels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Language models in the configurations that papers and recipes use.
    static let languageModels: [CatalogueEntry] = [
        languageModel("Zaremba 2014: 2 LSTM layers") { _ in },
        languageModel("GRU, tied table") {
            $0.cell = .gru
            $0.embedding = 3
            $0.tiedEmbeddings = true
        },
        languageModel("GRU reset after the product, 3 layers") {
            $0.cell = .gru
            $0.resetGate = .afterProduct
            $0.layers = 3
        },
        languageModel("RNN, 1 layer") {
            $0.cell = .rnn
            $0.layers = 1
        },
        languageModel("LSTM, dropout while training", isTraining: true) { $0.dropout = 0.2 },
        transformer("pre-norm, ReLU, sinusoidal positions, 2 layers") { $0.reader.layers = 2 },
        transformer("post-norm, GELU, learned positions, tied table") {
            ($0.reader.norm, $0.reader.activation, $0.reader.positions, $0.tiedEmbeddings) = (.post, .gelu, .learned, true)
        },
        transformer("pre-norm, SiLU, dropout while training", isTraining: true) {
            ($0.reader.activation, $0.reader.dropout, $0.reader.attentionDropout, $0.reader.activationDropout) = (.silu, 0.2, 0.1, 0.1)
        },
    ]

    private static let tokens = Tensor([0, 5, 3, 4, 0, 6, 1, 5] as [Int32], shape: [4, 2])
    private static let targets: [Int32] = [3, 4, 0, -1, 1, 5, 2, 2]

    /// The loss and the features of a small network, with every token read on its own and the state carried over as the reference.
    private static func languageModel(
        _ variant: String, isTraining: Bool = false, _ configure: (inout LanguageModelConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = LanguageModelConfiguration()
        (choices.embedding, choices.hidden) = (2, 3)
        configure(&choices)
        let configuration = choices
        // Dropout draws its masks call by call, so a reference that calls otherwise would draw others.
        let reference: (@Sendable (LanguageModel, [Tensor], Context) -> [Tensor])? = isTraining ? nil : tokenByToken
        return .module(
            "LanguageModel", variant, in: .model, equation: "loss = −Σ log p(token | tokens before)", inputs: [], isTraining: isTraining,
            reference: reference,
            make: { LanguageModel(configuration, vocabulary: 7, key: RandomKey(seed: 0), scalarType: $0) }
        ) { model, _, context in
            let (features, _) = model(tokens, context)
            return [model.output.loss(features, targets: targets, context), features]
        }
    }

    @Sendable private static func tokenByToken(_ model: LanguageModel, _: [Tensor], _ context: Context) -> [Tensor] {
        var states: [[RecurrentState]]?
        let steps = (0..<tokens.shape[0]).map { time in
            let (features, last) = model(tokens.sliced(time..<time + 1, axis: 0), states: states, context)
            states = last
            return features.at(0)
        }
        let features = stacked(steps)
        let loss = crossEntropyReference(
            hidden: features.reshaped(to: [targets.count, features.shape[2]]), weight: context[model.output.weight],
            bias: context[model.output.bias], targets: targets)
        return [loss, features]
    }

    /// The loss and the features of a small Transformer, with the composition of plain operations as the reference.
    private static func transformer(
        _ variant: String, isTraining: Bool = false, _ configure: (inout TransformerLanguageModelConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = TransformerLanguageModelConfiguration()
        (choices.reader.width, choices.reader.heads, choices.reader.feedForward, choices.reader.layers) = (4, 2, 5, 1)
        (choices.reader.dropout, choices.context) = (0, 5)
        configure(&choices)
        let configuration = choices
        let plain: @Sendable (TransformerLanguageModel, [Tensor], Context) -> [Tensor] = { model, _, context in
            let features = PlainTransformer.reader(
                model.reader, configuration.reader, model.embedding(tokens, context), isCausal: true, context)
            let loss = crossEntropyReference(
                hidden: features.reshaped(to: [targets.count, features.shape[2]]), weight: context[model.output.weight],
                bias: context[model.output.bias], targets: targets)
            return [loss, features]
        }
        return .module(
            "TransformerLanguageModel", variant, in: .model, equation: "loss = −Σ log p(token | tokens before)", inputs: [],
            isTraining: isTraining, reference: isTraining ? nil : plain,
            make: { TransformerLanguageModel(configuration, vocabulary: 7, key: RandomKey(seed: 0), scalarType: $0) }
        ) { model, _, context in
            let features = model(tokens, context)
            return [model.output.loss(features, targets: targets, context), features]
        }
    }
}
