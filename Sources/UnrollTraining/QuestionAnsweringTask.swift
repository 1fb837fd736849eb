import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Learning to answer questions about stories; validation by the errors of each kind of question.
public struct QuestionAnsweringTask: TrainingTask {
    /// Questions that are learnt from at once.
    public struct Item: Sendable {
        let batch: MemoryBatch
        let answers: [Int32]
        let facts: [[Int]]
        let isLinear: Bool
    }

    private let model: QuestionAnsweringModel
    private let stories: EncodedStories
    private let batches: PlaceBatches
    private let validation: [StoryTask]
    private let options: QuestionAnsweringOptions
    private let seed: UInt64

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns.
    ///   - training: the stories to learn from; the model must know each answer.
    ///   - validation: the stories to measure with.
    ///   - options: how batches are made and what is learnt from them.
    ///   - seed: of the batches' order and of the time noise.
    /// - Throws: `CorpusError` where there is no question to learn from, or none to measure with.
    public init(
        _ model: QuestionAnsweringModel, training: [StoryTask], validation: [StoryTask], options: QuestionAnsweringOptions, seed: UInt64
    ) throws {
        self.model = model
        self.validation = validation
        self.options = options
        self.seed = seed
        stories = EncodedStories(training, model)
        guard !stories.questions.isEmpty else { throw CorpusError(.empty, "there is no question to learn from.") }
        guard validation.contains(where: { $0.questionCount > 0 }) else {
            throw CorpusError(.empty, "there is no question for validation.")
        }
        batches = PlaceBatches(count: stories.questions.count, size: options.batchQuestions, seed: seed)
    }

    /// What learns.
    public var network: MemoryNetwork { model.network }

    /// The batches of an epoch, each with the noise of its own.
    public func items(from position: BatchPosition) -> () throws -> Item? {
        let next = batches.reader(at: position)
        var position = position
        return {
            guard let places = next() else { return nil }
            defer { position.batch += 1 }
            var noise = options.timeNoise > 0 ? TimeNoise(share: options.timeNoise, seed: seed, position: position) : nil
            let questions = places.map { place in
                stories.question(place, ages: noise?.ages(sentences: stories.questions[place].sentenceCount))
            }
            return Item(
                batch: network.batch(questions), answers: places.map { stories.questions[$0].answer },
                facts: options.supervision > 0 ? places.map { stories.questions[$0].facts } : [],
                isLinear: position.epoch < options.linearEpochs)
        }
    }

    /// The cross entropy of the answers, and with supervision that of what the hops read.
    public func loss(_ item: Item, carried: [Tensor], _ context: Context) -> ItemLoss {
        let count = item.answers.count
        let scale = options.lossSum ? 1 : 1 / Double(count)
        let isSupervised = options.supervision > 0
        let (state, hops) = network(item.batch, isLinear: item.isLinear, keepsScores: isSupervised, context)
        var loss = network.loss(state, answers: item.answers, scale: scale, context)
        if isSupervised, let added = network.supervision(hops, facts: item.facts, item.batch, scale: options.supervision * scale) {
            loss = loss + added
        }
        return ItemLoss(loss, tokens: count, factor: scale * Double(count))
    }

    /// The model's configuration, vocabulary and answers, the size of the corpus and how batches are made.
    public var identity: [String: String] {
        get throws {
            options.identity.merging([
                "model": try StateFile.json(network.configuration), "vocabulary": try StateFile.json(model.words),
                "answers": try StateFile.json(model.answers), "training data": "\(stories.questions.count), \(stories.wordCount)",
            ]) { $1 }
        }
    }

    /// Loss, accuracy, the mean of the tasks' errors and how many tasks failed, read with the softmax.
    public func validate() throws -> Validation { try model.quality(on: validation).validation }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}
