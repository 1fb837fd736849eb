import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Sequence to sequence, language models, classifiers, taggers and regressors in the configurations that papers and recipes use.
    static let models: [CatalogueEntry] = translations + transformers + languageModels + sequenceModels

    private static let translations: [CatalogueEntry] = [
        translation("Sutskever 2014: 2 + 2 LSTM layers, copied state, reversed source") {
            $0.cell = .lstm
            $0.attention = .none
            $0.bidirectional = false
            $0.bridge = .copy
            $0.reverseSource = true
            ($0.encoderLayers, $0.decoderLayers) = (2, 2)
        },
        translation("Bahdanau 2014: GRU both ways, additive attention, dense bridge") { _ in },
        translation("GRU reset after the product, additive attention, reversed source") {
            $0.resetGate = .afterProduct
            $0.reverseSource = true
        },
        translation("Luong 2015: LSTM, general attention, input feeding") {
            $0.cell = .lstm
            $0.attention = .general
            $0.inputFeeding = true
        },
        translation("LSTM, dot attention, one direction, copied state, whole sequences") {
            $0.cell = .lstm
            $0.attention = .dot
            $0.bidirectional = false
            $0.bridge = .copy
        },
        translation("RNN, additive attention, bridge of zeros, input feeding", seed: 3) {
            $0.cell = .rnn
            $0.bridge = .zero
            $0.inputFeeding = true
        },
        translation("LSTM, additive attention, 2 + 2 layers, dense bridge") {
            $0.cell = .lstm
            ($0.encoderLayers, $0.decoderLayers) = (2, 2)
        },
        translation("GRU, general attention, 1 + 2 layers, dense bridge") {
            $0.attention = .general
            $0.decoderLayers = 2
        },
        translation("GRU, no attention, both ways, tied output") {
            $0.attention = .none
            $0.tiedEmbeddings = .output
        },
        translation("GRU, additive attention, tied output") { $0.tiedEmbeddings = .output },
        translation("LSTM, general attention, every table tied, input feeding") {
            $0.cell = .lstm
            $0.attention = .general
            $0.inputFeeding = true
            $0.tiedEmbeddings = .all
        },
        translation("GRU, no attention, input feeding") {
            $0.attention = .none
            $0.inputFeeding = true
        },
        translation("GRU reset after the product, additive attention, concatenated read-out") {
            $0.resetGate = .afterProduct
            $0.readout = .concatenated
        },
        translation("LSTM, general attention, concatenated read-out, input feeding") {
            $0.cell = .lstm
            $0.attention = .general
            $0.readout = .concatenated
            $0.inputFeeding = true
        },
        translation("GRU, additive attention, dropout while training", isTraining: true) { $0.dropout = 0.2 },
    ]

    private static let source = Tensor([2, 5, 3, 4, 0, 6, 0, 0, 2, 0, 0, 5] as [Int32], shape: [4, 3])
    private static let lengths: [Int32] = [2, 1, 4]
    private static let target = Tensor([1, 1, 1, 3, 2, 5, 4, 3, 3] as [Int32], shape: [3, 3])
    private static let targets: [Int32] = [3, 2, 5, 4, -1, 3, 2, -1, 2]

    /// The loss of a small network and its features, with every step of the decoder made on its own as the reference.
    private static func translation(
        _ variant: String, seed: UInt64 = 1, isTraining: Bool = false, _ configure: (inout SequenceToSequenceConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = SequenceToSequenceConfiguration()
        (choices.embedding, choices.hidden) = (2, 3)
        configure(&choices)
        let configuration = choices
        // Dropout draws its masks call by call, so a reference that calls otherwise would draw others.
        let reference: (@Sendable (SequenceToSequence, [Tensor], Context) -> [Tensor])? = isTraining ? nil : stepByStep
        return .module(
            "SequenceToSequence", variant, in: .model, equation: "loss = −Σ q ⊙ log p(target | source)", inputs: [], seed: seed,
            isTraining: isTraining, reference: reference,
            make: { type in
                SequenceToSequence(
                    configuration, sourceVocabulary: 7, targetVocabulary: configuration.tiedEmbeddings == .all ? 7 : 6,
                    key: RandomKey(seed: 0),
                    scalarType: type)
            }
        ) { model, _, context in
            let features = model.features(source: source, lengths: lengths, target: target, context)
            return [model.output.loss(features, targets: targets, smoothing: 0.1, context), features]
        }
    }

    @Sendable private static func stepByStep(_ model: SequenceToSequence, _: [Tensor], _ context: Context) -> [Tensor] {
        var state = model.encode(source, lengths: lengths, context)
        let steps = (0..<target.shape[0]).map { time in
            let result = model.decoder(target.sliced(time..<time + 1, axis: 0), state, context)
            state = result.state
            return result.features.at(0)
        }
        let features = stacked(steps)
        let loss = crossEntropyReference(
            hidden: features.reshaped(to: [targets.count, features.shape[2]]), weight: context[model.output.weight],
            bias: context[model.output.bias], targets: targets, smoothing: 0.1)
        return [loss, features]
    }
}
