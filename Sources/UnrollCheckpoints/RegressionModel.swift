import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors

/// A regression on sequences as one file holds it: the network and the recipe that made it.
public struct RegressionModel: StoredModel {
    /// Numbers of a sequence of vectors.
    public static let kind = ModelKind.regression

    /// The network.
    public let network: SequenceRegressor
    /// Numbers of a vector.
    public let features: Int
    /// Numbers that it says of a sequence.
    public let outputs: Int
    /// The recipe's text.
    public let recipe: String

    /// A model from its parts.
    public init(network: SequenceRegressor, features: Int, outputs: Int, recipe: String) {
        self.network = network
        self.features = features
        self.outputs = outputs
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(SequenceRegressorConfiguration.self, .configuration)
        features = try file.decode(Int.self, .features)
        outputs = try file.decode(Int.self, .outputs)
        recipe = file.recipe
        guard features >= 1, outputs >= 1 else {
            throw file.refusal("describes vectors of \(features) numbers and \(outputs) to be said; copy it again or make it anew")
        }
        try file.checkSize(atLeast: configuration.leastParameterCount(features: features) + Double(outputs))
        network = SequenceRegressor(configuration, features: features, outputs: outputs, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, sizes and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.features: features, .outputs: outputs], recipe: recipe
            ).texts
        }
    }

    /// The sizes and the variant of the equations.
    public var summary: [String] {
        ["numbers: \(features) a step, \(outputs) to be said", "cell: \(network.configuration.equations)"]
    }
}
