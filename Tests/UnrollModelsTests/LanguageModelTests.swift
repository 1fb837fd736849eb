import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Language model") struct LanguageModelTests {
    private static let tokens = Tensor([4, 0, 7, 2, 9, 9, 3, 5, 10, 10, 1, 6, 8, 4, 2] as [Int32], shape: [5, 3])

    private static let configurations: [LanguageModelConfiguration] = CellKind.allCases.flatMap { cell in
        [false, true].map { isTied in
            var configuration = LanguageModelConfiguration()
            configuration.cell = cell
            configuration.resetGate = isTied ? .afterProduct : .beforeProduct
            (configuration.embedding, configuration.hidden) = (isTied ? 9 : 6, 9)
            configuration.layers = isTied ? 1 : 2
            configuration.hyper = HyperOptions(hidden: 3, embedding: 2, layerNorm: isTied)
            configuration.initialState = isTied ? .learned : .zero
            configuration.tiedEmbeddings = isTied
            return configuration
        }
    }

    private func network(_ configuration: LanguageModelConfiguration, _ type: ScalarType = .float32) -> LanguageModel {
        let network = LanguageModel(configuration, vocabulary: 11, key: RandomKey(seed: 5), scalarType: type)
        for (place, named) in network.parameters.enumerated() where named.parameter.shape.rank == 1 {
            named.parameter.set(.normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 6).split(place), type))
        }
        return network
    }

    @Test(arguments: configurations)
    func aTextInPiecesIsReadAsItIsWhole(_ configuration: LanguageModelConfiguration) {
        let network = network(configuration)
        let whole = network(Self.tokens, .inference())
        #expect(whole.features.shape == [5, 3, 9])
        let first = network(Self.tokens.sliced(0..<2, axis: 0), .inference())
        let second = network(Self.tokens.sliced(2..<5, axis: 0), states: first.states, .inference())
        #expect(first.features.bits + second.features.bits == whole.features.bits)
        #expect(
            second.states.flatMap { $0.flatMap { $0.tensors.map(\.bits) } }
                == whole.states.flatMap { $0.flatMap { $0.tensors.map(\.bits) } })
        // A state that was forgotten shows.
        #expect(network(Self.tokens.sliced(2..<5, axis: 0), .inference()).features.bits != second.features.bits)
    }

    @Test(arguments: configurations)
    func aRowIsTheSameAloneAndInABatch(_ configuration: LanguageModelConfiguration) {
        let network = network(configuration)
        let together = network(Self.tokens, .inference()).features
        for row in 0..<3 {
            let alone = network(Self.tokens.sliced(row..<row + 1, axis: 1), .inference()).features
            #expect(alone.bits == together.sliced(row..<row + 1, axis: 1).bits)
        }
    }

    @Test(arguments: configurations)
    func everyParameterIsTrained(_ configuration: LanguageModelConfiguration) {
        let network = network(configuration, .float64)
        // Some weights of a HyperLSTM start as constants, behind which nothing is learnt at first.
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(.normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 7).split(place), .float64))
        }
        let gradients = valueAndGradients(of: network, isTraining: false) { context in
            let features = network(Self.tokens, context).features
            return (network.output.loss(features, targets: (0..<15).map { Int32($0 % 11) }, context), ())
        }.gradients
        for (named, gradient) in zip(network.parameters, gradients.values) {
            let values = gradient?.dense.doubles ?? []
            #expect(values.contains { $0 != 0 } && values.allSatisfy { $0.isFinite }, "\(named.name)")
        }
        #expect((network.output.weight === network.embedding.weight) == configuration.tiedEmbeddings)
    }

    @Test func dropoutActsInTrainingAlone() {
        var configuration = LanguageModelConfiguration()
        configuration.dropout = 0.5
        let network = network(configuration)
        let run = { (isTraining: Bool, seed: UInt64) in
            network(Self.tokens, Context(tape: nil, isTraining: isTraining, key: RandomKey(seed: seed))).features.bits
        }
        #expect(run(false, 1) == run(false, 2))
        #expect(run(true, 1) == run(true, 1))
        #expect(run(true, 1) != run(true, 2))
        #expect(run(true, 1) != run(false, 1))
    }

    @Test(arguments: configurations)
    func theConfigurationSurvivesJSON(_ configuration: LanguageModelConfiguration) throws {
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(LanguageModelConfiguration.self, from: data) == configuration)
    }

    @Test(arguments: [
        (#"{"layers":0}"#, "layers: must be at least 1, not 0"), (#"{"hidden":-1}"#, "hidden: must be at least 1, not -1"),
        (#"{"embedding":0}"#, "embedding: must be at least 1, not 0"),
        (#"{"dropout":1}"#, "dropout: must be at least 0 and below 1, not 1.0"),
        (
            #"{"tiedEmbeddings":true,"embedding":6,"hidden":9}"#,
            "tiedEmbeddings: needs 'embedding' and 'hidden' to be equal, not 6 and 9: one table serves both ends"
        ),
    ])
    func whatCannotBeIsRefused(_ json: String, _ message: String) throws {
        do {
            _ = try JSONDecoder().decode(LanguageModelConfiguration.self, from: Data(json.utf8))
            Issue.record("\(json) was accepted")
        } catch DecodingError.dataCorrupted(let context) {
            #expect((context.codingPath.last?.stringValue ?? "") + ": " + context.debugDescription == message)
        }
    }

    @Test func nothingGivesTheDefaults() throws {
        let configuration = try JSONDecoder().decode(LanguageModelConfiguration.self, from: Data("{}".utf8))
        #expect(configuration == LanguageModelConfiguration())
        #expect((configuration.cell, configuration.layers, configuration.hidden) == (.lstm, 2, 200))
    }
}
