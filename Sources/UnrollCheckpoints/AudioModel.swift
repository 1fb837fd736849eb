import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A classifier of sounds as one file holds it: the network, the rate of its samples, the classes, and the recipe that made it.
public struct AudioModel: StoredModel {
    /// Which class a sound belongs to.
    public static let kind = ModelKind.audio

    /// The network.
    public let network: AudioClassifier
    /// Samples a second.
    public let sampleRate: Int
    /// The classes.
    public let labels: LabelSet
    /// The recipe's text.
    public let recipe: String

    /// A model from its parts.
    public init(network: AudioClassifier, sampleRate: Int, labels: LabelSet, recipe: String) {
        self.network = network
        self.sampleRate = sampleRate
        self.labels = labels
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(AudioClassifierConfiguration.self, .configuration)
        sampleRate = try file.decode(Int.self, .sampleRate)
        labels = try file.decode(LabelSet.self, .labels)
        recipe = file.recipe
        guard sampleRate >= 1 else {
            throw file.refusal("describes sounds of \(sampleRate) samples a second; copy it again or make it anew")
        }
        try file.checkSize(atLeast: configuration.leastParameterCount(classes: labels.count))
        network = AudioClassifier(configuration, classes: labels.count, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, rate, classes and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.sampleRate: sampleRate, .labels: labels], recipe: recipe
            ).texts
        }
    }

    /// The rate, the classes and what the network is made of.
    public var summary: [String] {
        [
            "sound: \(sampleRate) samples a second; \(network.convolution.receptiveField) of them seen at once",
            "classes: \(labels.summary)",
            "network: \(network.configuration.equations)",
        ]
    }
}
