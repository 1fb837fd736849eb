import UnrollKernels
import UnrollModules
import UnrollTensors

/// A network that is told a story, keeps its sentences in a memory, and answers a question by reading the memory again and again.
///
///     u = B question;   in each hop:  p = softmax(uᵀ m_i),  o = Σ p_i c_i,  u ← u + o;   p(answer) = softmax(W u)
///
/// m_i and c_i are what the hop's key and value tables make of slot i. Sukhbaatar 2015, with the ways to tie tables in `MemoryTying`; with keys and values
/// apart it is the key-value memory of Miller 2016. In the linear start of a training the softmax over the slots is left out.
public struct MemoryNetwork: Module {
    /// The tokens below this stand for no word: their rows are zero and stay so, and none is an answer.
    public static let firstWord = 4

    /// What the network is made of.
    public let configuration: MemoryNetworkConfiguration
    /// What makes vectors of sentences.
    public let encoder: SentenceEncoder
    /// What a hop's state meets: H, once, or R of each hop; none with adjacent tying.
    package let matrices: [Linear]
    /// W, [words − firstWord, width], where it is no table of the encoder.
    private let output: Parameter?
    package let words: Int
    /// For each token whether a window can be around it.
    package let isCentre: [Bool]

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - words: the size of the vocabulary, in which answers of several words are words too.
    ///   - centres: the tokens that windows are taken around.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: MemoryNetworkConfiguration, words: Int, centres: [Int32] = [], key: RandomKey, scalarType: ScalarType = .float32
    ) {
        precondition(words > Self.firstWord, "a vocabulary without a word")
        self.configuration = configuration
        self.words = words
        let width = configuration.embedding
        encoder = SentenceEncoder(
            configuration.encoding, tables: configuration.tables.count, words: words, untrained: Self.firstWord,
            ages: configuration.temporal ? configuration.memorySize : 0, width: width, sentenceLength: configuration.sentenceLength,
            deviation: configuration.deviation, cell: configuration.cell, key: key.split(0), scalarType: scalarType)
        func square(_ initializer: Initializer, _ place: Int) -> Linear {
            Linear(width, width, hasBias: false, initializer: initializer, key: key.split(1).split(place), scalarType: scalarType)
        }
        switch configuration.tying {
        case .adjacent: matrices = []
        case .layerWise: matrices = [square(.normal(deviation: configuration.deviation), 0)]
        case .keyValue: matrices = (0..<configuration.hops).map { square(.identity, $0) }
        }
        output =
            configuration.tiesOutput
            ? nil
            : Parameter(.normal([words - Self.firstWord, width], deviation: configuration.deviation, key: key.split(2), scalarType))
        var isCentre = [Bool](repeating: false, count: words)
        for token in centres { isCentre[Int(token)] = true }
        self.isCentre = isCentre
    }

    /// What one hop did.
    public struct Hop: Sendable {
        /// How much of each slot was read, [batch, slots].
        public let weights: Tensor
        /// uᵀ m_i of each slot, [batch, slots], where it was asked for.
        public let scores: Tensor?
    }

    /// Reads the memories with the questions.
    ///
    /// - Parameters:
    ///   - batch: questions with their memories.
    ///   - isLinear: whether the softmax over the slots is left out.
    ///   - keepsScores: whether the hops tell their scores as well.
    /// - Returns: what the output layer sees, u [batch, width], and what each hop read.
    public func callAsFunction(
        _ batch: MemoryBatch, isLinear: Bool = false, keepsScores: Bool = false, _ context: Context
    ) -> (state: Tensor, hops: [Hop]) {
        let (keys, values) = memories(batch, context)
        var state = context.within("encoder") { encoder(batch.questions, tables: [configuration.tables.question], context) }[0]
        context.report("question", state)
        state = watched(state, context)
        var hops: [Hop] = []
        for (place, tables) in configuration.tables.hops.enumerated() {
            let (key, value) = (keys(tables.key), values(tables.value))
            let scores = keepsScores ? sum(key * state, axis: 2).transposed() : nil
            let read = attention(
                query: state, keys: key, values: value, score: .dot(), lengths: batch.lengths,
                slots: configuration.emptySlots ? configuration.memorySize : 0, isLinear: isLinear)
            context.report("hop \(place + 1)", read.weights)
            switch configuration.tying {
            case .adjacent: state = state + read.context
            case .layerWise: state = matrices[0](state, context) + read.context
            case .keyValue: state = matrices[place](state + read.context, context)
            }
            state = watched(state, context)
            hops.append(Hop(weights: read.weights, scores: scores))
        }
        context.report("state", state)
        return (state, hops)
    }

    /// The parameter that a trace of the hops belongs to, and the part of the network that it is in.
    private var traced: Parameter { encoder.tables.first ?? encoder.parameters[0].parameter }
    package var tracedPart: String { encoder.tables.isEmpty ? "encoder.embedding" : "encoder.tables" }

    /// A state as it stands, shown to a tape that traces recurrences: the hops are the steps of one.
    private func watched(_ state: Tensor, _ context: Context) -> Tensor {
        let record = context.tape?.trace(
            RecurrenceRecord(
                parameter: context[traced], gates: [], values: [], states: [("u", state.reshaped(to: Shape([1] + state.shape.array)))]))
        return record?.watching(state, state: 0) ?? state
    }

    /// What a table makes of the slots, [slots, batch, width], as keys and as values; all tables that hops read are asked at once.
    private func memories(_ batch: MemoryBatch, _ context: Context) -> (keys: (Int) -> Tensor, values: (Int) -> Tensor) {
        func encoded(_ sentences: EncodedSentences, _ tables: [Int]) -> (Int) -> Tensor {
            let places = tables.sorted().reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
            let vectors = context.within("encoder") { encoder(sentences, tables: places, context) }
            let memories = vectors.map { $0.reshaped(to: [batch.slots, batch.count, configuration.embedding]) }
            return { table in memories[places.firstIndex(of: table) ?? 0] }
        }
        let hops = configuration.tables.hops
        guard let values = batch.values else {
            let both = encoded(batch.keys, hops.flatMap { [$0.key, $0.value] })
            return (both, both)
        }
        return (encoded(batch.keys, hops.map(\.key)), encoded(values, hops.map(\.value)))
    }

    /// W, [words − firstWord, width].
    private func outputWeight(_ context: Context) -> Tensor {
        output.map { context[$0] } ?? context[encoder.tables[encoder.tables.count - 1]].sliced(Self.firstWord..<words, axis: 0)
    }

    /// The summed cross entropy times `scale`; answers are tokens, and a negative one is left out.
    public func loss(_ state: Tensor, answers: [Int32], scale: Double = 1, _ context: Context) -> Tensor {
        let targets = answers.map { $0 < 0 ? $0 : $0 - Int32(Self.firstWord) }
        precondition(targets.allSatisfy { $0 >= -1 }, "an answer is no word")
        return crossEntropy(hidden: state, weight: outputWeight(context), targets: targets, scale: scale)
    }

    /// log p of each word as the answer: [batch, words − firstWord].
    public func logProbabilities(_ state: Tensor, _ context: Context) -> Tensor {
        logSoftmax(linear(state, outputWeight(context)))
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("encoder", encoder)
        for (place, matrix) in matrices.enumerated() { visitor("matrices.\(place)", matrix) }
        if let output { visitor("output.weight", output) }
    }
}
