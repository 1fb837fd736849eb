import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

typealias Configuration = SequenceToSequenceConfiguration

/// Small networks of every kind.
enum SampleNetworks {
    /// Every attention with every cell and with and without input feeding; bridges, layers, directions and tying take turns. Then the
    /// concatenated read-out.
    static let configurations: [Configuration] = {
        var all: [Configuration] = []
        for attention in Configuration.AttentionChoice.allCases {
            for cell in [CellKind.rnn, .gru, .lstm] {
                for feeding in [false, true] {
                    var configuration = Configuration()
                    configuration.embedding = 6
                    configuration.hidden = 9
                    configuration.cell = cell
                    configuration.attention = attention
                    configuration.inputFeeding = feeding
                    configuration.bidirectional = attention != .dot && cell != .lstm
                    configuration.encoderLayers = cell == .gru ? 1 : 2
                    configuration.decoderLayers = cell == .rnn ? 1 : 2
                    configuration.resetGate = feeding ? .afterProduct : .beforeProduct
                    configuration.bridge = cell == .lstm ? .copy : attention != .none && feeding ? .zero : .dense
                    configuration.tiedEmbeddings = feeding ? .none : cell == .gru ? .all : .output
                    configuration.reverseSource = cell == .rnn
                    configuration.dropout = 0.3
                    all.append(configuration)
                }
            }
        }
        for attention in [Configuration.AttentionChoice.none, .general, .additive] {
            for feeding in [false, true] {
                var configuration = Configuration()
                configuration.embedding = 6
                configuration.hidden = 9
                configuration.attention = attention
                configuration.inputFeeding = feeding
                configuration.readout = .concatenated
                configuration.dropout = 0.3
                all.append(configuration)
            }
        }
        return all
    }()

    static func network(_ configuration: Configuration, _ type: ScalarType = .float32) -> SequenceToSequence {
        let network = SequenceToSequence(
            configuration, sourceVocabulary: 11, targetVocabulary: 11, key: RandomKey(seed: 5), scalarType: type)
        // Biases start at zero, where a mistake with one would not show.
        for (place, named) in network.parameters.enumerated() where named.parameter.shape.rank == 1 {
            named.parameter.set(.normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 6).split(place), type))
        }
        return network
    }
}

extension Tensor {
    /// The elements' bits.
    var bits: [UInt64] { doubles.map(\.bitPattern) }

    /// The elements of one row of a batch, [time, batch, …] → [time][…].
    func row(_ row: Int) -> [[UInt64]] {
        (0..<shape[0]).map { time in at(time).at(row).bits }
    }
}
