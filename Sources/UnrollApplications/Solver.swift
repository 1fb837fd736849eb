import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding

/// Does what a network has learnt of an algorithm, with its file.
///
///     let solver = try Solver(contentsOf: url)
///     let shown: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]
///     let said = try solver.probabilities(shown)   // of a 1, at each step
///
/// A solver never changes: any number of tasks may call it at once. A sequence comes out the same alone and among others.
public struct Solver: Sendable {
    /// The model.
    public let model: AlgorithmModel

    /// Opens a model file.
    ///
    /// - Parameter url: the file, as `unroll train` writes it.
    /// - Throws: `CheckpointError` for a file that cannot be read or holds another kind of model.
    public init(contentsOf url: URL) throws { self.init(try AlgorithmModel(contentsOf: url)) }

    /// A solver with an open model.
    public init(_ model: AlgorithmModel) { self.model = model }

    /// How probable the network finds a 1 in each output at each step.
    ///
    /// - Parameter shown: the vectors, each of `model.inputs` numbers; zeros while the network is to answer.
    /// - Throws: `SequenceError` for a vector of another size.
    public func probabilities(_ shown: [[Float]]) throws -> [[Double]] {
        if let step = shown.firstIndex(where: { $0.count != model.inputs }) {
            throw SequenceError(place: 0, step: step, count: shown[step].count, expected: model.inputs)
        }
        return probabilities(ofAll: [Array(shown.joined())])[0]
    }

    /// What the network says to examples, beside what was to be said.
    ///
    /// - Throws: `SequenceError` for an example whose vectors are of another size.
    public func solve(_ examples: [AlgorithmSequence]) throws -> [Solution] {
        for (place, example) in examples.enumerated() where example.inputs.count != example.time * model.inputs {
            throw SequenceError(place: place, step: 0, count: example.inputs.count / example.time, expected: model.inputs)
        }
        return zip(examples, probabilities(ofAll: examples.map(\.inputs))).map { Solution($0, probabilities: $1) }
    }

    private func probabilities(ofAll sequences: [[Float]]) -> [[[Double]]] {
        model.outputs(of: sequences).map { said -> [[Double]] in
            let probabilities = said.map { (y: Float) -> Double in 1 / (1 + exp(-Double(y))) }
            return stride(from: 0, to: said.count, by: model.outputs).map { Array(probabilities[$0..<$0 + model.outputs]) }
        }
    }
}

/// What a network made of an example.
public struct Solution: Sendable, Codable, Equatable {
    /// What was shown before an answer was asked for, `[steps][inputs]`; of an algorithm that answers at every step, all of it.
    public let shown: [[Float]]
    /// What was to be said, `[answers][outputs]`.
    public let targets: [[Float]]
    /// How probable the network finds a 1 there, `[answers][outputs]`.
    public let said: [[Double]]
    /// How many bits are wrong, where a probability above a half says 1.
    public let wrongBits: Int
    /// How many there are.
    public let bits: Int

    init(_ example: AlgorithmSequence, probabilities: [[Double]]) {
        let (inputs, outputs) = (example.inputs.count / example.time, example.targets.count / example.time)
        let answers = example.answers
        let end = answers.lowerBound == 0 ? example.time : answers.lowerBound
        shown = (0..<end).map { step -> [Float] in Array(example.inputs[step * inputs..<(step + 1) * inputs]) }
        targets = answers.map { step -> [Float] in Array(example.targets[step * outputs..<(step + 1) * outputs]) }
        said = Array(probabilities[answers])
        wrongBits = zip(targets.joined(), said.joined()).count { ($0 > 0.5) != ($1 > 0.5) }
        bits = answers.count * outputs
    }
}
