import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A tagger as one file holds it: the network, its words, characters and tags, and the recipe that made it.
public struct TaggingModel: StoredModel {
    /// A tag for each word.
    public static let kind = ModelKind.tagging

    /// The network.
    public let network: SequenceTagger
    /// The words that have vectors of their own.
    public let words: Vocabulary
    /// The characters that have vectors of their own.
    public let characters: Vocabulary
    /// The tags.
    public let tags: LabelSet
    /// The recipe's text.
    public let recipe: String

    /// A model from its parts.
    public init(network: SequenceTagger, words: Vocabulary, characters: Vocabulary, tags: LabelSet, recipe: String) {
        self.network = network
        self.words = words
        self.characters = characters
        self.tags = tags
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(SequenceTaggerConfiguration.self, .configuration)
        words = try file.decode(Vocabulary.self, .words)
        characters = try file.decode(Vocabulary.self, .characters)
        tags = try file.decode(LabelSet.self, .labels)
        recipe = file.recipe
        try file.checkSize(atLeast: configuration.leastParameterCount(words: words.count, tags: tags.count))
        network = SequenceTagger(
            configuration, words: words.count, characters: characters.count, tags: tags.count, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, words, characters, tags and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.words: words, .characters: characters, .labels: tags],
                recipe: recipe
            ).texts
        }
    }

    /// The vocabularies, the tags and the variant of the equations.
    public var summary: [String] {
        [
            "text: \(words.count) words, \(characters.count) characters", "tags: \(tags.summary)",
            network.configuration.reader.kind.summary(network.configuration.equations),
        ]
    }
}
