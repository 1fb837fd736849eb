import Foundation
import Testing
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollRecipes

@Suite("The least size of a model")
struct ModelSizeTests {
    /// The commands in the recipe that compares cells make models of one size, 69 characters having been counted in its text.
    @Test func theCellsThatAreComparedLearnEquallyMuch() throws {
        let recipe = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("recipes/tinyshakespeare-cells.yaml")
        let text = try String(contentsOf: recipe, encoding: .utf8)
        let commands = text.split(separator: "\n").filter { $0.contains("unroll train") }
        let counts = try commands.map { command in
            let overrides = command.split(separator: " ").filter { $0.contains("=") }.map(String.init)
            let recipe = try RecipeDecoder().decode(Recipe.self, fromText: text, name: "cells", overrides: overrides)
            guard case .languageModel(let recipe) = recipe else { return 0 }
            return LanguageModel(recipe.model, vocabulary: 69, key: .blank).parameterCount
        }
        #expect(counts == [1_221_509, 1_223_373, 1_214_693])
    }

    /// If the bound were above the real number, good model files would be refused.
    @Test func isNeverMoreThanTheNetworkHas() throws {
        for cell in CellKind.allCases {
            for attention in SequenceToSequenceConfiguration.AttentionChoice.allCases {
                for tying in EmbeddingTying.allCases {
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

    @Test func isNeverMoreThanATransformerHas() {
        for tying in EmbeddingTying.allCases {
            for positions in PositionKind.allCases {
                var configuration = TransformerConfiguration()
                (configuration.width, configuration.heads, configuration.feedForward) = (12, 3, 17)
                (configuration.tiedEmbeddings, configuration.positions, configuration.maximumPositions) = (tying, positions, 9)
                configuration.encoderLayers = 2
                let vocabulary = (source: 11, target: tying == .all ? 11 : 7)
                let network = Transformer(
                    configuration, sourceVocabulary: vocabulary.source, targetVocabulary: vocabulary.target, key: .blank)
                let least = configuration.leastParameterCount(
                    sourceVocabulary: vocabulary.source, targetVocabulary: vocabulary.target)
                #expect(least <= Double(network.parameterCount), "\(configuration)")
                #expect(least * 2 > Double(network.parameterCount), "\(configuration)")
            }
        }
    }
}
