import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Temporal convolution") struct TemporalConvolutionTests {
    private func network(_ strides: [Int], blocks: Int = 2, dropout: Double = 0) -> TemporalConvolution {
        var configuration = TemporalConvolutionConfiguration()
        (configuration.strides, configuration.channels, configuration.blocks) = (strides, 5, blocks)
        configuration.dropout = dropout
        let network = TemporalConvolution(configuration, inputs: 2, key: RandomKey(seed: 5))
        for (place, named) in network.parameters.enumerated() where named.name.hasSuffix("bias") {
            named.parameter.set(.normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 6).split(place)))
        }
        return network
    }

    private let inputs = Tensor.uniform([57, 4, 2], in: -1..<1, key: RandomKey(seed: 7))

    @Test(arguments: [[], [3], [4, 2]], [1, 3])
    func theReceptiveFieldIsWhatTheLastOutputSees(_ strides: [Int], _ blocks: Int) {
        let network = network(strides, blocks: blocks)
        let field = network.receptiveField
        let total = strides.reduce(1, *)
        // The last output stands at the last multiple of the strides.
        let last = 40 * total
        let time = last + 1
        let x = Tensor.uniform([time, 1, 2], in: 0.1..<1, key: RandomKey(seed: 8))
        // ReLU may hide an input by chance, so weights and biases are made positive: every path carries something.
        for named in network.parameters {
            named.parameter.set(Tensor.uniform(named.parameter.shape, in: 0.1..<0.2, key: RandomKey(seed: 9)))
        }
        let tape = Tape()
        let watched = tape.watch(x)
        let outputs = network(watched, Context(tape: tape, isTraining: false, key: RandomKey(seed: 0))).outputs
        #expect(outputs.shape == [41, 1, 5])
        let gradient = tape.gradients(of: sum(outputs.at(40)))[watched]!.doubles
        let seen = (0..<time).filter { gradient[2 * $0] != 0 }
        #expect(seen.last == last)
        #expect(seen.count == min(field, time) && seen.first == max(0, last - field + 1))
        #expect(field < time, "else the test would see nothing")
    }

    @Test(arguments: [[], [3], [4, 2]])
    func aRowIsTheSameAloneAndInABatch(_ strides: [Int]) throws {
        let network = network(strides)
        let lengths: [Int32] = [57, 0, 1, 22]
        let (outputs, counts) = network(inputs, lengths: lengths, .inference())
        let total = strides.reduce(1, *)
        #expect(try #require(counts) == lengths.map { Int32((Int($0) + total - 1) / total) })
        for (row, length) in lengths.enumerated() {
            let alone = inputs.sliced(row..<row + 1, axis: 1).sliced(0..<Int(length), axis: 0)
            let expected = network(alone, .inference()).outputs
            let count = Int(try #require(counts)[row])
            #expect(expected.shape == [count, 1, 5])
            #expect(outputs.sliced(row..<row + 1, axis: 1).sliced(0..<count, axis: 0).bits == expected.bits)
        }
    }

    @Test func theNextStepsChangeNothing() {
        let network = network([])
        let whole = network(inputs, .inference()).outputs
        let other = concatenated([inputs.sliced(0..<30, axis: 0), .uniform([27, 4, 2], in: -9..<9, key: RandomKey(seed: 3))], axis: 0)
        let changed = network(other, .inference()).outputs
        #expect(whole.sliced(0..<30, axis: 0).bits == changed.sliced(0..<30, axis: 0).bits)
        #expect(whole.at(30).bits != changed.at(30).bits)
    }

    @Test func aWholeChannelIsDropped() {
        let network = network([], blocks: 1, dropout: 0.5)
        let run = { (isTraining: Bool, seed: UInt64) in
            network(self.inputs, Context(tape: nil, isTraining: isTraining, key: RandomKey(seed: seed))).outputs.bits
        }
        #expect(run(false, 1) == run(false, 2))
        #expect(run(true, 1) == run(true, 1))
        #expect(run(true, 1) != run(true, 2))
        #expect(run(true, 1) != run(false, 1))
    }

    @Test func aNewWeightIsItsDirection() {
        let layer = CausalConvolution(3, 4, taps: 2, key: RandomKey(seed: 1), scalarType: .float64)
        let x = Tensor.uniform([5, 2, 3], in: -1..<1, key: RandomKey(seed: 2), .float64)
        let expected = convolution(x, layer.direction.value)
        for (found, wanted) in zip(layer(x, .inference()).doubles, expected.doubles) { #expect(abs(found - wanted) < 1e-12) }
        #expect(layer.reach == 1)
    }

    @Test func names() {
        #expect(
            network([3]).parameters.map { "\($0.name) \($0.parameter.shape)" }.prefix(9) == [
                "front.0.weight_v [5, 2, 6]", "front.0.weight_g [5, 1, 1]", "front.0.bias [5]", "blocks.0.conv1.weight_v [5, 5, 3]",
                "blocks.0.conv1.weight_g [5, 1, 1]", "blocks.0.conv1.bias [5]", "blocks.0.conv2.weight_v [5, 5, 3]",
                "blocks.0.conv2.weight_g [5, 1, 1]", "blocks.0.conv2.bias [5]",
            ])
        #expect(network([]).parameters.map(\.name).contains("blocks.0.downsample.weight"))
    }

    @Test(arguments: [
        (#"{"channels":0}"#, "channels: must be at least 1, not 0"), (#"{"taps":0}"#, "taps: must be at least 1, not 0"),
        (#"{"blocks":0}"#, "blocks: must be at least 1, not 0"),
        (#"{"blocks":25}"#, "blocks: must be at most 24, since the dilation doubles with each, not 25"),
        (#"{"strides":[4,0]}"#, "strides: must be at most 16 numbers from 1 to 1000, not [4, 0]"),
        (#"{"dropout":1}"#, "dropout: must be at least 0 and below 1, not 1.0"),
    ])
    func whatCannotBeIsRefused(_ json: String, _ message: String) throws {
        do {
            _ = try JSONDecoder().decode(TemporalConvolutionConfiguration.self, from: Data(json.utf8))
            Issue.record("\(json) was accepted")
        } catch DecodingError.dataCorrupted(let context) {
            #expect((context.codingPath.last?.stringValue ?? "") + ": " + context.debugDescription == message)
        }
    }

    @Test func theConfigurationSurvivesJSON() throws {
        var configuration = TemporalConvolutionConfiguration()
        (configuration.strides, configuration.taps, configuration.dropout) = ([8, 4], 5, 0.2)
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(TemporalConvolutionConfiguration.self, from: data) == configuration)
        #expect(
            try JSONDecoder().decode(TemporalConvolutionConfiguration.self, from: Data("{}".utf8)) == TemporalConvolutionConfiguration())
    }
}
