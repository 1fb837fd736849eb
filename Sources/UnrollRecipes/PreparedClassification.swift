import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText
import UnrollTraining

/// A classification recipe made ready: texts read, vocabulary learnt, network drawn.
public struct PreparedClassification: PreparedTraining {
    /// What learns.
    public let model: ClassificationModel
    /// What it learns from.
    public let training: [LabelledText]
    /// What it is measured on.
    public let validation: [LabelledText]
    private let configuration: ClassificationTraining

    /// Reads the texts of a recipe, learns its vocabulary and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: ClassificationRecipe) throws {
        configuration = recipe.training
        (training, validation) = try recipe.data.examples()
        let labels = LabelSet(training.map(\.label))
        let codec = try recipe.text.codec(learningFrom: training.prefix(recipe.text.sample).map(\.text))
        try checkMemory(recipe.model.leastParameterCount(vocabulary: codec.vocabulary.count, classes: labels.count))
        let network = SequenceClassifier(
            recipe.model, vocabulary: codec.vocabulary.count, classes: labels.count,
            key: RandomKey(seed: recipe.training.run.seed).split(0))
        model = ClassificationModel(
            network: network, codec: codec, labels: labels, recipe: try RecipeEncoder().encode(Recipe.classification(recipe)))
    }

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was read and drawn, in a few lines.
    public var summary: [String] {
        [
            "data: \(training.count.counted("text")), \(validation.count) for validation",
            "vocabulary: \(model.codec.vocabulary.count); classes: \(model.labels.count); model: \(model.network.parameterCount) parameters",
        ]
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<ClassificationTask> {
        let task = try ClassificationTask(
            model, training: training, validation: validation, options: configuration.options, seed: configuration.run.seed)
        return Trainer(task, configuration.run, directory: directory, report: report)
    }
}
