import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText
import UnrollTraining

/// A tagging recipe made ready: sentences read, vocabularies learnt, network drawn.
public struct PreparedTagging: PreparedTraining {
    /// What learns.
    public let model: TaggingModel
    /// What it learns from.
    public let training: [TaggedSentence]
    /// What it is measured on.
    public let validation: [TaggedSentence]
    private let configuration: TaggingTraining

    /// Reads the sentences of a recipe, learns its vocabularies and draws its network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text, or asks for the F1 of tags that
    ///   mark no spans.
    public init(_ recipe: TaggingRecipe) throws {
        configuration = recipe.training
        (training, validation) = try recipe.data.sentences()
        let tags = LabelSet(training.lazy.flatMap(\.tags))
        guard configuration.run.best != .f1 || tags.areSpanTags else {
            let message =
                "'training.best' cannot be 'f1': the tags, such as '\(tags.names[0])', are not all 'O', 'B-…' and 'I-…'; use 'accuracy'"
            throw RecipeError(RecipeError.Problem(kind: .invalidValue, place: "the recipe", line: nil, message: message))
        }
        var (words, characters) = (TokenCounter(), TokenCounter())
        for sentence in training {
            words.add(sentence.words)
            for word in sentence.words { characters.add(word.unicodeScalars.map { String($0) }) }
        }
        let text = recipe.text
        let wordVocabulary = Vocabulary(words, minimumFrequency: text.minimumFrequency, maximumSize: text.maximumSize)
        let characterVocabulary = Vocabulary(characters, minimumFrequency: text.minimumFrequency)
        try checkMemory(recipe.model.leastParameterCount(words: wordVocabulary.count, tags: tags.count))
        let network = SequenceTagger(
            recipe.model, words: wordVocabulary.count, characters: characterVocabulary.count, tags: tags.count,
            key: RandomKey(seed: recipe.training.run.seed).split(0))
        model = TaggingModel(
            network: network, words: wordVocabulary, characters: characterVocabulary, tags: tags,
            recipe: try RecipeEncoder().encode(Recipe.tagging(recipe)))
    }

    /// The recipe as the model file holds it.
    public var recipe: String { model.recipe }

    /// What was read and drawn, in a few lines.
    public var summary: [String] {
        let words = training.reduce(0) { $0 + $1.words.count }
        return [
            "data: \(training.count.counted("sentence")), \(words.counted("word")); \(validation.count.counted("sentence")) for validation",
            "vocabulary: \(model.words.count) words, \(model.characters.count) characters; tags: \(model.tags.count); "
                + "model: \(model.network.parameterCount) parameters",
        ]
    }

    /// A trainer that writes into a directory.
    public func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<TaggingTask> {
        let task = try TaggingTask(
            model, training: training, validation: validation, options: configuration.options, seed: configuration.run.seed)
        return Trainer(task, configuration.run, directory: directory, report: report)
    }
}
