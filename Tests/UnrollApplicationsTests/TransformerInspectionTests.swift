import Foundation
import Testing
import UnrollCheckpoints
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollApplications

@Suite("Looking inside a Transformer") struct TransformerInspectionTests {
    private static func drawn<Network: Module>(_ network: Network) -> Network {
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 7).split(place)))
        }
        return network
    }

    private static func reader(_ norm: NormPlacement, layers: Int) -> TransformerReaderConfiguration {
        var reader = TransformerReaderConfiguration()
        (reader.width, reader.heads, reader.feedForward, reader.layers, reader.norm) = (12, 3, 8, layers, norm)
        return reader
    }

    private static func language() -> TextModel {
        var configuration = TransformerLanguageModelConfiguration()
        (configuration.reader, configuration.context) = (reader(.pre, layers: 2), 7)
        let codec = TextCodec(tokenizer: .whitespace(.init()), learningFrom: ["the cat sat on a mat"])
        let network = TransformerLanguageModel(configuration, vocabulary: codec.vocabulary.count, key: RandomKey(seed: 2))
        return TextModel(network: .transformer(drawn(network)), codec: codec, unit: .line, recipe: "")
    }

    /// What a layer with its norm at the end shows meets the mean and the output layer alone: its gradient is Wᵀ(p − target) / T at every step.
    @Test func theLastLayersGradientIsTheOutputLayers() throws {
        var configuration = SequenceClassifierConfiguration()
        (configuration.reader, configuration.pooling) = (.transformer(Self.reader(.post, layers: 2)), .mean)
        let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a b c d e"])
        let network = SequenceClassifier(configuration, vocabulary: codec.vocabulary.count, classes: 3, key: RandomKey(seed: 2))
        let model = ClassificationModel(
            network: Self.drawn(network), codec: codec, labels: LabelSet(["no", "yes", "perhaps"]), recipe: "")
        let inspection = try Inspector(model).inspect(.classification(text: "a b c e", label: "yes"))
        let said = try Classifier(model).classify("a b c e")
        let weight = network.output.weight.value.doubles
        let errors = model.labels.names.map { name in
            (said.candidates.first { $0.label == name }?.probability ?? 0) - (name == "yes" ? 1 : 0)
        }
        let gradient = (0..<12).map { unit in errors.enumerated().reduce(0.0) { $0 + $1.element * weight[$1.offset * 12 + unit] } / 4 }
        let expected = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(inspection.recurrences.map(\.name) == ["layer 1", "layer 2"])
        let last = inspection.recurrences[1].states[0]
        #expect(last.name == "features" && last.values.count == 4)
        #expect(last.gradientNorms.allSatisfy { abs($0 - expected) < 1e-5 * expected })
        #expect(inspection.attention.map(\.name) == ["layer 1", "layer 2"])
        #expect(inspection.graph.walks.isEmpty)
    }

    @Test func everyHeadLooksBackwardsOnly() throws {
        let model = Self.language()
        let inspection = try Inspector(model).inspect(.text("the cat sat on a"), lossStep: 4)
        #expect(abs(inspection.loss - inspection.answers[3].loss) < 1e-5)
        for state in inspection.recurrences.flatMap(\.states) {
            #expect(state.gradientNorms[4...].allSatisfy { $0 == 0 } && state.gradientNorms[3] > 0)
        }
        #expect(inspection.attention.count == 2)
        for attention in inspection.attention {
            #expect(attention.alignment.source == ["</s>", "the", "cat", "sat", "on", "a"])
            #expect(attention.heads.count == 3)
            for head in attention.heads {
                for (step, row) in head.enumerated() {
                    #expect(abs(row.reduce(0, +) - 1) < 1e-5 && row[(step + 1)...].allSatisfy { $0 == 0 })
                }
            }
            let mean = attention.heads.map { $0[5][2] }.reduce(0, +) / 3
            #expect(abs(attention.alignment.weights[5][2] - mean) < 1e-6)
        }
        #expect(Set(inspection.attention.flatMap(\.heads)).count == 6)
    }

    @Test func aTranslationShowsEveryAttention() throws {
        var configuration = TransformerConfiguration()
        (configuration.width, configuration.heads, configuration.feedForward) = (12, 2, 8)
        (configuration.encoderLayers, configuration.decoderLayers) = (1, 2)
        let source = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a b c d e"])
        let target = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["k l m n"])
        let network = Transformer(
            configuration, sourceVocabulary: source.vocabulary.count, targetVocabulary: target.vocabulary.count, key: RandomKey(seed: 2))
        let model = TranslationModel(network: .transformer(Self.drawn(network)), sourceCodec: source, targetCodec: target, recipe: "")
        let inspection = try Inspector(model).inspect(.translation(source: "a b c d", target: "k l"))
        #expect(inspection.recurrences.map(\.name) == ["encoder, layer 1", "decoder, layer 1", "decoder, layer 2"])
        #expect(inspection.recurrences.map { $0.states[0].gradientNorms.count } == [4, 3, 3])
        #expect(
            inspection.attention.map(\.name) == [
                "the encoder, layer 1", "the decoder, layer 1, over the target", "the decoder, layer 1, over the source",
                "the decoder, layer 2, over the target", "the decoder, layer 2, over the source",
            ])
        #expect(
            inspection.attention.map { [$0.alignment.target.count, $0.alignment.source.count] } == [
                [4, 4], [3, 3], [3, 4], [3, 3], [3, 4],
            ])
        #expect(inspection.sequences[1].tokens == ["<s>", "k", "l"] && inspection.answers.map(\.target) == ["k", "l", "</s>"])
        let fed = Tensor(target.encode("k l", start: true), shape: [3, 1])
        let features = network.features(source: Tensor(source.encode("a b c d"), shape: [4, 1]), lengths: [4], target: fed, .inference())
        let loss = network.output.loss(features, targets: target.encode("k l", end: true), scale: 1 / 3, .inference()).scalar
        #expect(abs(inspection.loss - loss) < 1e-5)
    }

    @Test func aTextBeyondTheContextIsRefused() {
        let error = #expect(throws: InspectionError.self) { try Inspector(Self.language()).inspect(.text("the cat sat on a mat on a")) }
        #expect(error.map { "\($0)" } == "the text has 9 steps, and at most 7 are shown; shorten it")
    }
}
