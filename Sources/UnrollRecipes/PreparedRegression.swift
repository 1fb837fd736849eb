import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollTraining

/// A regression recipe made ready: sequences read, network drawn.
public struct PreparedRegression: PreparedTraining {
    /// What learns.
    public let model: RegressionModel
    /// What it learns from.
    public let training: NumberCorpus
    /// What it is measured on.
    public let validation: NumberCorpus
    private let configuration: RegressionTraining

    /// Reads the sequences of a recipe and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: RegressionRecipe) throws {
        configuration = recipe.training
        training = try recipe.data.trainingCorpus()
        validation = try recipe.data.validationCorpus()
        try checkMemory(recipe.model.leastParameterCount(features: training.features))
        let network = SequenceRegressor(
            recipe.model, features: training.features, outputs: training.outputs, key: RandomKey(seed: recipe.training.run.seed).split(0))
        model = RegressionModel(
            network: network, features: training.features, outputs: training.outputs,
            recipe: try RecipeEncoder().encode(Recipe.regression(recipe)))
    }

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was read and drawn, in a few lines.
    public var summary: [String] {
        [
            "data: \(training.count.counted("sequence")) of \(training.features.counted("number")) a step, \(validation.count) for validation",
            "model: \(model.network.parameterCount) parameters",
        ]
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<RegressionTask> {
        let task = RegressionTask(
            model, training: training, validation: validation, options: configuration.options, seed: configuration.run.seed)
        return Trainer(task, configuration.run, directory: directory, report: report)
    }
}
