import Testing
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollVerification

/// The layers of a network that exists are checked with its own weights.
@Suite struct LayerEntryTests {
    private func network(_ kind: CellKind, _ configure: (inout LanguageModelConfiguration) -> Void = { _ in }) -> LanguageModel {
        var configuration = LanguageModelConfiguration()
        (configuration.cell, configuration.embedding, configuration.hidden, configuration.layers) = (kind, 5, 7, 2)
        configuration.hyper = HyperOptions(hidden: 4, embedding: 2)
        configure(&configuration)
        return LanguageModel(configuration, vocabulary: 11, key: RandomKey(seed: 3))
    }

    private func failures(_ network: some CheckableNetwork) -> [String] {
        network.layerEntries.flatMap { $0.check() }.filter { !$0.passed }.map(\.description)
    }

    @Test(arguments: CellKind.allCases)
    func everyLayerOfALanguageModelPasses(_ kind: CellKind) {
        let network = network(kind)
        #expect(network.layerEntries.count == 4)
        #expect(failures(network) == [])
        #expect(network.layerEntries.filter { $0.group == .cell }.allSatisfy { $0.hasReference })
    }

    @Test func everyVariantPasses() {
        #expect(failures(network(.rnn) { ($0.activation, $0.hiddenInitializer) = (.relu, .identity) }) == [])
        #expect(failures(network(.gru) { $0.resetGate = .afterProduct }) == [])
        #expect(failures(network(.hyperLSTM) { $0.hyper.layerNorm = true }) == [])
        #expect(failures(network(.lstm) { ($0.embedding, $0.tiedEmbeddings) = (7, true) }) == [])
    }

    @Test(arguments: [SequenceToSequenceConfiguration.AttentionChoice.none, .dot, .general, .additive])
    func everyLayerOfATranslatorPasses(_ attention: SequenceToSequenceConfiguration.AttentionChoice) {
        var configuration = SequenceToSequenceConfiguration()
        (configuration.embedding, configuration.hidden, configuration.attention) = (4, 6, attention)
        configuration.bidirectional = attention != .dot
        let network = SequenceToSequence(configuration, sourceVocabulary: 9, targetVocabulary: 8, key: RandomKey(seed: 4))
        #expect(failures(network) == [])
        let names = network.layerEntries.map(\.subject)
        #expect(names.contains("Attention") == (attention != .none))
        #expect(names.count { $0 == "GRUCell" } == (attention == .dot ? 2 : 3))
    }

    @Test(arguments: [PoolingKind.mean, .attention])
    func everyLayerOfAListenerPasses(_ pooling: PoolingKind) {
        var configuration = AudioClassifierConfiguration()
        configuration.pooling = pooling
        (configuration.convolution.strides, configuration.convolution.channels) = ([2, 3], 5)
        (configuration.convolution.taps, configuration.convolution.blocks) = (3, 2)
        let network = AudioClassifier(configuration, classes: 3, key: RandomKey(seed: 4))
        #expect(failures(network) == [])
        let names = network.layerEntries.map(\.subject)
        #expect(names.count { $0 == "CausalConvolution" } == 6 && names.contains("Attention") == (pooling == .attention))
    }

    @Test(arguments: [PositionKind.sinusoidal, .learned])
    func everyLayerOfATransformerThatReadsPasses(_ positions: PositionKind) {
        var reader = TransformerReaderConfiguration()
        (reader.width, reader.heads, reader.feedForward, reader.layers, reader.positions) = (6, 2, 7, 2, positions)
        reader.norm = positions == .learned ? .post : .pre
        var language = TransformerLanguageModelConfiguration()
        (language.reader, language.context) = (reader, 5)
        let model = LanguageNetwork(.transformer(language), vocabulary: 11, key: RandomKey(seed: 3))
        #expect(failures(model) == [])
        // The embedding, the layers, the output layer, and positions or a norm at the end.
        #expect(model.layerEntries.count == 5)
        var classifier = SequenceClassifierConfiguration()
        (classifier.reader, classifier.pooling) = (.transformer(reader, maximumPositions: 8), .attention)
        #expect(failures(SequenceClassifier(classifier, vocabulary: 11, classes: 3, key: RandomKey(seed: 3))) == [])
        var tagger = SequenceTaggerConfiguration()
        (tagger.reader, tagger.characterEmbedding, tagger.characterHidden) = (.transformer(reader, maximumPositions: 8), 3, 2)
        let tags = SequenceTagger(tagger, words: 11, characters: 7, tags: 3, key: RandomKey(seed: 3))
        #expect(failures(tags) == [])
        #expect(tags.layerEntries.map(\.subject).count { $0 == "LSTMCell" } == 2)
    }

    /// What is checked are the weights that the network has, not others like them.
    @Test func aDamagedWeightIsFoundInItsLayerAlone() {
        let network = network(.lstm)
        let damaged = network.parameters.first { $0.name == "recurrence.weight_hh_l1" }
        let shape = damaged?.parameter.shape ?? []
        var numbers = [Double](repeating: 0.1, count: shape.count)
        numbers[17] = .nan
        damaged?.parameter.set(Tensor(numbers, shape: shape, scalarType: .float32))
        let failed = network.layerEntries.filter { $0.check().contains { !$0.passed } }.map(\.variant)
        #expect(failed == ["recurrence, layer 1: 7 → 7"])
    }

    /// A layer is checked at some elements of each tensor, and at all of a small one.
    @Test func elementsAreSampled() throws {
        let network = network(.lstm) { ($0.hidden, $0.layers) = (40, 1) }
        let cell = try #require(network.layerEntries.first { $0.group == .cell })
        #expect(cell.sampledElements == 12)
        let gradient = try #require(cell.check().first { $0.check == .gradient })
        // x, h, c, W, U and b, each at every count / 12-th element.
        let counts = [4 * 3 * 5, 3 * 40, 3 * 40, 160 * 5, 160 * 40, 160]
        #expect(gradient.comparisons == counts.reduce(0) { $0 + ($1 + $1 / 12 - 1) / ($1 / 12) })
    }
}
