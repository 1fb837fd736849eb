import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollInsight
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollApplications

@Suite("Looking inside a model") struct InspectorTests {
    private static func drawn<Network: Module>(_ network: Network) -> Network {
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 7).split(place)))
        }
        return network
    }

    private static func translation(
        _ attention: SequenceToSequenceConfiguration.AttentionChoice = .additive, reversed: Bool = false, cell: CellKind = .gru
    ) -> TranslationModel {
        var configuration = SequenceToSequenceConfiguration()
        (configuration.embedding, configuration.hidden, configuration.cell) = (6, 9, cell)
        (configuration.attention, configuration.reverseSource) = (attention, reversed)
        let source = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a b c d e f g h"])
        let target = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["k l m n o p"])
        let network = SequenceToSequence(
            configuration, sourceVocabulary: source.vocabulary.count, targetVocabulary: target.vocabulary.count, key: RandomKey(seed: 2))
        return TranslationModel(network: .recurrent(drawn(network)), sourceCodec: source, targetCodec: target, recipe: "drawn at random")
    }

    private static func language(_ cell: CellKind = .lstm, unit: TextUnit = .line) -> TextModel {
        var configuration = LanguageModelConfiguration()
        (configuration.embedding, configuration.hidden, configuration.cell) = (6, 9, cell)
        configuration.hyper.hidden = 5
        let codec = TextCodec(tokenizer: unit == .line ? .whitespace(.init()) : .character(.init()), learningFrom: ["the cat sat on a mat"])
        let network = LanguageModel(configuration, vocabulary: codec.vocabulary.count, key: RandomKey(seed: 2))
        return TextModel(network: .recurrent(drawn(network)), codec: codec, unit: unit, recipe: "drawn at random")
    }

    private static func classifier(_ pooling: PoolingKind, bidirectional: Bool = false) -> ClassificationModel {
        var configuration = SequenceClassifierConfiguration()
        var reader = ReaderConfiguration()
        (reader.hidden, reader.bidirectional) = (9, bidirectional)
        (configuration.embedding, configuration.reader, configuration.pooling) = (6, .recurrent(reader), pooling)
        let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a b c d e"])
        let network = SequenceClassifier(configuration, vocabulary: codec.vocabulary.count, classes: 3, key: RandomKey(seed: 2))
        return ClassificationModel(network: drawn(network), codec: codec, labels: LabelSet(["no", "yes", "perhaps"]), recipe: "")
    }

    private static func tagger() -> TaggingModel {
        var configuration = SequenceTaggerConfiguration()
        (configuration.embedding, configuration.characterEmbedding, configuration.characterHidden) = (6, 4, 3)
        var reader = ReaderConfiguration()
        (reader.hidden, reader.layers) = (9, 2)
        configuration.reader = .recurrent(reader)
        var (words, letters) = (TokenCounter(), TokenCounter())
        words.add(["the", "cat", "sat"])
        letters.add("thecas".map { String($0) })
        let vocabularies = (Vocabulary(words), Vocabulary(letters))
        let network = SequenceTagger(
            configuration, words: vocabularies.0.count, characters: vocabularies.1.count, tags: 3, key: RandomKey(seed: 2))
        return TaggingModel(
            network: drawn(network), words: vocabularies.0, characters: vocabularies.1, tags: LabelSet(["O", "B-x", "I-x"]), recipe: "")
    }

    private static func regressor() -> RegressionModel {
        var configuration = SequenceRegressorConfiguration()
        (configuration.reader.hidden, configuration.reader.bidirectional, configuration.reader.cell) = (9, false, .rnn)
        let network = SequenceRegressor(configuration, features: 2, outputs: 1, key: RandomKey(seed: 2))
        return RegressionModel(network: drawn(network), features: 2, outputs: 1, recipe: "")
    }

    private static let sequence = NumberSequence(values: [0.5, 1, 0.25, 0, 0.125, 1], features: 2, targets: [0.625])

    // MARK: - Values

    /// The last state meets the output layer alone: its gradient is Wᵀ(p − target).
    @Test func theLastStatesGradientIsTheOutputLayers() throws {
        let model = Self.classifier(.last)
        let inspection = try Inspector(model).inspect(.classification(text: "a b c e", label: "yes"))
        let said = try Classifier(model).classify("a b c e")
        let weight = model.network.output.weight.value.doubles
        let errors = model.labels.names.map { name in
            (said.candidates.first { $0.label == name }?.probability ?? 0) - (name == "yes" ? 1 : 0)
        }
        let gradient = (0..<9).map { unit in errors.enumerated().reduce(0.0) { $0 + $1.element * weight[$1.offset * 9 + unit] } }
        let expected = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let hidden = try #require(inspection.recurrences.first?.states.first)
        #expect(abs(hidden.gradientNorms[3] - expected) < 1e-5 * expected)
        #expect(hidden.gradientNorms.allSatisfy { $0 > 0 } && hidden.gradientNorms.count == 4)
        #expect(inspection.recurrences.map(\.name) == ["layer 1"])
        #expect(inspection.recurrences[0].gates.map(\.name) == ["input gate i", "forget gate f", "candidate g", "output gate o"])
        #expect(inspection.answers == [.init(target: "yes", predicted: said.label, loss: inspection.answers[0].loss)])
        #expect(abs(inspection.loss + log(errors[2] + 1)) < 1e-5)
        #expect(inspection.sequences == [.init("text", ["a", "b", "c", "e"])])
    }

    /// A change of one number of the embedding moves the loss as the parameter's gradient says; so the whole walk back is this loss's.
    @Test func parametersHaveTheirGradientNorms() throws {
        let model = Self.regressor()
        let inspection = try Inspector(model).inspect(.regression(Self.sequence))
        let bias = try #require(model.network.output.bias)
        let said = model.outputs(of: [Self.sequence.values])[0][0]
        #expect(abs(inspection.loss - (said - 0.625) * (said - 0.625)) < 1e-6)
        let found = try #require(inspection.parameters.first { $0.name == "output.bias" })
        #expect(abs(found.gradientNorm - 2 * abs(said - 0.625)) < 1e-5)
        #expect(abs(found.norm - bias.value.doubles.reduce(0) { $0 + $1 * $1 }.squareRoot()) < 1e-6)
        #expect(inspection.parameters.map(\.name) == model.network.parameters.map(\.name))
        #expect(inspection.recurrences[0].gates.map(\.name) == ["activation"])
        #expect(inspection.sequences[0].tokens == ["0.5, 1", "0.25, 0", "0.125, 1"])
    }

    @Test func theLossOfOneStepReachesNoLaterOne() throws {
        let text = InspectionExample.text("the cat sat on a mat")
        let inspector = Inspector(Self.language())
        let whole = try inspector.inspect(text)
        let one = try inspector.inspect(text, lossStep: 4)
        #expect(one.loss == one.answers[3].loss || abs(one.loss - one.answers[3].loss) < 1e-5)
        #expect(abs(whole.loss - whole.answers.map(\.loss).reduce(0, +) / Double(whole.answers.count)) < 1e-5)
        for state in one.recurrences.flatMap(\.states) {
            #expect(state.gradientNorms[4...].allSatisfy { $0 == 0 })
            #expect(state.gradientNorms[..<4].allSatisfy { $0 > 0 })
        }
        #expect(whole.recurrences.map(\.name) == ["layer 1", "layer 2"])
        #expect(whole.sequences[0].tokens == ["</s>", "the", "cat", "sat", "on", "a", "mat"])
        #expect(whole.answers.map(\.target) == ["the", "cat", "sat", "on", "a", "mat", "</s>"])
    }

    @Test(arguments: [SequenceToSequenceConfiguration.AttentionChoice.none, .general, .additive], [false, true])
    func aTranslationShowsBothSidesAndWhereItLooked(
        attention: SequenceToSequenceConfiguration.AttentionChoice, reversed: Bool
    ) throws {
        let model = Self.translation(attention, reversed: reversed)
        let inspection = try Inspector(model).inspect(.translation(source: "a b c d", target: "k l m"))
        #expect(inspection.sequences.map(\.name) == ["source", "target"])
        #expect(inspection.sequences[0].tokens == (reversed ? ["d", "c", "b", "a"] : ["a", "b", "c", "d"]))
        #expect(inspection.sequences[1].tokens == ["<s>", "k", "l", "m"])
        #expect(inspection.recurrences.map(\.name) == ["encoder, layer 1, forward", "encoder, layer 1, backward", "decoder, layer 1"])
        #expect(inspection.recurrences.map { $0.states[0].gradientNorms.count } == [4, 4, 4])
        #expect(inspection.recurrences.map(\.isReversed) == [false, true, false])
        #expect(inspection.attention.count == (attention == .none ? 0 : 1))
        for shown in inspection.attention {
            #expect(shown.alignment.source == ["a", "b", "c", "d"] && shown.alignment.target == ["k", "l", "m", "</s>"])
            for row in shown.alignment.weights { #expect(abs(row.reduce(0, +) - 1) < 1e-5) }
        }
        let features = model.network.features(
            source: Tensor(model.sourceCodec.encode("a b c d"), shape: [4, 1]), lengths: [4],
            target: Tensor(model.targetCodec.encode("k l m", start: true), shape: [4, 1]), .inference())
        let loss = model.network.output.loss(
            features, targets: model.targetCodec.encode("k l m", end: true), scale: 0.25, .inference()
        ).scalar
        #expect(abs(inspection.loss - loss) < 1e-5)
        #expect(inspection.graph.attention == (attention == .none ? nil : "\(attention.rawValue) attention"))
    }

    @Test func aTaggersSpellingIsLeftOut() throws {
        let inspection = try Inspector(Self.tagger()).inspect(.tagging(words: ["the", "cat", "hats"], tags: ["O", "B-x", "I-x"]))
        #expect(
            inspection.recurrences.map(\.name) == ["layer 1, forward", "layer 1, backward", "layer 2, forward", "layer 2, backward"])
        #expect(inspection.answers.map(\.target) == ["O", "B-x", "I-x"])
        #expect(inspection.graph.walks.map(\.isBidirectional) == [true])
    }

    @Test func poolingByAttentionIsShown() throws {
        let inspection = try Inspector(Self.classifier(.attention, bidirectional: true)).inspect(
            .classification(text: "a b", label: nil))
        #expect(inspection.targetIsOwn)
        #expect(inspection.target == inspection.answers[0].predicted)
        #expect(inspection.attention.map { $0.alignment.source } == [["a", "b"]])
    }

    @Test(arguments: CellKind.allCases)
    func everyCellIsShown(cell: CellKind) throws {
        let inspection = try Inspector(Self.language(cell, unit: .text)).inspect(.text("a cat"))
        let layers = inspection.recurrences.filter { !$0.name.contains("small network") }
        #expect(layers.map(\.name) == ["layer 1", "layer 2"])
        for layer in layers {
            #expect(layer.states.allSatisfy { $0.values.count == 5 && $0.values[0].count == 9 && $0.gradientNorms.allSatisfy { $0 > 0 } })
            #expect(layer.gates.allSatisfy { $0.values.count == 5 && $0.values[0].count == 9 })
        }
    }

    @Test func theSameExampleGivesTheSameInspection() throws {
        let inspector = Inspector(Self.translation())
        let example = InspectionExample.translation(source: "a b c", target: nil)
        #expect(try inspector.inspect(example) == inspector.inspect(example))
    }

    // MARK: - What cannot be

    @Test func wrongExamplesAreRefused() {
        func message(_ model: any StoredModel, _ example: InspectionExample, step: Int? = nil, maximum: Int = 10) -> String {
            do {
                _ = try Inspector(model, maximumSteps: maximum).inspect(example, lossStep: step)
                return ""
            } catch { return "\(error)" }
        }
        let classifier = Self.classifier(.last)
        #expect(
            message(classifier, .text("a"))
                == "the model is a classifier, and the example is one of a language model; give it one of its own kind")
        #expect(message(classifier, .classification(text: " ", label: "yes")) == "the text is empty; there is nothing to look at")
        #expect(
            message(classifier, .classification(text: "a b c", label: "yes"), maximum: 2).hasPrefix("the text has 3 steps, and at most 2"))
        #expect(
            message(classifier, .classification(text: "a", label: "maybe"))
                == "the model knows no class 'maybe'; it knows 'no', 'perhaps', 'yes'")
        #expect(message(classifier, .classification(text: "a", label: "yes"), step: 1).hasPrefix("a classifier speaks once, at the end"))
        #expect(
            message(Self.tagger(), .tagging(words: ["the", "cat"], tags: ["O"])) == "there are 2 words and 1 tags; each word needs one")
        #expect(message(Self.tagger(), .tagging(words: [], tags: nil)) == "the sentence is empty; there is nothing to look at")
        #expect(message(Self.language(), .text("")) == "the text is empty; there is nothing to look at")
        #expect(
            message(Self.language(), .text("the cat"), step: 4)
                == "the loss of step 4 cannot be taken: there are 3 steps, counted from 1")
        #expect(message(Self.translation(), .translation(source: "", target: "k")) == "the source is empty; there is nothing to look at")
        let wide = NumberSequence(values: [1, 2, 3], features: 3, targets: [1])
        #expect(message(Self.regressor(), .regression(wide)).hasPrefix("the sequence has 3 numbers a step and 1 targets"))
        let broken = Self.regressor()
        broken.network.output.weight.set(Tensor(repeating: .nan, shape: broken.network.output.weight.shape))
        #expect(message(broken, .regression(Self.sequence)).contains("'output.weight' is infinite or not a number"))
    }
}
