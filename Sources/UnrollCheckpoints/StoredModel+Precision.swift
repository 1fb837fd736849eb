import UnrollKernels
import UnrollModules
import UnrollTensors

/// What became of a model's matrices when they were rounded to fewer bits.
public struct RoundedWeights: Sendable {
    /// A matrix that was rounded.
    public struct Matrix: Sendable {
        /// Its name in the file.
        public let name: String
        /// How many numbers it has.
        public let count: Int
        /// ‖rounded − learnt‖ / ‖learnt‖.
        public let error: Double
    }

    /// The matrices, in the order of the model's walk.
    public let matrices: [Matrix]
    /// Bytes of all weights in a file, before and after.
    public let bytes: (before: Int, after: Int)
    /// ‖rounded − learnt‖ / ‖learnt‖ over all matrices.
    public let error: Double
}

extension StoredModel {
    /// Rounds the model's matrices to fewer bits: what it answers from now on, and what ``write(to:)`` writes. Biases, and what else is no matrix,
    /// stay as they are.
    ///
    /// - Throws: `CheckpointError` (`.invalidContents`) for a matrix with a number that is not finite; the model is then as it was.
    public func roundWeights(to precision: WeightPrecision, path: String) throws -> RoundedWeights {
        let parameters = network.parameters
        let chosen = parameters.filter { $0.parameter.shape.rank == 2 && $0.parameter.scalarType == .float32 }
        for named in chosen where !named.parameter.value.isFinite {
            throw CheckpointError(
                kind: .invalidContents, path: path,
                message: "\(named.name.quoted) holds a number that is infinite or none, which fewer bits cannot hold; train the model again"
            )
        }
        var matrices: [RoundedWeights.Matrix] = []
        var (difference, size) = (0.0, 0.0)
        for named in chosen {
            let learnt = named.parameter.value
            named.parameter.round(to: precision)
            let (lost, all) = ((named.parameter.value - learnt).sumOfSquares, learnt.sumOfSquares)
            matrices.append(.init(name: named.name, count: learnt.count, error: all > 0 ? (lost / all).squareRoot() : 0))
            difference += lost
            size += all
        }
        let before = parameters.reduce(0) { $0 + $1.parameter.shape.count * $1.parameter.scalarType.width }
        let after = parameters.flatMap(StoredTensor.of).reduce(0) { $0 + $1.shape.count * $1.type.width }
        return RoundedWeights(matrices: matrices, bytes: (before, after), error: size > 0 ? (difference / size).squareRoot() : 0)
    }
}
