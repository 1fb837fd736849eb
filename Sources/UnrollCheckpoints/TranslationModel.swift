import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A translation model as one file holds it: the network, what turns text into its tokens and back, and the recipe that made it.
public struct TranslationModel: StoredModel {
    /// Text in, text out.
    public static let kind = ModelKind.translation

    /// The network.
    public let network: TranslationNetwork
    /// Source text ↔ tokens.
    public let sourceCodec: TextCodec
    /// Target text ↔ tokens.
    public let targetCodec: TextCodec
    /// The recipe's text.
    public let recipe: String

    /// A model from its parts.
    public init(network: TranslationNetwork, sourceCodec: TextCodec, targetCodec: TextCodec, recipe: String) {
        self.network = network
        self.sourceCodec = sourceCodec
        self.targetCodec = targetCodec
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(TranslationConfiguration.self, .configuration)
        sourceCodec = try file.decode(TextCodec.self, .sourceCodec)
        targetCodec = try file.decode(TextCodec.self, .targetCodec)
        recipe = file.recipe
        let (source, target) = (sourceCodec.vocabulary.count, targetCodec.vocabulary.count)
        guard configuration.tiedEmbeddings != .all || source == target else {
            throw file.refusal("describes one table for two vocabularies of \(source) and \(target) tokens; copy it again or make it anew")
        }
        try file.checkSize(atLeast: configuration.leastParameterCount(sourceVocabulary: source, targetVocabulary: target))
        network = TranslationNetwork(configuration, sourceVocabulary: source, targetVocabulary: target, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, codecs and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.sourceCodec: sourceCodec, .targetCodec: targetCodec],
                recipe: recipe
            ).texts
        }
    }

    /// Tokenisers, vocabularies and the variants of the equations.
    public var summary: [String] {
        [
            "source: \(sourceCodec.summary)", "target: \(targetCodec.summary)",
            network.configuration.kind.summary(network.configuration.equations),
        ]
    }
}

extension TextCodec {
    /// The tokeniser and the size of the vocabulary.
    var summary: String { "\(tokenizer.typeName), \(vocabulary.count) tokens" + (closesTexts ? ", each text closed with </s>" : "") }
}
