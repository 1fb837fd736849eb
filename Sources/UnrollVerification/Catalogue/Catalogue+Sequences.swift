import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Classifiers, taggers and regressors in the configurations that recipes use; each with every sequence on its own, unpadded, as the reference.
    static let sequenceModels: [CatalogueEntry] =
        PoolingKind.allCases.map(pooling) + [poolingWithoutStates] + readers + PoolingKind.allCases.map(classifier) + classifiers + taggers
        + regressors

    private static let lengths: [Int32] = [3, 5, 1]

    /// The row of a batch, its first steps alone.
    private static func row(_ index: Int, of tensor: Tensor, length: Int32) -> Tensor {
        tensor.sliced(0..<Int(length), axis: 0).sliced(index..<index + 1, axis: 1)
    }

    // MARK: - Pooling

    private static func pooling(_ kind: PoolingKind) -> CatalogueEntry {
        .module(
            "Pooling", kind.rawValue, equation: "last: [h→(T); h←(1)]; mean: Σ h(t) / T; max: maxₜ h(t); attention: Σ softmax(q · h) h",
            inputs: [CheckedInput("outputs", [5, 3, 4]), CheckedInput("forward", [3, 2]), CheckedInput("backward", [3, 2])],
            reference: { pooling, x, context in
                let rows = lengths.enumerated().map { index, length in
                    let states = x[1...].map { state($0.sliced(index..<index + 1, axis: 0)) }
                    return pooling(row(index, of: x[0], length: length), states: [states], lengths: [length], context).features
                }
                return [concatenated(rows, axis: 0)]
            },
            make: { Pooling(kind, features: 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { pooling, x, context in
            // What a recurrent layer shows beyond a sequence's end is zero.
            let alive = (0..<5).flatMap { step in lengths.map { step < Int($0) ? 1.0 : 0 } }
            let outputs = x[0] * Tensor(alive, shape: [5, 3, 1], scalarType: x[0].scalarType)
            return [pooling(outputs, states: [x[1...].map(state)], lengths: lengths, context).features]
        }
    }

    private static func state(_ hidden: Tensor) -> RecurrentState { RecurrentState(names: ["hidden"], tensors: [hidden]) }

    /// What is shown at the last step, where there are no states.
    private static let poolingWithoutStates = CatalogueEntry.module(
        "Pooling", "last, without states", equation: "last: h(T)", inputs: [CheckedInput("outputs", [5, 3, 4])],
        reference: { pooling, x, context in
            let rows = lengths.enumerated().map { index, length in
                row(index, of: x[0], length: length).at(Int(length) - 1)
            }
            return [concatenated(rows, axis: 0)]
        },
        make: { Pooling(.last, features: 4, key: RandomKey(seed: 0), scalarType: $0) }
    ) { pooling, x, context in [pooling(x[0], states: nil, lengths: lengths, context).features] }

    // MARK: - A Transformer's layers

    /// The plain composition is the reference, and zeros where a sequence is over.
    private static let readers: [CatalogueEntry] = [false, true].map { isCausal in
        var configuration = TransformerReaderConfiguration()
        (configuration.width, configuration.heads, configuration.feedForward, configuration.layers) = (4, 2, 5, 2)
        (configuration.positions, configuration.dropout) = (isCausal ? .learned : .sinusoidal, 0)
        let choices = configuration
        let lengths = isCausal ? nil : Catalogue.lengths
        return .module(
            "TransformerReader", isCausal ? "causal, learned positions" : "padded, sinusoidal positions",
            equation: "y = layers(√width x + p)",
            inputs: [CheckedInput("x", [5, 3, 4])],
            reference: { reader, x, context in
                let outputs = PlainTransformer.reader(reader, choices, x[0], lengths: lengths, isCausal: isCausal, context)
                guard let lengths else { return [outputs] }
                let rows = lengths.enumerated().map { index, length in
                    let rest = Tensor.zeros([5 - Int(length), 1, 4], outputs.scalarType)
                    return concatenated([row(index, of: outputs, length: length), rest], axis: 0)
                }
                return [concatenated(rows, axis: 1)]
            },
            make: { TransformerReader(choices, longest: 6, key: RandomKey(seed: 0), scalarType: $0) }
        ) { reader, x, context in [reader(x[0], lengths: lengths, isCausal: isCausal, context)] }
    }

    // MARK: - Classifiers

    private static let tokens = Tensor([2, 5, 3, 4, 6, 0, 6, 1, 0, 0, 2, 0, 0, 5, 0] as [Int32], shape: [5, 3])
    private static let classes: [Int32] = [2, 0, 3]

    private static func classifier(_ pooling: PoolingKind) -> CatalogueEntry {
        classifier("LSTM both ways, pooling \(pooling.rawValue)") { $0.pooling = pooling }
    }

    private static func transformer(_ configure: (inout TransformerReaderConfiguration) -> Void = { _ in }) -> SequenceReaderConfiguration {
        var choices = TransformerReaderConfiguration()
        (choices.width, choices.heads, choices.feedForward, choices.layers, choices.dropout) = (6, 2, 5, 1, 0)
        configure(&choices)
        return .transformer(choices, maximumPositions: 6)
    }

    private static let classifiers: [CatalogueEntry] = [
        classifier("GRU, 2 layers, one direction") {
            $0.reader = recurrent { ($0.cell, $0.layers, $0.bidirectional) = (.gru, 2, false) }
        },
        classifier("RNN both ways, pooling mean, dropout while training", isTraining: true) {
            ($0.reader, $0.pooling) = (recurrent { ($0.cell, $0.dropout) = (.rnn, 0.2) }, .mean)
        },
        classifier("Transformer, pre-norm, sinusoidal positions, pooling mean") { ($0.reader, $0.pooling) = (transformer(), .mean) },
        classifier("Transformer, post-norm, GELU, learned positions, pooling attention") {
            $0.reader = transformer { ($0.norm, $0.activation, $0.positions) = (.post, .gelu, .learned) }
            $0.pooling = .attention
        },
        classifier("Transformer, SiLU, 2 layers, pooling last") { $0.reader = transformer { ($0.activation, $0.layers) = (.silu, 2) } },
        classifier("Transformer, pooling mean, dropout while training", isTraining: true) {
            ($0.reader, $0.pooling) = (transformer { ($0.dropout, $0.attentionDropout, $0.activationDropout) = (0.2, 0.1, 0.1) }, .mean)
        },
    ]

    private static func recurrent(_ configure: (inout ReaderConfiguration) -> Void = { _ in }) -> SequenceReaderConfiguration {
        var choices = ReaderConfiguration()
        choices.hidden = 3
        configure(&choices)
        return .recurrent(choices)
    }

    private static func classifier(
        _ variant: String, isTraining: Bool = false, _ configure: (inout SequenceClassifierConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = SequenceClassifierConfiguration()
        (choices.embedding, choices.reader) = (2, recurrent())
        configure(&choices)
        let configuration = choices
        let reference: @Sendable (SequenceClassifier, [Tensor], Context) -> [Tensor] = { model, _, context in
            let rows = lengths.enumerated().map { index, length in
                model(row(index, of: tokens, length: length), lengths: [length], context).features
            }
            return outputs(model.output, concatenated(rows, axis: 0), classes, context)
        }
        return .module(
            "SequenceClassifier", variant, in: .model, equation: "loss = −Σ log p(class | tokens)", inputs: [],
            isTraining: isTraining, reference: isTraining ? nil : reference,
            make: { SequenceClassifier(configuration, vocabulary: 7, classes: 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { model, _, context in
            let features = model(tokens, lengths: lengths, context).features
            return [model.output.loss(features, targets: classes, context), features]
        }
    }

    private static func outputs(_ output: OutputLayer, _ features: Tensor, _ targets: [Int32], _ context: Context) -> [Tensor] {
        let rows = features.reshaped(to: [targets.count, features.shape[-1]])
        return [
            crossEntropyReference(hidden: rows, weight: context[output.weight], bias: context[output.bias], targets: targets), features,
        ]
    }

    // MARK: - Taggers

    private static let input = SequenceTagger.Input(
        words: Tensor([2, 5, 3, 4, 2, 0, 2, 1, 0] as [Int32], shape: [3, 3]), lengths: [3, 3, 1],
        characters: Tensor([2, 4, 6, 3, 3, 0, 5, 2, 0, 0, 1, 0] as [Int32], shape: [3, 4]), characterLengths: [2, 1, 3, 2],
        spellings: Tensor([0, 1, 2, 3, 0, 0, 0, 2, 0] as [Int32], shape: [3, 3]))
    private static let tags: [Int32] = [1, 0, 2, 2, 1, -1, 3, 0, -1]

    private static let taggers: [CatalogueEntry] = [
        tagger("LSTM both ways, words and characters") { _ in },
        tagger("GRU, 2 layers, words and characters") { $0.reader = recurrent { ($0.cell, $0.layers) = (.gru, 2) } },
        tagger("LSTM, words alone") { $0.characterHidden = 0 },
        tagger("LSTM, dropout while training", isTraining: true) { $0.reader = recurrent { $0.dropout = 0.2 } },
        tagger("Transformer, pre-norm, sinusoidal positions, words and characters") { $0.reader = transformer() },
        tagger("Transformer, post-norm, GELU, learned positions, words alone") {
            $0.reader = transformer { ($0.norm, $0.activation, $0.positions) = (.post, .gelu, .learned) }
            $0.characterHidden = 0
        },
    ]

    private static func tagger(
        _ variant: String, isTraining: Bool = false, _ configure: (inout SequenceTaggerConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = SequenceTaggerConfiguration()
        (choices.embedding, choices.characterEmbedding, choices.characterHidden, choices.reader) = (2, 2, 2, recurrent())
        configure(&choices)
        let configuration = choices
        return .module(
            "SequenceTagger", variant, in: .model, equation: "loss = −Σ log p(tag | words, characters)", inputs: [],
            isTraining: isTraining, reference: isTraining ? nil : sentenceBySentence,
            make: { SequenceTagger(configuration, words: 6, characters: 7, tags: 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { model, _, context in
            let features = model(input, context)
            return [model.output.loss(features, targets: tags, context), features]
        }
    }

    /// Each sentence alone, with a spelling of its own for each of its words.
    @Sendable private static func sentenceBySentence(_ model: SequenceTagger, _: [Tensor], _ context: Context) -> [Tensor] {
        let spellings = input.spellings.tokens
        let rows = input.lengths.enumerated().map { index, length in
            let own = (0..<Int(length)).map { Int(spellings[$0 * 3 + index]) }
            let longest = own.map { Int(input.characterLengths[$0]) }.max() ?? 0
            let letters = concatenated(own.map { input.characters.sliced($0..<$0 + 1, axis: 1) }, axis: 1)
            let alone = SequenceTagger.Input(
                words: row(index, of: input.words, length: length), lengths: [length], characters: letters.sliced(0..<longest, axis: 0),
                characterLengths: own.map { input.characterLengths[$0] },
                spellings: Tensor(own.indices.map(Int32.init), shape: [own.count, 1]))
            let features = model(alone, context)
            let rest = Tensor.zeros([3 - Int(length), 1, features.shape[2]], features.scalarType)
            return concatenated([features, rest], axis: 0)
        }
        return outputs(model.output, concatenated(rows, axis: 1), tags, context)
    }

    // MARK: - Regressors

    private static let regressors: [CatalogueEntry] = [
        regressor("LSTM") { _ in },
        regressor("GRU both ways, 2 layers") { ($0.cell, $0.bidirectional, $0.layers) = (.gru, true, 2) },
        regressor("RNN, dropout while training", isTraining: true) { ($0.cell, $0.dropout) = (.rnn, 0.2) },
    ]

    private static func regressor(
        _ variant: String, isTraining: Bool = false, _ configure: (inout ReaderConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = SequenceRegressorConfiguration()
        choices.reader.hidden = 3
        configure(&choices.reader)
        let configuration = choices
        let reference: @Sendable (SequenceRegressor, [Tensor], Context) -> [Tensor] = { model, x, context in
            [concatenated(lengths.enumerated().map { model(row($0, of: x[0], length: $1), context) }, axis: 0)]
        }
        return .module(
            "SequenceRegressor", variant, in: .model, equation: "y = W h(T) + b", inputs: [CheckedInput("inputs", [5, 3, 2])],
            isTraining: isTraining, reference: isTraining ? nil : reference,
            make: { SequenceRegressor(configuration, features: 2, outputs: 2, key: RandomKey(seed: 0), scalarType: $0) }
        ) { model, x, context in [model(x[0], lengths: lengths, context)] }
    }
}
