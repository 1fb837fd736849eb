import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Sequence to sequence") struct SequenceToSequenceTests {
    private static let lengths: [Int32] = [5, 1, 3]
    /// What stands in the padding must not matter.
    private static let source = Tensor([4, 7, 8, 5, 9, 9, 6, 9, 10, 7, 9, 9, 8, 9, 9] as [Int32], shape: [5, 3])
    private static let target: [[Int32]] = [[2, 2, 2], [5, 6, 7], [5, 4, 10], [9, 8, 4]]

    @Test(arguments: SampleNetworks.configurations, [ScalarType.float32, .float64])
    func feedingTheRightTokensStepByStepGivesTheSameBits(_ configuration: Configuration, _ type: ScalarType) {
        let network = SampleNetworks.network(configuration, type)
        let context = Context.inference()
        let tokens = Tensor(Self.target.flatMap(\.self), shape: [4, 3])
        let features = network.features(source: Self.source, lengths: Self.lengths, target: tokens, context)
        #expect(features.shape == [4, 3, configuration.readoutSize])
        var state = network.encode(Self.source, lengths: Self.lengths, context)
        for (time, fed) in Self.target.enumerated() {
            let step = network.step(fed, state, context)
            state = step.state
            let expected = network.output.logProbabilities(features.at(time), context)
            #expect(step.logProbabilities.bits == expected.bits, "step \(time)")
            for row in 0..<3 {
                let total = step.logProbabilities.at(row).doubles.reduce(0) { $0 + exp($1) }
                #expect(abs(total - 1) < 1e-5)
                guard let weights = step.weights else { continue }
                let counted = weights.at(row).doubles
                #expect(abs(counted.prefix(Int(Self.lengths[row])).reduce(0, +) - 1) < 1e-5)
                #expect(counted.dropFirst(Int(Self.lengths[row])).allSatisfy { $0 == 0 })
            }
            #expect((step.weights == nil) == (configuration.attention == .none))
        }
    }

    @Test(arguments: SampleNetworks.configurations)
    func aPaddedSourceIsEncodedAsItIsAlone(_ configuration: Configuration) {
        let network = SampleNetworks.network(configuration)
        let context = Context.inference()
        let together = network.encode(Self.source, lengths: Self.lengths, context)
        for (row, length) in Self.lengths.enumerated() {
            let tokens = (0..<Int(length)).map { Self.source.tokens[$0 * 3 + row] }
            let alone = network.encode(Tensor(tokens, shape: [Int(length), 1]), lengths: [length], context)
            for (first, second) in zip(together.layers, alone.layers) {
                for (first, second) in zip(first.tensors, second.tensors) { #expect(first.at(row).bits == second.at(0).bits) }
            }
            #expect(together.layers.count == configuration.decoderLayers && alone.layers.count == configuration.decoderLayers)
            #expect((together.memory == nil) == (configuration.attention == .none))
            guard let memory = together.memory, let single = alone.memory else { continue }
            #expect(Array(memory.values.row(row).prefix(Int(length))) == single.values.row(0))
            #expect(Array(memory.keys.row(row).prefix(Int(length))) == single.keys.row(0))
        }
    }

    /// The decoder counts as the encoder has read; whoever calls counts from the source's first token.
    @Test(arguments: SampleNetworks.configurations.filter { $0.attention != .none })
    func whereItLookedIsCountedFromTheSourcesStart(_ configuration: Configuration) throws {
        let network = SampleNetworks.network(configuration)
        let context = Context.inference()
        let state = network.encode(Self.source, lengths: Self.lengths, context)
        let raw = try #require(network.decoder(Tensor([2, 2, 2] as [Int32], shape: [1, 3]), state, context).weights.first)
        let shown = try #require(network.step([2, 2, 2], state, context).weights)
        for (row, length) in Self.lengths.enumerated() {
            let read = Array(raw.at(row).floats.prefix(Int(length)))
            #expect(Array(shown.at(row).floats.prefix(Int(length))) == (configuration.reverseSource ? read.reversed() : read))
            #expect(length == 1 || read != read.reversed())
        }
    }

    @Test(arguments: SampleNetworks.configurations)
    func everyParameterIsTrained(_ configuration: Configuration) {
        let network = SampleNetworks.network(configuration, .float64)
        let tokens = Tensor(Self.target.flatMap(\.self), shape: [4, 3])
        let gradients = valueAndGradients(of: network, isTraining: false) { context in
            let features = network.features(source: Self.source, lengths: Self.lengths, target: tokens, context)
            return (network.output.loss(features, targets: [5, 6, 7, 5, 4, 10, 9, 8, 4, 3, 3, -1], context), ())
        }.gradients
        for (named, gradient) in zip(network.parameters, gradients.values) {
            let values = gradient?.dense.doubles ?? []
            #expect(values.contains { $0 != 0 } && values.allSatisfy { $0.isFinite }, "\(named.name)")
        }
    }

    /// Truncated back-propagation through time leaves values as they are, in the encoder and however the decoder runs.
    @Test(arguments: SampleNetworks.configurations)
    func cuttingChangesGradientsAlone(_ configuration: Configuration) {
        let network = SampleNetworks.network(configuration, .float64)
        let tokens = Tensor(Self.target.flatMap(\.self), shape: [4, 3])
        let results = [nil, 1, 2, 9].map { (steps: Int?) in
            valueAndGradients(of: network, isTraining: false) { context in
                let features = context.cuttingGradients(every: steps) {
                    network.features(source: Self.source, lengths: Self.lengths, target: tokens, context)
                }
                let loss = network.output.loss(features, targets: [5, 6, 7, 5, 4, 10, 9, 8, 4, 3, 3, -1], context)
                return (loss: loss, extra: features.bits)
            }
        }
        #expect(results.allSatisfy { $0.extra == results[0].extra })
        let ofDecoder = network.parameters.indices.filter { network.parameters[$0].name.hasPrefix("decoder.weight_hh") }
        let gradients = results.map { result in ofDecoder.map { result.gradients.values[$0]?.dense.bits } }
        #expect(gradients[3] == gradients[0] && gradients[1] != gradients[0] && gradients[2] != gradients[1])
    }

    @Test func dropoutActsInTrainingAlone() {
        var configuration = Configuration()
        configuration.embedding = 6
        configuration.hidden = 9
        configuration.dropout = 0.5
        let network = SampleNetworks.network(configuration)
        let tokens = Tensor(Self.target.flatMap(\.self), shape: [4, 3])
        let run = { (isTraining: Bool, seed: UInt64) in
            let context = Context(tape: nil, isTraining: isTraining, key: RandomKey(seed: seed))
            return network.features(source: Self.source, lengths: Self.lengths, target: tokens, context).bits
        }
        #expect(run(false, 1) == run(false, 2))
        #expect(run(true, 1) == run(true, 1))
        #expect(run(true, 1) != run(true, 2))
        #expect(run(true, 1) != run(false, 1))
    }

    @Test func gatheredRowsGoOnAsTheirOwn() {
        let network = SampleNetworks.network(SampleNetworks.configurations[SampleNetworks.configurations.count - 1])
        let context = Context.inference()
        let first = network.step([2, 2, 2], network.encode(Self.source, lengths: Self.lengths, context), context)
        let straight = network.step([5, 6, 7], first.state, context)
        let turned = network.step([7, 5, 7, 6], network.gathered(first.state, rows: [2, 0, 2, 1]), context)
        for (row, origin) in [2, 0, 2, 1].enumerated() {
            #expect(turned.logProbabilities.at(row).bits == straight.logProbabilities.at(origin).bits)
            #expect(turned.weights?.at(row).bits == straight.weights?.at(origin).bits)
        }
    }

    @Test func aReversedSourceIsReadFromItsEnd() {
        var configuration = Configuration()
        configuration.embedding = 6
        configuration.hidden = 9
        configuration.bidirectional = false
        let plain = SampleNetworks.network(configuration)
        configuration.reverseSource = true
        let reversing = SampleNetworks.network(configuration)
        let context = Context.inference()
        let backwards = Tensor([8, 7, 10, 7, 9, 9, 6, 9, 8, 5, 9, 9, 4, 9, 9] as [Int32], shape: [5, 3])
        let expected = plain.encode(backwards, lengths: Self.lengths, context)
        let found = reversing.encode(Self.source, lengths: Self.lengths, context)
        #expect(found.layers[0].hidden.bits == expected.layers[0].hidden.bits)
        #expect(found.memory?.keys.bits == expected.memory?.keys.bits)
        #expect(found.layers[0].hidden.bits != plain.encode(Self.source, lengths: Self.lengths, context).layers[0].hidden.bits)
    }
}
