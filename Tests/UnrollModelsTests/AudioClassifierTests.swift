import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Classifier of sounds") struct AudioClassifierTests {
    private static func configuration(_ pooling: PoolingKind, strides: [Int] = [3, 2], blocks: Int = 2) -> AudioClassifierConfiguration {
        var configuration = AudioClassifierConfiguration()
        configuration.pooling = pooling
        configuration.convolution.strides = strides
        (configuration.convolution.channels, configuration.convolution.blocks) = (5, blocks)
        return configuration
    }

    private static func network(_ pooling: PoolingKind, strides: [Int] = [3, 2]) -> AudioClassifier {
        let network = AudioClassifier(configuration(pooling, strides: strides), classes: 3, key: RandomKey(seed: 5))
        for (place, named) in network.parameters.enumerated() where named.name.hasSuffix("bias") {
            named.parameter.set(.normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 6).split(place)))
        }
        return network
    }

    @Test(arguments: PoolingKind.allCases, [[], [3, 2]])
    func aSoundIsTheSameAloneAndInABatch(_ pooling: PoolingKind, _ strides: [Int]) {
        let network = Self.network(pooling, strides: strides)
        let sounds = Tensor.uniform([41, 4, 1], in: -1..<1, key: RandomKey(seed: 7))
        let lengths: [Int32] = [41, 1, 22, 9]
        let (together, weights) = network(sounds, lengths: lengths, .inference())
        #expect(together.shape == [4, 5] && (weights == nil) == (pooling != .attention))
        for (row, length) in lengths.enumerated() {
            let alone = sounds.sliced(row..<row + 1, axis: 1).sliced(0..<Int(length), axis: 0)
            let (features, _) = network(alone, lengths: [length], .inference())
            #expect(features.bits == together.sliced(row..<row + 1, axis: 0).bits)
        }
        #expect(Set(together.doubles).count > 8)
    }

    @Test func poolingIsWhatItSays() {
        let sounds = Tensor.uniform([13, 2, 1], in: -1..<1, key: RandomKey(seed: 7))
        let frames = Self.network(.mean).convolution(sounds, .inference()).outputs.doubles
        func features(_ pooling: PoolingKind) -> [Double] {
            Self.network(pooling)(sounds, lengths: [13, 13], .inference()).features.doubles
        }
        for place in 0..<10 {
            let values = (0..<3).map { frames[$0 * 10 + place] }
            #expect(abs(features(.mean)[place] - values.reduce(0, +) / 3) < 1e-6)
            #expect(features(.max)[place] == values.max() && features(.last)[place] == values[2])
        }
    }

    @Test func namesOfTheParameters() {
        let names = Self.network(.attention).parameters.map(\.name)
        #expect(names.first == "convolution.front.0.weight_v")
        #expect(names.suffix(3) == ["pooling.query", "output.weight", "output.bias"])
    }

    /// If the bound were above the real number, good model files would be refused.
    @Test(arguments: [[], [3], [3, 2]], [1, 3])
    func theLeastSizeIsNeverMoreThanTheNetworkHas(_ strides: [Int], _ blocks: Int) {
        let configuration = Self.configuration(.attention, strides: strides, blocks: blocks)
        let count = Double(AudioClassifier(configuration, classes: 4, key: RandomKey(seed: 1)).parameterCount)
        let least = configuration.leastParameterCount(classes: 4)
        #expect(least <= count && least * 2 > count, "\(least) of \(count)")
    }

    @Test func theConfigurationSurvivesJSON() throws {
        let configuration = Self.configuration(.max)
        #expect(try JSONDecoder().decode(AudioClassifierConfiguration.self, from: JSONEncoder().encode(configuration)) == configuration)
        let defaults = try JSONDecoder().decode(AudioClassifierConfiguration.self, from: Data("{}".utf8))
        #expect(defaults == AudioClassifierConfiguration() && defaults.convolution.strides == [8, 4])
    }
}
