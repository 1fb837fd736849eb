import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText
import UnrollTraining

/// A language model's recipe made ready: text read, vocabulary learnt, network drawn.
public struct PreparedLanguageModel: PreparedTraining {
    /// What learns.
    public let model: TextModel
    /// What it learns from, as tokens.
    public let training: [Int32]
    /// What it is measured on.
    public let validation: [Int32]
    private let configuration: LanguageModelTraining

    /// Reads the text of a recipe, learns its vocabulary and draws its network.
    ///
    /// - Throws: `CorpusError` for text that cannot be used; `TextError` for a SentencePiece model that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: LanguageModelRecipe) throws {
        configuration = recipe.training
        let text = try recipe.data.pieces()
        let codec = try recipe.text.codec(learningFrom: Array(text.training.prefix(recipe.text.sample)))
        try checkMemory(recipe.model.leastParameterCount(vocabulary: codec.vocabulary.count))
        let network = LanguageNetwork(
            recipe.model, vocabulary: codec.vocabulary.count, key: RandomKey(seed: recipe.training.run.seed).split(0))
        model = TextModel(
            network: network, codec: codec, unit: recipe.data.unit, recipe: try RecipeEncoder().encode(Recipe.languageModel(recipe)))
        training = codec.encode(pieces: text.training, unit: recipe.data.unit)
        validation = codec.encode(pieces: text.validation, unit: recipe.data.unit)
    }

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was read and drawn, in a few lines.
    public var summary: [String] {
        [
            "data: \(training.count.counted("token")), \(validation.count) for validation",
            "vocabulary: \(model.codec.vocabulary.count); model: \(model.network.parameterCount) parameters",
        ]
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<LanguageModelTask> {
        let task = try LanguageModelTask(model, training: training, validation: validation, options: configuration.options)
        return Trainer(task, configuration.run, directory: directory, report: report)
    }
}
