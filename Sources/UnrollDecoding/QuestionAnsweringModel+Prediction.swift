import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors

extension QuestionAnsweringModel {
    /// What the network makes of a question.
    public struct Prediction: Sendable, Equatable {
        /// The tokens of the likeliest answers with log p of each, likeliest first; of equals the first in the vocabulary.
        public let answers: [(token: Int32, logProbability: Double)]
        /// log p of the answer that was asked about; nil where none was.
        public let logProbability: Double?
        /// What was read in each hop: how much of each sentence of the story, of one that is no longer in the memory nothing.
        public let hops: [[Float]]

        /// Whether both say the same.
        public static func == (first: Self, second: Self) -> Bool {
            first.answers.elementsEqual(second.answers) { $0 == $1 } && first.logProbability == second.logProbability
                && first.hops == second.hops
        }
    }

    /// The answers to questions. A question comes out the same, to the bit, alone and among others.
    ///
    /// - Parameters:
    ///   - questions: with their stories.
    ///   - expected: for each the token whose probability is wanted as well; negative for none.
    ///   - best: how many answers are given for each.
    ///   - isLinear: whether hops read without the softmax, as in a linear start.
    ///   - rows: the most questions in a batch.
    public func predictions(
        of questions: [MemoryQuestion], expected: [Int32]? = nil, best: Int = 1, isLinear: Bool = false, rows: Int = 32
    ) -> [Prediction] {
        inBatches(questions.map(\.sentences.count), rows: rows) { places in
            let batch = network.batch(places.map { questions[$0] })
            let (state, hops) = network(batch, isLinear: isLinear, .inference())
            let probabilities = network.logProbabilities(state, .inference())
            let weights = hops.map(\.weights.floats)
            return places.enumerated().map { row, place in
                let values = probabilities.at(row).floats
                let wanted = expected.map { Int($0[place]) - MemoryNetwork.firstWord }
                return Prediction(
                    answers: Self.largest(values, best),
                    logProbability: wanted.flatMap { $0 >= 0 ? Double(values[$0]) : nil },
                    hops: weights.map { hop in
                        var shares = [Float](repeating: 0, count: questions[place].sentences.count)
                        for (slot, source) in batch.sources[row].enumerated() { shares[source] += hop[row * batch.slots + slot] }
                        return shares
                    })
            }
        }
    }

    private static func largest(_ values: [Float], _ count: Int) -> [(token: Int32, logProbability: Double)] {
        let order =
            count == 1
            ? [values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }]
            : Array(values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count))
        return order.map { (Int32($0 + MemoryNetwork.firstWord), Double(values[$0])) }
    }
}
