import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors

extension RegressionModel {
    /// The numbers of each sequence. A sequence comes out the same, to the bit, alone and among others.
    ///
    /// - Parameters:
    ///   - sequences: of each its vectors one after the other, [time · features].
    ///   - rows: the most sequences in a batch.
    /// - Returns: of each sequence as many numbers as the network says.
    public func outputs(of sequences: [[Float]], rows: Int = 32) -> [[Double]] {
        inBatches(sequences.map(\.count), rows: rows) { places in
            let batch = places.map { sequences[$0] }
            let time = max(1, (batch.map(\.count).max() ?? 1) / features)
            var values = [Float](repeating: 0, count: time * batch.count * features)
            for (row, sequence) in batch.enumerated() {
                for (place, value) in sequence.enumerated() {
                    values[(place / features * batch.count + row) * features + place % features] = value
                }
            }
            let said = network(
                Tensor(values, shape: [time, batch.count, features]), lengths: batch.map { Int32($0.count / features) }, .inference()
            ).doubles
            return batch.indices.map { Array(said[$0 * outputs..<($0 + 1) * outputs]) }
        }
    }
}
