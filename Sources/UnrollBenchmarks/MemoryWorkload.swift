import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollTraining

/// An end-to-end memory network learns to answer questions about stories (Sukhbaatar 2015).
struct MemoryWorkload: WorkloadKind {
    private var vocabulary = 180
    private var hops = 3
    private var embedding = 20
    private var sentences = 50
    private var words = 7
    private var batch = 32

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("vocabulary", \.vocabulary),
        WorkloadSize("hops", \.hops),
        WorkloadSize("embedding", \.embedding),
        WorkloadSize("sentences", \.sentences),
        WorkloadSize("words", \.words),
        WorkloadSize("batch", \.batch),
    ]

    /// Scores and what is read, at each hop, and the answers. Sentences are sums of rows: no products.
    var operations: Double {
        6 * Double(batch * embedding) * (Double(2 * hops * sentences) + Double(max(1, vocabulary - MemoryNetwork.firstWord)))
    }

    func prepared(key: RandomKey) -> PreparedWorkload {
        var configuration = MemoryNetworkConfiguration()
        (configuration.hops, configuration.embedding, configuration.memorySize) = (hops, embedding, sentences)
        let count = max(vocabulary, MemoryNetwork.firstWord + 1)
        let network = MemoryNetwork(configuration, words: count, key: key)
        let (questions, answers) = data(count)
        let filled = network.batch(questions)
        let loop = TrainingLoop(network, .sgd, rate: 0.01, clipNorm: 40)
        return PreparedWorkload(parameters: network.parameters) {
            loop.step { context in
                (loss: network.loss(network(filled, context).state, answers: answers, context), extra: ())
            }.step
        }
    }

    /// Sentence i of a row is the one of age i.
    private func data(_ vocabulary: Int) -> (questions: [MemoryQuestion], answers: [Int32]) {
        let first = MemoryNetwork.firstWord
        let count = batch * sentences * words
        let told = WorkloadData.tokens(count, vocabulary: vocabulary, first: first)
        let asked = WorkloadData.tokens(batch * words, vocabulary: vocabulary, first: first, start: count)
        let answers = WorkloadData.tokens(batch, vocabulary: vocabulary, first: first, start: count + batch * words)
        let questions = (0..<batch).map { row in
            let newest = (0..<sentences).map { place in
                let start = (row * sentences + place) * words
                return Array(told[start..<start + words])
            }
            return MemoryQuestion(sentences: newest.reversed(), question: Array(asked[row * words..<(row + 1) * words]))
        }
        return (questions, answers)
    }
}
