import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A memory network that answers questions as one file holds it: the network, its words, the answers that it has seen, and the recipe that made it.
public struct QuestionAnsweringModel: StoredModel {
    /// What follows from a story.
    public static let kind = ModelKind.questionAnswering

    /// The network.
    public let network: MemoryNetwork
    /// The words of stories, questions and answers; an answer of several words is one of them, `apple,milk`.
    public let words: Vocabulary
    /// The answers of the training.
    public let answers: LabelSet
    /// The recipe's text.
    public let recipe: String

    /// A model with its network's weights drawn anew.
    public init(_ configuration: MemoryNetworkConfiguration, words: Vocabulary, answers: LabelSet, recipe: String, key: RandomKey) {
        self.words = words
        self.answers = answers
        self.recipe = recipe
        network = Self.network(configuration, words, answers, key: key)
    }

    private static func network(
        _ configuration: MemoryNetworkConfiguration, _ words: Vocabulary, _ answers: LabelSet, key: RandomKey
    ) -> MemoryNetwork {
        MemoryNetwork(
            configuration, words: words.count, centres: answers.names.map { words.id(of: $0) }.filter { $0 != Vocabulary.unknown }, key: key
        )
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(MemoryNetworkConfiguration.self, .configuration)
        words = try file.decode(Vocabulary.self, .words)
        answers = try file.decode(LabelSet.self, .labels)
        recipe = file.recipe
        guard words.count > MemoryNetwork.firstWord else { throw file.refusal("describes a vocabulary without a word; make it anew") }
        try file.checkSize(atLeast: configuration.leastParameterCount(words: words.count))
        network = Self.network(configuration, words, answers, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, words, answers and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.words: words, .labels: answers], recipe: recipe
            ).texts
        }
    }

    /// The words, the answers and the variant of the equations.
    public var summary: [String] {
        ["words: \(words.count)", "answers: \(answers.summary)", "memory: \(network.configuration.equations)"]
    }

    /// The tokens of a sentence or a question.
    public func tokens(of text: String) -> [Int32] { words.ids(for: SentenceWords.words(in: text)) }

    /// The token of an answer; nil for one that the model cannot give.
    public func token(ofAnswer answer: String) -> Int32? {
        let token = words.id(of: answer.lowercased())
        return token == Vocabulary.unknown ? nil : token
    }
}
