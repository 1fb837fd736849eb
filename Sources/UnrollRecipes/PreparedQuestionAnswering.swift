import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollTensors
import UnrollText
import UnrollTraining

/// A question answering recipe made ready: stories read, words learnt, network drawn.
public struct PreparedQuestionAnswering: PreparedTraining {
    /// What learns.
    public let model: QuestionAnsweringModel
    /// What it learns from.
    public let training: [StoryTask]
    /// What it is measured on.
    public let validation: [StoryTask]
    private let configuration: QuestionAnsweringTraining

    /// Reads the stories of a recipe, learns its words and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: QuestionAnsweringRecipe) throws {
        configuration = recipe.training
        (training, validation) = try recipe.data.parts()
        var counter = TokenCounter()
        var answers: [String] = []
        for story in training.lazy.flatMap(\.stories) {
            for sentence in story.sentences { counter.add(SentenceWords.words(in: sentence)) }
            for question in story.questions {
                counter.add(SentenceWords.words(in: question.text))
                answers.append(question.answer.lowercased())
            }
        }
        let labels = LabelSet(answers)
        counter.add(labels.names)
        let words = Vocabulary(counter)
        try checkMemory(recipe.model.leastParameterCount(words: words.count))
        model = QuestionAnsweringModel(
            recipe.model, words: words, answers: labels, recipe: try RecipeEncoder().encode(Recipe.questionAnswering(recipe)),
            key: RandomKey(seed: recipe.training.run.seed).split(0))
    }

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was read and drawn, in a few lines.
    public var summary: [String] {
        let count = { (tasks: [StoryTask]) in tasks.reduce(0) { $0 + $1.questionCount } }
        return [
            "data: \(count(training).counted("question")) of \(training.count.counted("kind")), \(count(validation)) for validation",
            "words: \(model.words.count); answers: \(model.answers.count); model: \(model.network.parameterCount) parameters",
        ]
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<QuestionAnsweringTask> {
        let task = try QuestionAnsweringTask(
            model, training: training, validation: validation, options: configuration.options, seed: configuration.run.seed)
        return Trainer(task, configuration.run, directory: directory, report: report)
    }
}
