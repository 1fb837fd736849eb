import Foundation
import UnrollModels
import UnrollModules

/// A model as one file holds it: a network, what stands between it and the world outside, and the recipe that made it.
public protocol StoredModel: Sendable {
    /// The network's type.
    associatedtype Network: Module

    /// What kind of model this is.
    static var kind: ModelKind { get }

    /// The network.
    var network: Network { get }

    /// The recipe's text.
    var recipe: String { get }

    /// What the file says beside the weights, as JSON with sorted keys.
    var metadata: [String: String] { get throws }

    /// What the model is made of, in a few lines.
    var summary: [String] { get }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    init(contentsOf url: URL) throws
}

extension StoredModel {
    /// Writes the model file, whole or not at all.
    ///
    /// - Throws: `CheckpointError` if it cannot be written.
    public func write(to url: URL) throws {
        try TensorFile.save(network, metadata: metadata, to: url)
    }
}

extension ModelKind {
    /// The kind of model that a file holds.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds no model.
    public init(ofFile url: URL) throws { self = try TensorFile(contentsOf: url).modelKind() }

    /// Opens a model file of whatever kind.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds no model.
    public static func model(contentsOf url: URL) throws -> any StoredModel {
        switch try TensorFile(contentsOf: url).modelKind() {
        case .translation: try TranslationModel(contentsOf: url)
        case .language: try TextModel(contentsOf: url)
        case .classification: try ClassificationModel(contentsOf: url)
        case .tagging: try TaggingModel(contentsOf: url)
        case .regression: try RegressionModel(contentsOf: url)
        case .questionAnswering: try QuestionAnsweringModel(contentsOf: url)
        case .audio: try AudioModel(contentsOf: url)
        case .algorithm: try AlgorithmModel(contentsOf: url)
        }
    }
}

extension NetworkKind {
    /// What a summary says of the equations.
    func summary(_ equations: String) -> String { "\(self == .recurrent ? "cell" : "layers"): \(equations)" }
}
