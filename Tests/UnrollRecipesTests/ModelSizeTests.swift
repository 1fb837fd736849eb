import Testing
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollRecipes

@Suite("The least size of a model")
struct ModelSizeTests {
    /// If the bound were above the real number, good model files would be refused.
    @Test func isNeverMoreThanTheNetworkHas() throws {
        for cell in CellKind.allCases {
            for attention in SequenceToSequenceConfiguration.AttentionChoice.allCases {
                for tying in SequenceToSequenceConfiguration.Tying.allCases {
                    for (isBidirectional, layers) in [(true, 1), (false, 1), (false, 3)] where attention != .dot || !isBidirectional {
                        var configuration = SequenceToSequenceConfiguration()
                        configuration.cell = cell
                        configuration.hyper = HyperOptions(hidden: 3, embedding: 2)
                        configuration.attention = attention
                        configuration.tiedEmbeddings = tying
                        configuration.bidirectional = isBidirectional
                        configuration.encoderLayers = layers
                        configuration.decoderLayers = 2
                        configuration.embedding = 6
                        configuration.hidden = 5
                        let vocabulary = (source: 11, target: tying == .all ? 11 : 7)
                        let network = SequenceToSequence(
                            configuration, sourceVocabulary: vocabulary.source, targetVocabulary: vocabulary.target, key: RandomKey(seed: 1)
                        )
                        let least = configuration.leastParameterCount(
                            sourceVocabulary: vocabulary.source, targetVocabulary: vocabulary.target)
                        #expect(least <= Double(network.parameterCount), "\(configuration)")
                        #expect(least * 3 > Double(network.parameterCount), "a bound this loose would refuse nothing: \(configuration)")
                    }
                }
            }
        }
    }
}
