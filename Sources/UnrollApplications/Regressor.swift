import Foundation
import UnrollCheckpoints
import UnrollDecoding

/// Says the numbers that belong to sequences of vectors, with a regression model's file.
///
///     let regressor = try Regressor(contentsOf: url)
///     let sum = try regressor.outputs(of: [[0.5, 1], [0.1, 0], [0.25, 1]])[0]
///
/// A regressor never changes: any number of tasks may call it at once. A sequence comes out the same alone and among others.
public struct Regressor: Sendable {
    /// The model.
    public let model: RegressionModel

    /// Opens a model file.
    ///
    /// - Parameter url: the file, as `unroll train` writes it.
    /// - Throws: `CheckpointError` for a file that cannot be read or is no regression model.
    public init(contentsOf url: URL) throws { self.init(try RegressionModel(contentsOf: url)) }

    /// A regressor of an open model.
    public init(_ model: RegressionModel) { self.model = model }

    /// The numbers of one sequence.
    ///
    /// - Parameter sequence: its vectors, each of `model.features` numbers.
    /// - Throws: `SequenceError` for a vector of another size.
    public func outputs(of sequence: [[Float]]) throws -> [Double] { try outputs(ofAll: [sequence])[0] }

    /// The numbers of several sequences, in their order, computed together.
    ///
    /// - Throws: `SequenceError`, with the place, for a vector of another size. Nothing is computed then.
    public func outputs(ofAll sequences: [[[Float]]]) throws -> [[Double]] {
        for (place, sequence) in sequences.enumerated() {
            if let step = sequence.firstIndex(where: { $0.count != model.features }) {
                throw SequenceError(place: place, step: step, count: sequence[step].count, expected: model.features)
            }
        }
        return model.outputs(of: sequences.map { Array($0.joined()) })
    }
}

/// A sequence has a vector of another size than the model reads.
public struct SequenceError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The sequence's place among those given, counted from 0.
    public let place: Int
    /// The step, counted from 0.
    public let step: Int
    /// Its numbers.
    public let count: Int
    /// The numbers that the model reads at each step.
    public let expected: Int

    /// What is wrong.
    public var description: String { "step \(step + 1) of sequence \(place + 1) has \(count) numbers, and the model reads \(expected)" }
}
