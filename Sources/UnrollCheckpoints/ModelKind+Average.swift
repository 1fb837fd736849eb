import Foundation
import UnrollModules
import UnrollTensors

extension ModelKind {
    /// The mean of the weights of several models: checkpoints of one training, or of trainings that differ in their seed alone (Izmailov 2018).
    ///
    /// - Parameter urls: the files, at least one.
    /// - Returns: a model with the recipe of the first one.
    /// - Throws: `CheckpointError` for a file that cannot be read or holds no model, or one of another kind, configuration or vocabulary.
    public static func average(of urls: [URL]) throws -> any StoredModel {
        precondition(!urls.isEmpty, "the average of no models")
        let result = try model(contentsOf: urls[0])
        let identity = try identity(of: result)
        let parameters = result.network.parameters
        var sums = parameters.map { $0.parameter.value.converted(to: .float64) }
        for url in urls.dropFirst() {
            let other = try model(contentsOf: url)
            guard try Self.identity(of: other) == identity else {
                throw CheckpointError(
                    kind: .mismatch, path: url.path,
                    message: "differs from \(urls[0].path) in its kind, its configuration or its vocabulary; average models of one recipe")
            }
            for (place, named) in other.network.parameters.enumerated() {
                sums[place] = sums[place] + named.parameter.value.converted(to: .float64)
            }
        }
        for (named, sum) in zip(parameters, sums) { named.parameter.set(sum / Double(urls.count)) }
        return result
    }

    /// What models must have in common to be averaged.
    private static func identity(of model: any StoredModel) throws -> [String: String] {
        let differing = [ModelMetadata.Key.recipe.rawValue, ModelMetadata.Key.fingerprint.rawValue]
        return try model.metadata.filter { !differing.contains($0.key) }
    }
}
