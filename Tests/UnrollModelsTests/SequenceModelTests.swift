import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Classifier, tagger and regressor") struct SequenceModelTests {
    private func names(_ module: some Module) -> [String] { module.parameters.map { "\($0.name) \($0.parameter.shape)" } }

    @Test func namesOfTheParameters() {
        var classifier = SequenceClassifierConfiguration()
        var reader = ReaderConfiguration()
        reader.hidden = 9
        (classifier.embedding, classifier.reader, classifier.pooling) = (6, .recurrent(reader), .attention)
        let layers = { (prefix: String, input: Int, hidden: Int) in
            ["", "_reverse"].flatMap { direction in
                [
                    "\(prefix).weight_ih_l0\(direction) [\(4 * hidden), \(input)]",
                    "\(prefix).weight_hh_l0\(direction) [\(4 * hidden), \(hidden)]",
                    "\(prefix).bias_ih_l0\(direction) [\(4 * hidden)]",
                ]
            }
        }
        #expect(
            names(SequenceClassifier(classifier, vocabulary: 11, classes: 4, key: RandomKey(seed: 1)))
                == ["embedding.weight [11, 6]"] + layers("recurrence", 6, 9) + [
                    "pooling.query [18]", "output.weight [4, 18]", "output.bias [4]",
                ])
        var tagger = SequenceTaggerConfiguration()
        (tagger.embedding, tagger.characterEmbedding, tagger.characterHidden, tagger.reader) = (6, 5, 3, .recurrent(reader))
        #expect(
            names(SequenceTagger(tagger, words: 11, characters: 8, tags: 4, key: RandomKey(seed: 1)))
                == ["embedding.weight [11, 6]", "character_embedding.weight [8, 5]"] + layers("spelling", 5, 3)
                + layers("recurrence", 12, 9)
                + ["output.weight [4, 18]", "output.bias [4]"])
        var regressor = SequenceRegressorConfiguration()
        regressor.reader.hidden = 9
        #expect(
            names(SequenceRegressor(regressor, features: 2, outputs: 3, key: RandomKey(seed: 1)))
                == layers("recurrence", 2, 9).prefix(3) + ["output.weight [3, 9]", "output.bias [3]"])
    }

    /// If the bound were above the real number, good model files would be refused.
    @Test func theLeastSizeIsNeverMoreThanTheNetworkHas() {
        for cell in CellKind.allCases {
            for (isBidirectional, layers) in [(true, 1), (false, 1), (true, 3), (false, 3)] {
                func check(_ least: Double, _ network: some Module) {
                    #expect(least <= Double(network.parameterCount), "\(cell), \(isBidirectional), \(layers)")
                    #expect(least * 2 > Double(network.parameterCount), "a bound this loose would refuse nothing")
                }
                var reader = ReaderConfiguration()
                (reader.cell, reader.bidirectional, reader.layers, reader.hidden) = (cell, isBidirectional, layers, 7)
                reader.hyper = HyperOptions(hidden: 1, embedding: 1)
                for pooling in PoolingKind.allCases {
                    var classifier = SequenceClassifierConfiguration()
                    (classifier.embedding, classifier.reader, classifier.pooling) = (5, .recurrent(reader), pooling)
                    check(
                        classifier.leastParameterCount(vocabulary: 13, classes: 3),
                        SequenceClassifier(classifier, vocabulary: 13, classes: 3, key: RandomKey(seed: 1)))
                }
                var tagger = SequenceTaggerConfiguration()
                (tagger.embedding, tagger.characterEmbedding, tagger.characterHidden, tagger.reader) = (5, 2, 2, .recurrent(reader))
                check(
                    tagger.leastParameterCount(words: 13, tags: 3),
                    SequenceTagger(tagger, words: 13, characters: 6, tags: 3, key: RandomKey(seed: 1)))
                var regressor = SequenceRegressorConfiguration()
                regressor.reader = reader
                check(regressor.leastParameterCount(features: 4), SequenceRegressor(regressor, features: 4, key: RandomKey(seed: 1)))
                var language = LanguageModelConfiguration()
                (language.cell, language.layers, language.hidden, language.embedding) = (cell, layers, 7, 5)
                language.hyper = reader.hyper
                check(language.leastParameterCount(vocabulary: 13), LanguageModel(language, vocabulary: 13, key: RandomKey(seed: 1)))
            }
        }
    }

    @Test func everyKeySurvivesJSONAndTheDefaultsAreThoseOfTheTypes() throws {
        func check<Value: Codable & Equatable>(_ value: Value, _ defaults: Value) throws {
            #expect(try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) == value)
            #expect(value != defaults)
            #expect(try JSONDecoder().decode(Value.self, from: Data("{}".utf8)) == defaults)
        }
        var reader = ReaderConfiguration()
        (reader.cell, reader.resetGate, reader.forgetBias, reader.hidden) = (.gru, .afterProduct, 0.5, 3)
        (reader.inputInitializer, reader.hiddenInitializer) = (.uniform, .xavierNormal)
        (reader.layers, reader.bidirectional, reader.dropout) = (2, false, 0.3)
        try check(reader, ReaderConfiguration())
        var classifier = SequenceClassifierConfiguration()
        (classifier.embedding, classifier.reader, classifier.pooling) = (3, .recurrent(reader), .max)
        try check(classifier, SequenceClassifierConfiguration())
        var tagger = SequenceTaggerConfiguration()
        (tagger.embedding, tagger.characterEmbedding, tagger.characterHidden, tagger.reader) = (3, 4, 0, .recurrent(reader))
        try check(tagger, SequenceTaggerConfiguration())
        var regressor = SequenceRegressorConfiguration()
        regressor.reader = reader
        try check(regressor, SequenceRegressorConfiguration())
        var language = LanguageModelConfiguration()
        language.uniformRange = 0.1
        try check(language, LanguageModelConfiguration())
        #expect(SequenceClassifierConfiguration().reader == .recurrent(ReaderConfiguration()))
        #expect(ReaderConfiguration().bidirectional && !SequenceRegressorConfiguration().reader.bidirectional)
    }

    /// Zaremba 2014 starts every weight so, biases too.
    @Test func aUniformRangeHoldsForEveryParameter() {
        var configuration = LanguageModelConfiguration()
        (configuration.embedding, configuration.hidden, configuration.uniformRange) = (8, 8, 0.1)
        let network = LanguageModel(configuration, vocabulary: 50, key: RandomKey(seed: 1))
        for named in network.parameters {
            let values = named.parameter.value.floats
            #expect(values.allSatisfy { abs($0) <= 0.1 }, "\(named.name)")
            #expect(values.contains { $0 > 0.05 } && values.contains { $0 < -0.05 }, "\(named.name)")
        }
        let blank = LanguageModel(configuration, vocabulary: 50, key: .blank)
        #expect(blank.parameters.filter { $0.name.contains("weight") }.allSatisfy { $0.parameter.value.sumOfSquares == 0 })
    }

    @Test func poolingsOfSequencesWithoutSteps() {
        for kind in PoolingKind.allCases {
            let pooling = Pooling(kind, features: 4, key: RandomKey(seed: 1))
            let state = RecurrentState(names: ["hidden"], tensors: [.zeros([2, 2])])
            for time in [0, 3] {
                let found = pooling(.zeros([time, 2, 4]), states: [[state, state]], lengths: [0, 0], .inference()).features
                #expect(found.shape == [2, 4] && found.sumOfSquares == 0, "\(kind), \(time)")
            }
        }
    }
}
