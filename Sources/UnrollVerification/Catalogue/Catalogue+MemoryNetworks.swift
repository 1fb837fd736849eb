import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Encoders of sentences, and memory networks in the variants of their papers.
    static let memoryNetworks: [CatalogueEntry] =
        SentenceEncoding.allCases.flatMap { [encoder($0, ages: 3), encoder($0, ages: 0)] } + [
            answering("Sukhbaatar 2015: adjacent tying, positions, three hops") { $0.hops = 3 },
            answering("Sukhbaatar 2015: linear start", isLinear: true) { _ in },
            answering("Sukhbaatar 2015: layer-wise tying, bags of words") { ($0.tying, $0.encoding) = (.layerWise, .bagOfWords) },
            answering("a GRU reads the words") { $0.encoding = .recurrent },
            answering("Miller 2016: key-value memory of windows") { ($0.tying, $0.content, $0.window) = (.keyValue, .windows, 3) },
            answering("Miller 2016: key-value memory of sentences, no temporal encoding") { ($0.tying, $0.temporal) = (.keyValue, false) },
            answering("a full memory") { $0.memorySize = 2 },
            answering("empty slots take no part") { $0.emptySlots = false },
            answering("one sentence length for all") { $0.sentenceLength = 4 },
            answering("Weston 2014: supervised hops", isSupervised: true) { _ in },
        ]

    private static func encoder(_ encoding: SentenceEncoding, ages: Int) -> CatalogueEntry {
        let sentences: [[Int32]] = [[5, 4, 5], [], [6], [4, 7, 6, 5]]
        let variant = encoding.rawValue.replacing("_", with: " ") + (ages > 0 ? ", ages" : "")
        return .module(
            "SentenceEncoder", variant, equation: "m_t = Σ_j l_j ⊙ A_t[word_j] + T_t[age], or M_t h + T_t[age]", inputs: [],
            reference: { encoder, _, context in
                let alone = sentences.enumerated().map { place, words in
                    // A place that no sentence fills has no age.
                    encoder(encoder.prepared([words], ages: [words.isEmpty ? -1 : Int32(place % 3)]), tables: [0, 1], context)
                }
                return (0..<2).map { table in concatenated(alone.map { $0[table] }, axis: 0) }
            },
            make: {
                SentenceEncoder(
                    encoding, tables: 2, words: 8, untrained: 4, ages: ages, width: 3, key: RandomKey(seed: 0), scalarType: $0)
            }
        ) { encoder, _, context in
            let given = sentences.enumerated().map { $1.isEmpty ? -1 : Int32($0 % 3) }
            return encoder(encoder.prepared(sentences, ages: given), tables: [0, 1], context)
        }
    }

    private static let questions = [
        MemoryQuestion(sentences: [[4, 5], [6, 7, 8], [8, 4]], question: [5, 8]),
        MemoryQuestion(sentences: [[7]], question: [4, 6, 9], ages: [2]),
        MemoryQuestion(sentences: [[9, 5, 6, 5], [4]], question: [7]),
    ]
    private static let answers: [Int32] = [6, 9, 4]
    private static let facts = [[1, 2], [0], []]

    /// The loss of a small network, its state and what its hops read, with every question on its own as the reference.
    private static func answering(
        _ variant: String, isLinear: Bool = false, isSupervised: Bool = false, _ configure: (inout MemoryNetworkConfiguration) -> Void
    ) -> CatalogueEntry {
        var choices = MemoryNetworkConfiguration()
        (choices.embedding, choices.hops, choices.memorySize) = (3, 2, 4)
        configure(&choices)
        let configuration = choices
        let run = { @Sendable (network: MemoryNetwork, rows: Range<Int>, context: Context) -> (loss: Tensor, state: Tensor) in
            let batch = network.batch(Array(questions[rows]))
            let (state, hops) = network(batch, isLinear: isLinear, keepsScores: isSupervised, context)
            var loss = network.loss(state, answers: Array(answers[rows]), scale: 0.5, context)
            if isSupervised, let added = network.supervision(hops, facts: Array(facts[rows]), batch, scale: 0.7) { loss = loss + added }
            return (loss, state)
        }
        return .module(
            "MemoryNetwork", variant, in: .model,
            equation: "p = \(isLinear ? "uᵀ m" : "softmax(uᵀ m)"); o = Σ p ⊙ c; u ← u + o; "
                + "loss = −Σ log softmax(W u)\(isSupervised ? " − Σ log p_fact" : "")", inputs: [],
            reference: { network, _, context in
                let alone = questions.indices.map { run(network, $0..<$0 + 1, context) }
                return [alone.map(\.loss).reduce(.zeros([], alone[0].state.scalarType), +), concatenated(alone.map(\.state), axis: 0)]
            },
            make: { MemoryNetwork(configuration, words: 10, centres: [5, 6, 7], key: RandomKey(seed: 0), scalarType: $0) }
        ) { network, _, context in
            let (loss, state) = run(network, questions.indices, context)
            return [loss, state]
        }
    }
}
