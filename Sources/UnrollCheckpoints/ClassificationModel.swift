import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A classifier of texts as one file holds it: the network, what turns text into tokens, the classes, and the recipe that made it.
public struct ClassificationModel: StoredModel {
    /// Which class a text belongs to.
    public static let kind = ModelKind.classification

    /// The network.
    public let network: SequenceClassifier
    /// Text → tokens.
    public let codec: TextCodec
    /// The classes.
    public let labels: LabelSet
    /// The recipe's text.
    public let recipe: String

    /// A model from its parts.
    public init(network: SequenceClassifier, codec: TextCodec, labels: LabelSet, recipe: String) {
        self.network = network
        self.codec = codec
        self.labels = labels
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(SequenceClassifierConfiguration.self, .configuration)
        codec = try file.decode(TextCodec.self, .codec)
        labels = try file.decode(LabelSet.self, .labels)
        recipe = file.recipe
        try file.checkSize(atLeast: configuration.leastParameterCount(vocabulary: codec.vocabulary.count, classes: labels.count))
        network = SequenceClassifier(configuration, vocabulary: codec.vocabulary.count, classes: labels.count, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, codec, classes and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.codec: codec, .labels: labels], recipe: recipe
            ).texts
        }
    }

    /// The tokeniser, the vocabulary, the classes and the variant of the equations.
    public var summary: [String] {
        [
            "text: \(codec.summary)", "classes: \(labels.summary)",
            network.configuration.reader.kind.summary(network.configuration.equations),
        ]
    }
}

extension LabelSet {
    /// Their number, and the first few.
    var summary: String { "\(count): " + names.prefix(8).joined(separator: ", ") + (count > 8 ? ", …" : "") }
}
