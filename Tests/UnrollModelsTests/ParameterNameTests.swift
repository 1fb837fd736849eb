import Foundation
import Testing
import UnrollCheckpoints
import UnrollModules
import UnrollTensors

@testable import UnrollModels

/// Files depend on these names: a change here is a change of the file format.
@Suite("Names of parameters") struct ParameterNameTests {
    private func described(_ configuration: Configuration) -> [String] {
        SampleNetworks.network(configuration).parameters.map { "\($0.name) \($0.parameter.shape)" }
    }

    @Test func bahdanau() {
        var configuration = Configuration()
        configuration.embedding = 6
        configuration.hidden = 9
        #expect(
            described(configuration) == [
                "source_embedding.weight [11, 6]",
                "encoder.weight_ih_l0 [27, 6]", "encoder.weight_hh_l0 [27, 9]", "encoder.bias_ih_l0 [27]",
                "encoder.weight_ih_l0_reverse [27, 6]", "encoder.weight_hh_l0_reverse [27, 9]", "encoder.bias_ih_l0_reverse [27]",
                "bridge.0.hidden.weight [9, 18]", "bridge.0.hidden.bias [9]",
                "decoder.embedding.weight [11, 6]",
                "decoder.weight_ih_l0 [27, 24]", "decoder.weight_hh_l0 [27, 9]", "decoder.bias_ih_l0 [27]",
                "decoder.attention.query.weight [9, 9]", "decoder.attention.key.weight [9, 18]", "decoder.attention.key.bias [9]",
                "decoder.attention.v [9]",
                "decoder.readout.weight [6, 33]", "decoder.readout.bias [6]",
                "output.weight [11, 6]", "output.bias [11]",
            ])
    }

    @Test func sutskever() {
        var configuration = Configuration()
        configuration.cell = .lstm
        configuration.embedding = 6
        configuration.hidden = 9
        configuration.encoderLayers = 2
        configuration.decoderLayers = 2
        configuration.bidirectional = false
        configuration.attention = .none
        configuration.bridge = .copy
        #expect(
            described(configuration) == [
                "source_embedding.weight [11, 6]",
                "encoder.weight_ih_l0 [36, 6]", "encoder.weight_hh_l0 [36, 9]", "encoder.bias_ih_l0 [36]",
                "encoder.weight_ih_l1 [36, 9]", "encoder.weight_hh_l1 [36, 9]", "encoder.bias_ih_l1 [36]",
                "decoder.embedding.weight [11, 6]",
                "decoder.weight_ih_l0 [36, 6]", "decoder.weight_hh_l0 [36, 9]", "decoder.bias_ih_l0 [36]",
                "decoder.weight_ih_l1 [36, 9]", "decoder.weight_hh_l1 [36, 9]", "decoder.bias_ih_l1 [36]",
                "output.weight [11, 9]", "output.bias [11]",
            ])
    }

    @Test func luong() {
        var configuration = Configuration()
        configuration.embedding = 6
        configuration.hidden = 9
        configuration.attention = .general
        configuration.inputFeeding = true
        configuration.resetGate = .afterProduct
        configuration.bridge = .zero
        configuration.bidirectional = false
        configuration.tiedEmbeddings = .output
        #expect(
            described(configuration) == [
                "source_embedding.weight [11, 6]",
                "encoder.weight_ih_l0 [27, 6]", "encoder.weight_hh_l0 [27, 9]", "encoder.bias_ih_l0 [27]", "encoder.bias_hh_l0 [27]",
                "decoder.embedding.weight [11, 6]",
                "decoder.weight_ih_l0 [27, 12]", "decoder.weight_hh_l0 [27, 9]", "decoder.bias_ih_l0 [27]", "decoder.bias_hh_l0 [27]",
                "decoder.attention.key.weight [9, 9]",
                "decoder.readout.weight [6, 18]", "decoder.readout.bias [6]",
                "output.bias [11]",
            ])
    }

    @Test(arguments: [
        (Configuration.AttentionChoice.none, 9), (.general, 9 + 18), (.additive, 9 + 18 + 6),
    ])
    func aConcatenatedReadoutIsAllInTheOutputLayer(_ attention: Configuration.AttentionChoice, _ width: Int) {
        var configuration = Configuration()
        configuration.embedding = 6
        configuration.hidden = 9
        configuration.attention = attention
        configuration.readout = .concatenated
        let names = described(configuration)
        #expect(!names.contains { $0.contains("readout") })
        #expect(names.suffix(2) == ["output.weight [11, \(width)]", "output.bias [11]"])
    }

    @Test func zaremba() {
        var configuration = LanguageModelConfiguration()
        configuration.embedding = 6
        configuration.hidden = 9
        #expect(
            LanguageModel(configuration, vocabulary: 11, key: RandomKey(seed: 1)).parameters.map { "\($0.name) \($0.parameter.shape)" } == [
                "embedding.weight [11, 6]",
                "recurrence.weight_ih_l0 [36, 6]", "recurrence.weight_hh_l0 [36, 9]", "recurrence.bias_ih_l0 [36]",
                "recurrence.weight_ih_l1 [36, 9]", "recurrence.weight_hh_l1 [36, 9]", "recurrence.bias_ih_l1 [36]",
                "output.weight [11, 9]", "output.bias [11]",
            ])
    }

    @Test(arguments: [
        (EmbeddingTying.none, [String: String]()), (.output, ["output.weight": "decoder.embedding.weight"]),
        (.all, ["decoder.embedding.weight": "source_embedding.weight", "output.weight": "source_embedding.weight"]),
    ])
    func aTiedTableIsOneParameterWithOtherNames(_ tying: EmbeddingTying, _ aliases: [String: String]) throws {
        var configuration = Configuration()
        configuration.embedding = 6
        configuration.hidden = 9
        configuration.tiedEmbeddings = tying
        let network = SampleNetworks.network(configuration)
        #expect(Dictionary(uniqueKeysWithValues: network.parameterAliases.map { ($0.name, $0.original) }) == aliases)
        #expect(network.parameters.count == 21 - aliases.count)
        #expect((network.output.weight === network.decoder.embedding.weight) == (tying != .none))
        #expect((network.sourceEmbedding.weight === network.decoder.embedding.weight) == (tying == .all))

        let url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-models-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        try TensorFile.save(network, to: url)
        let file = try TensorFile(contentsOf: url)
        #expect(Dictionary(uniqueKeysWithValues: file.aliases.map { ($0.name, $0.original) }) == aliases)
        #expect(file.entries.map(\.name).sorted() == network.parameters.map(\.name).sorted())
        #expect(try file.tensor("output.weight").bits == network.output.weight.value.bits)
        let read = SequenceToSequence(configuration, sourceVocabulary: 11, targetVocabulary: 11, key: .blank)
        try file.load(into: read)
        #expect(read.snapshot.map(\.bits) == network.snapshot.map(\.bits))
    }
}
