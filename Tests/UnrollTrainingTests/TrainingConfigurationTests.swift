import Foundation
import Testing

@testable import UnrollTraining

@Suite("Configuration of a training") struct TrainingConfigurationTests {
    /// The keys and the message of the refusal.
    private func said(_ json: String) -> String {
        do {
            _ = try JSONDecoder().decode(TranslationTraining.self, from: Data(json.utf8))
            return "no error"
        } catch DecodingError.dataCorrupted(let context) {
            return context.codingPath.map(\.stringValue).joined(separator: ".") + ": " + context.debugDescription
        } catch {
            return "\(error)"
        }
    }

    @Test func nothingGivesTheDefaults() throws {
        #expect(try JSONDecoder().decode(TranslationTraining.self, from: Data("{}".utf8)) == TranslationTraining())
    }

    /// Zeiler 2012 has no learning rate; with Adam's, nothing would be learnt.
    @Test func theLearningRateOfAdadeltaIsOne() throws {
        let read = { (json: String) in try JSONDecoder().decode(OptimizerSettings.self, from: Data(json.utf8)).learningRate }
        #expect(try read(#"{"kind":"adadelta"}"#) == 1)
        #expect(try read(#"{"kind":"adadelta","learningRate":0.5}"#) == 0.5)
        #expect(try read(#"{"kind":"rmsprop"}"#) == 0.001)
    }

    @Test func survivesJSON() throws {
        var configuration = TranslationTraining()
        configuration.batchSentences = 3
        configuration.clipNorm = 2
        configuration.clipValue = 0.5
        configuration.patience = 4
        configuration.best = .exactMatch
        configuration.optimizer.kind = .adadelta
        configuration.optimizer.decay = 0.95
        configuration.optimizer.epsilon = 1e-7
        configuration.schedule.kind = .inverseSquareRoot
        configuration.schedule.warmup = 10
        let read = try JSONDecoder().decode(TranslationTraining.self, from: JSONEncoder().encode(configuration))
        #expect(read == configuration)
    }

    @Test(arguments: [
        "steps", "batchTokens", "batchSentences", "accumulate", "maximumLength", "validateEvery", "logEvery", "saveEvery", "patience",
    ])
    func countsAreAtLeastOne(_ key: String) {
        #expect(said("{\"\(key)\":0}") == "\(key): must be at least 1, not 0")
        #expect(said("{\"\(key)\":1}") == "no error")
    }

    @Test func numbersKeepTheirRanges() {
        #expect(said(#"{"clipNorm":0}"#) == "clipNorm: must be above 0, not 0.0")
        #expect(said(#"{"clipValue":-1}"#) == "clipValue: must be above 0, not -1.0")
        #expect(said(#"{"labelSmoothing":1}"#) == "labelSmoothing: must be at least 0 and below 1, not 1.0")
        #expect(said(#"{"optimizer":{"learningRate":0}}"#) == "optimizer.learningRate: must be above 0, not 0.0")
        #expect(said(#"{"optimizer":{"decay":1.5}}"#) == "optimizer.decay: must be at least 0 and below 1, not 1.5")
        #expect(said(#"{"optimizer":{"epsilon":0}}"#) == "optimizer.epsilon: must be above 0, not 0.0")
        #expect(said(#"{"optimizer":{"weightDecay":-0.1}}"#) == "optimizer.weightDecay: must be at least 0, not -0.1")
        #expect(said(#"{"best":"accuracy"}"#) == "best: must be 'loss' or 'bleu' or 'exact_match' for this task, not 'accuracy'")
        #expect(said(#"{"optimizer":{"kind":"sgd","nesterov":true}}"#) == "optimizer.nesterov: needs a momentum above 0")
    }
}
