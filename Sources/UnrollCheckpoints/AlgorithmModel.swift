import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors

/// A network that has learnt an algorithm as one file holds it: the network and the recipe that made it.
public struct AlgorithmModel: StoredModel {
    /// What is said to what is shown, step by step.
    public static let kind = ModelKind.algorithm

    /// The network.
    public let network: AlgorithmNetwork
    /// Numbers of a step's input.
    public let inputs: Int
    /// Numbers of a step's output.
    public let outputs: Int
    /// The recipe's text.
    public let recipe: String

    /// A model with its network's weights drawn anew.
    public init(_ configuration: AlgorithmNetworkConfiguration, inputs: Int, outputs: Int, recipe: String, key: RandomKey) {
        network = AlgorithmNetwork(configuration, inputs: inputs, outputs: outputs, key: key)
        self.inputs = inputs
        self.outputs = outputs
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(Self.kind, contentsOf: url)
        let configuration = try file.decode(AlgorithmNetworkConfiguration.self, .configuration)
        inputs = try file.decode(Int.self, .features)
        outputs = try file.decode(Int.self, .outputs)
        recipe = file.recipe
        guard inputs >= 1, outputs >= 1 else {
            throw file.refusal("describes vectors of \(inputs) numbers and \(outputs) to be said; copy it again or make it anew")
        }
        try file.checkSize(atLeast: configuration.leastParameterCount(inputs: inputs, outputs: outputs))
        network = AlgorithmNetwork(configuration, inputs: inputs, outputs: outputs, key: .blank)
        try file.load(into: network, packing: true)
    }

    /// Kind, configuration, sizes and recipe, as JSON with sorted keys.
    public var metadata: [String: String] {
        get throws {
            try ModelMetadata(
                Self.kind, configuration: network.configuration, parts: [.features: inputs, .outputs: outputs], recipe: recipe
            ).texts
        }
    }

    /// The sizes and the variant of the equations.
    public var summary: [String] {
        ["numbers: \(inputs) shown at a step, \(outputs) said", "network: \(network.configuration.equations)"]
    }
}
