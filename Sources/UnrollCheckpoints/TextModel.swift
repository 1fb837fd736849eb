import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A language model as one file holds it: the network, what turns text into its tokens and back, and the recipe that made it.
public struct TextModel: StoredModel {
    /// What the next token is.
    public static let kind = ModelKind.language

    /// The network.
    public let network: LanguageNetwork
    /// Text ↔ tokens.
    public let codec: TextCodec
    /// What it reads as one piece: lines that end with `</s>`, or text as a whole.
    public let unit: TextUnit
    /// The recipe's text.
    public let recipe: String

    /// A model from its parts.
    public init(network: LanguageNetwork, codec: TextCodec, unit: TextUnit, recipe: String) {
        self.network = network
        self.codec = codec
        self.unit = unit
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(LanguageNetworkConfiguration.self, .configuration)
        codec = try file.decode(TextCodec.self, .codec)
        unit = try file.decode(TextUnit.self, .textUnit)
        recipe = file.recipe
        try file.checkSize(atLeast: configuration.leastParameterCount(vocabulary: codec.vocabulary.count))
        network = LanguageNetwork(configuration, vocabulary: codec.vocabulary.count, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, codec, unit and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.codec: codec, .textUnit: unit], recipe: recipe
            ).texts
        }
    }

    /// The tokeniser, the vocabulary and the variant of the equations.
    public var summary: [String] {
        ["text: \(codec.summary), read by the \(unit.rawValue)", network.configuration.kind.summary(network.configuration.equations)]
    }

    /// The token that the first one of a text follows: the end of a line before it, or the start of the text.
    public var first: Int32 { unit == .line ? Vocabulary.end : Vocabulary.start }
}
