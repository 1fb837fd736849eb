import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors

extension AudioModel {
    /// log p of each class for each sound, in the order of the model's labels. A sound comes out the same, to the bit, alone and among others.
    ///
    /// - Parameters:
    ///   - sounds: the samples of each, at any loudness; one without any is judged as silence of one sample is.
    ///   - rows: the most sounds in a batch.
    public func logProbabilities(of sounds: [[Float]], rows: Int = 16) -> [[Double]] {
        inBatches(sounds.map(\.count), rows: rows) { places in
            let batch = RecordingBatch(places.map { sounds[$0].isEmpty ? [0] : sounds[$0] }, indices: places)
            let samples = Tensor(batch.samples, shape: [batch.time, batch.count, 1])
            let features = network(samples, lengths: batch.lengths, .inference()).features
            let values = network.output.logProbabilities(features, .inference()).doubles
            return (0..<batch.count).map { Array(values[$0 * labels.count..<($0 + 1) * labels.count]) }
        }
    }
}
