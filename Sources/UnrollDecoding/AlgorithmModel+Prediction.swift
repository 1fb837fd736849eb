import Foundation
import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors

extension AlgorithmModel {
    /// What the network says at each step, before the σ that makes a probability of it. A sequence comes out the same, to the bit, alone and among others.
    ///
    /// - Parameters:
    ///   - sequences: of each what is shown, `[time · inputs]`.
    ///   - rows: the most sequences in a batch.
    /// - Returns: of each sequence `[time · outputs]`.
    public func outputs(of sequences: [[Float]], rows: Int = 32) -> [[Float]] {
        inBatches(sequences.map(\.count), rows: rows) { places in
            let count = places.count
            let time = (places.map { sequences[$0].count }.max() ?? 0) / inputs
            guard time > 0 else { return places.map { _ in [] } }
            var values = [Float](repeating: 0, count: time * count * inputs)
            for (row, place) in places.enumerated() {
                for (index, value) in sequences[place].enumerated() {
                    values[(index / inputs * count + row) * inputs + index % inputs] = value
                }
            }
            let said = network(Tensor(values, shape: [time, count, inputs]), .inference()).floats
            return places.enumerated().map { row, place -> [Float] in
                var own: [Float] = []
                for step in 0..<sequences[place].count / inputs {
                    let start = (step * count + row) * outputs
                    own += said[start..<start + outputs]
                }
                return own
            }
        }
    }
}
