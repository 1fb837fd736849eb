import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollText

/// How many questions of each kind a model answered wrongly.
public struct AnswerQuality: Sendable, Equatable {
    /// One kind of question.
    public struct Task: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// How many were asked.
        public let questions: Int
        /// How many of them were answered wrongly.
        public let wrong: Int

        /// The share of wrong answers.
        public var error: Double { Double(wrong) / Double(max(1, questions)) }
        /// Whether more than one in twenty was wrong: such a task counts as failed.
        public var isFailed: Bool { 20 * wrong > questions }
    }

    /// The kinds, in their order.
    public let tasks: [Task]
    /// The mean of −log p(answer), over the questions whose answer the model can give.
    public let loss: Double

    /// The mean of the tasks' errors, each task counting alike.
    public var meanError: Double { tasks.reduce(0) { $0 + $1.error } / Double(max(1, tasks.count)) }
    /// How many tasks have more than 5% errors.
    public var failedTasks: Int { tasks.filter(\.isFailed).count }

    /// What a training's report and `metrics.jsonl` say of it.
    public var validation: Validation {
        let questions = tasks.reduce(0) { $0 + $1.questions }
        let right = questions - tasks.reduce(0) { $0 + $1.wrong }
        return Validation(
            loss: loss,
            metrics: [
                Metric(.accuracy, Double(right) / Double(max(1, questions))), Metric(.meanError, meanError),
                Metric(.failedTasks, Double(failedTasks)),
            ])
    }
}

extension QuestionAnsweringModel {
    /// Measures the model. An answer that it does not know counts as wrong, and not for the loss.
    ///
    /// - Parameters:
    ///   - tasks: the questions by kind.
    ///   - isLinear: whether hops read without the softmax, as in a linear start.
    /// - Throws: `CorpusError` where the model knows none of the answers.
    public func quality(on tasks: [StoryTask], isLinear: Bool = false) throws -> AnswerQuality {
        var (loss, known) = (0.0, 0)
        let results = tasks.map { task in
            let encoded = EncodedStories([task], self)
            let expected = encoded.questions.map(\.answer)
            let predictions = predictions(
                of: encoded.questions.indices.map { encoded.question($0) }, expected: expected, isLinear: isLinear)
            var wrong = 0
            for (prediction, answer) in zip(predictions, expected) {
                if prediction.answers[0].token != answer { wrong += 1 }
                guard let logProbability = prediction.logProbability else { continue }
                loss -= logProbability
                known += 1
            }
            return AnswerQuality.Task(name: task.name, questions: expected.count, wrong: wrong)
        }
        guard known > 0 else {
            throw CorpusError(.empty, "none of the answers is one that the model can give, such as '\(answers.names[0])'; check the file.")
        }
        return AnswerQuality(tasks: results, loss: loss / Double(known))
    }
}

/// Stories as tokens, with all of their questions in one row.
struct EncodedStories: Sendable {
    /// A question, and where its story is.
    struct Question: Sendable {
        let story: Int
        let sentenceCount: Int
        let words: [Int32]
        /// Its token; −1 for one that the model cannot give.
        let answer: Int32
        let facts: [Int]
    }

    private let stories: [[[Int32]]]
    let questions: [Question]
    /// Words of all sentences.
    let wordCount: Int

    init(_ tasks: [StoryTask], _ model: QuestionAnsweringModel) {
        let all = tasks.flatMap(\.stories)
        stories = all.map { $0.sentences.map(model.tokens(of:)) }
        questions = all.enumerated().flatMap { place, story in
            story.questions.map { question in
                Question(
                    story: place, sentenceCount: question.sentenceCount, words: model.tokens(of: question.text),
                    answer: model.token(ofAnswer: question.answer) ?? -1, facts: question.facts)
            }
        }
        wordCount = stories.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } }
    }

    /// A question with the sentences before it.
    func question(_ place: Int, ages: [Int32]? = nil) -> MemoryQuestion {
        let question = questions[place]
        return MemoryQuestion(
            sentences: Array(stories[question.story].prefix(question.sentenceCount)), question: question.words, ages: ages)
    }
}
