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
            return LanguageNetwork(recipe.model, vocabulary: 69, key: .blank).parameterCount
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

    @Test func isNeverMoreThanATransformerThatReadsHas() {
        for positions in PositionKind.allCases {
            var reader = TransformerReaderConfiguration()
            (reader.width, reader.heads, reader.feedForward, reader.layers, reader.positions) = (12, 3, 17, 2, positions)
            func check(_ least: Double, _ network: some Module) {
                #expect(least <= Double(network.parameterCount), "\(positions)")
                #expect(least * 2 > Double(network.parameterCount), "\(positions)")
            }
            for isTied in [false, true] {
                var language = TransformerLanguageModelConfiguration()
                (language.reader, language.context, language.tiedEmbeddings) = (reader, 9, isTied)
                check(
                    language.leastParameterCount(vocabulary: 11),
                    LanguageNetwork(.transformer(language), vocabulary: 11, key: RandomKey(seed: 1)))
            }
            var classifier = SequenceClassifierConfiguration()
            classifier.reader = .transformer(reader, maximumPositions: 9)
            check(
                classifier.leastParameterCount(vocabulary: 11, classes: 3),
                SequenceClassifier(classifier, vocabulary: 11, classes: 3, key: RandomKey(seed: 1)))
            var tagger = SequenceTaggerConfiguration()
            (tagger.reader, tagger.characterEmbedding, tagger.characterHidden) = (.transformer(reader, maximumPositions: 9), 3, 2)
            check(
                tagger.leastParameterCount(words: 11, tags: 3),
                SequenceTagger(tagger, words: 11, characters: 7, tags: 3, key: RandomKey(seed: 1)))
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
