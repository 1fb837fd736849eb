import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText
import UnrollTraining

/// An audio recipe made ready: recordings read, network drawn.
public struct PreparedAudio: PreparedTraining {
    /// What learns.
    public let model: AudioModel
    /// What it learns from.
    public let training: [Recording]
    /// What it is measured on.
    public let validation: [Recording]
    private let augmentation: AudioAugmentation
    private let configuration: AudioTraining

    /// Reads the recordings of a recipe and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text.
    public init(_ recipe: AudioRecipe) throws {
        configuration = recipe.training
        augmentation = recipe.data.augmentation
        (training, validation) = try recipe.data.examples()
        let labels = LabelSet(training.map(\.label))
        try checkMemory(recipe.model.leastParameterCount(classes: labels.count))
        let network = AudioClassifier(recipe.model, classes: labels.count, key: RandomKey(seed: recipe.training.run.seed).split(0))
        model = AudioModel(
            network: network, sampleRate: SpokenDigits.sampleRate, labels: labels, recipe: try RecipeEncoder().encode(Recipe.audio(recipe)))
    }

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was read and drawn, in a few lines.
    public var summary: [String] {
        let seconds = training.reduce(0) { $0 + $1.samples.count } / model.sampleRate
        return [
            "data: \(training.count.counted("recording")) of \(seconds) s together, \(validation.count) for validation",
            "classes: \(model.labels.count); model: \(model.network.parameterCount) parameters, \(model.network.convolution.receptiveField) "
                + "samples seen at once",
        ]
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<AudioTask> {
        let task = try AudioTask(
            model, training: training, validation: validation, augmentation: augmentation, options: configuration.options,
            seed: configuration.run.seed)
        return Trainer(task, configuration.run, directory: directory, report: report)
    }
}
