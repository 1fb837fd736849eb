import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollTensors
import UnrollTraining

/// An algorithm recipe made ready: examples to measure with made, network drawn.
public struct PreparedAlgorithm: PreparedTraining {
    /// What learns.
    public let model: AlgorithmModel
    /// What makes the examples that it learns from.
    public let training: AlgorithmGenerator
    /// What it is measured on.
    public let validation: [AlgorithmSequence]
    private let configuration: AlgorithmTraining

    /// Makes the examples to measure with and draws the network.
    ///
    /// - Throws: `CorpusError` for sizes that leave nothing to do; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: AlgorithmRecipe) throws {
        configuration = recipe.training
        let algorithm = recipe.data.algorithm
        training = try recipe.data.training(seed: recipe.training.run.seed)
        try checkMemory(recipe.model.leastParameterCount(inputs: algorithm.inputs, outputs: algorithm.outputs))
        validation = try recipe.data.examples(stream: 2)
        model = AlgorithmModel(
            recipe.model, inputs: algorithm.inputs, outputs: algorithm.outputs,
            recipe: try RecipeEncoder().encode(Recipe.algorithm(recipe)),
            key: RandomKey(seed: recipe.training.run.seed).split(0))
    }

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was made and drawn, in a few lines.
    public var summary: [String] {
        [
            "algorithm: \(training.algorithm.name), \(validation.count.counted("sequence")) for validation",
            "model: \(model.network.parameterCount) parameters",
        ]
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) -> Trainer<AlgorithmTask> {
        let task = AlgorithmTask(model, training: training, validation: validation, options: configuration.options)
        return Trainer(task, configuration.run, directory: directory, report: report)
    }
}
