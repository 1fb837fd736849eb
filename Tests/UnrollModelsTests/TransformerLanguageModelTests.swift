import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Transformer as a language model") struct TransformerLanguageModelTests {
    static let configurations: [TransformerLanguageModelConfiguration] = [1, 2, 5, 6].flatMap { context in
        [false, true].map { isOther in
            var configuration = TransformerLanguageModelConfiguration()
            (configuration.reader.width, configuration.reader.heads, configuration.reader.feedForward) = isOther ? (18, 2, 13) : (12, 3, 17)
            configuration.reader.layers = 2
            configuration.reader.norm = isOther ? .post : .pre
            configuration.reader.activation = isOther ? .silu : .gelu
            configuration.reader.positions = isOther ? .learned : .sinusoidal
            (configuration.context, configuration.tiedEmbeddings) = (context, isOther)
            return configuration
        }
    }

    private func network(
        _ configuration: TransformerLanguageModelConfiguration, _ type: ScalarType = .float32
    ) -> TransformerLanguageModel {
        let network = TransformerLanguageModel(configuration, vocabulary: 11, key: RandomKey(seed: 5), scalarType: type)
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 6).split(place), type))
        }
        return network
    }

    private static let text: [Int32] = (0..<17).map { (5 * $0 * $0 + 3 * $0 + 1) % 11 }

    /// What the rule of windows says of the next token after a text: its last window read whole, alone.
    private func expected(_ network: TransformerLanguageModel, _ text: [Int32]) -> Tensor {
        var start = 0
        while text.count - start > network.configuration.context { start += network.configuration.stride }
        let window = Array(text[start...])
        let features = network(Tensor(window, shape: [window.count, 1]), .inference())
        return network.output.logProbabilities(features.at(window.count - 1), .inference())
    }

    /// Tokens that come one by one, and windows that fill and begin anew, give the bits of each window read whole.
    @Test(arguments: configurations)
    func stepsAreThoseOfWholeWindows(_ configuration: TransformerLanguageModelConfiguration) {
        let network = network(configuration)
        var state: TransformerLanguageModel.State?
        for count in 1...Self.text.count {
            let text = Array(Self.text.prefix(count))
            let expected = expected(network, text)
            let found = state.map { network.step([text[count - 1]], $0, .inference()) } ?? network.start(text, rows: 1, .inference())
            state = found.state
            #expect(found.logProbabilities.isFinite && found.logProbabilities.isIdentical(to: expected), "after \(count)")
            let anew = network.start(text, rows: 3, .inference()).logProbabilities
            #expect(anew.shape == [3, 11])
            for row in 0..<3 { #expect(anew.sliced(row..<row + 1, axis: 0).isIdentical(to: expected), "after \(count)") }
        }
    }

    /// Rows that begin alike and go on apart are each what they would be alone, in the window after, too.
    @Test(arguments: configurations)
    func rowsGoOnAsEachWouldAlone(_ configuration: TransformerLanguageModelConfiguration) {
        let network = network(configuration)
        let prompt = Array(Self.text.prefix(4))
        var state = network.start(prompt, rows: 3, .inference()).state
        for step in 0..<9 {
            let tokens = (0..<3).map { row in Int32((step * (row + 2) + row) % 11) }
            let found = network.step(tokens, state, .inference())
            state = found.state
            for row in 0..<3 {
                let text = prompt + (0...step).map { Int32(($0 * (row + 2) + row) % 11) }
                #expect(found.logProbabilities.sliced(row..<row + 1, axis: 0).isIdentical(to: expected(network, text)), "row \(row)")
            }
        }
    }

    /// A state may be gone on from twice: the second one finds what the first one found.
    @Test func aStateIsAValue() {
        let network = network(Self.configurations[6])
        let start = network.start([3, 1, 4], rows: 2, .inference()).state
        let first = network.step([1, 5], start, .inference())
        _ = network.step([9, 2], start, .inference())
        let again = network.step([1, 5], start, .inference())
        #expect(first.logProbabilities.isIdentical(to: again.logProbabilities))
        #expect(
            network.step([2, 6], first.state, .inference()).logProbabilities.isIdentical(
                to: network.step([2, 6], again.state, .inference()).logProbabilities))
    }

    @Test(arguments: configurations)
    func aRowIsTheSameAloneAndInABatch(_ configuration: TransformerLanguageModelConfiguration) {
        let network = network(configuration)
        let tokens = Tensor((0..<configuration.context * 4).map { Int32($0 * 7 % 11) }, shape: [configuration.context, 4])
        let together = network(tokens, .inference())
        #expect(together.shape == [configuration.context, 4, configuration.reader.width])
        for row in 0..<4 {
            let alone = network(tokens.sliced(row..<row + 1, axis: 1), .inference())
            #expect(alone.isIdentical(to: together.sliced(row..<row + 1, axis: 1)))
        }
    }

    @Test(arguments: configurations)
    func everyParameterIsTrained(_ configuration: TransformerLanguageModelConfiguration) {
        let network = network(configuration, .float64)
        let (time, batch) = (configuration.context, 12)
        let tokens = Tensor((0..<time * batch).map { Int32($0 % 11) }, shape: [time, batch])
        let gradients = valueAndGradients(of: network, isTraining: false) { context in
            (network.output.loss(network(tokens, context), targets: (0..<time * batch).map { Int32(($0 * 5 + 2) % 11) }, context), ())
        }.gradients
        for (named, gradient) in zip(network.parameters, gradients.values) {
            let values = gradient?.dense.doubles ?? []
            // One step attends to itself alone, whatever its query and key; several do, whatever one bias adds to all keys.
            let isIdle = named.name.contains(time == 1 ? ".query." : ".key.bias") || time == 1 && named.name.contains(".key.")
            #expect((isIdle || values.contains { abs($0) > 1e-12 }) && values.allSatisfy { $0.isFinite }, "\(named.name)")
        }
        #expect((network.output.weight === network.embedding.weight) == configuration.tiedEmbeddings)
    }

    @Test func namesOfTheParameters() {
        let names = network(Self.configurations[7]).parameters.map { "\($0.name) \($0.parameter.shape)" }
        #expect(
            names.prefix(3) == [
                "embedding.weight [11, 18]", "positions.weight [6, 18]", "transformer.layers.0.self_attn.query.weight [18, 18]",
            ])
        #expect(names.last == "output.bias [11]")
    }

    @Test(arguments: configurations)
    func theConfigurationSurvivesJSON(_ configuration: TransformerLanguageModelConfiguration) throws {
        let whole = LanguageNetworkConfiguration.transformer(configuration)
        let data = try JSONEncoder().encode(whole)
        #expect(try JSONDecoder().decode(LanguageNetworkConfiguration.self, from: data) == whole)
        // What was written before there were two kinds names none.
        let old = try JSONEncoder().encode(LanguageModelConfiguration())
        #expect(try JSONDecoder().decode(LanguageNetworkConfiguration.self, from: old) == .recurrent(LanguageModelConfiguration()))
    }
}
