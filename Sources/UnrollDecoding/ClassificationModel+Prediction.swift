import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

extension ClassificationModel {
    /// What a network makes of a text.
    public struct Prediction: Sendable, Equatable {
        /// log p of each class, in the order of the model's labels.
        public let logProbabilities: [Double]
        /// For each token how much attention it got; nil where the network does not pool by attention.
        public let attention: [Float]?

        /// The likeliest class; of equals the first.
        public var best: Int { logProbabilities.firstOfLargest }
    }

    /// The classes' probabilities for each text. A text comes out the same, to the bit, alone and among others.
    ///
    /// - Parameters:
    ///   - texts: as tokens; one without any is judged by the output layer's bias alone.
    ///   - rows: the most texts in a batch.
    public func predictions(ofTokens texts: [[Int32]], rows: Int = 32) -> [Prediction] {
        inBatches(texts.map(\.count), rows: rows) { places in
            let batch = places.map { texts[$0] }
            let time = max(1, batch.map(\.count).max() ?? 1)
            var tokens = [Int32](repeating: Vocabulary.padding, count: time * batch.count)
            for (row, text) in batch.enumerated() {
                for (step, token) in text.enumerated() { tokens[step * batch.count + row] = token }
            }
            let (features, weights) = network(
                Tensor(tokens, shape: [time, batch.count]), lengths: batch.map { Int32($0.count) }, .inference())
            let values = network.output.logProbabilities(features, .inference()).doubles
            return batch.enumerated().map { row, text in
                Prediction(
                    logProbabilities: Array(values[row * labels.count..<(row + 1) * labels.count]),
                    attention: weights.map { Array($0.at(row).floats.prefix(text.count)) })
            }
        }
    }
}

extension [Double] {
    /// The place of the largest number; of equals the first.
    package var firstOfLargest: Int { indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 } }
}
