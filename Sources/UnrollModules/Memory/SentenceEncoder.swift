import UnrollKernels
import UnrollTensors

/// How the words of a sentence become one vector.
public enum SentenceEncoding: String, Sendable, Codable, CaseIterable {
    /// The sum of the words' vectors.
    case bagOfWords = "bag_of_words"
    /// Their sum, each weighted by its position. Sukhbaatar 2015.
    case positions
    /// The last state of a recurrent cell that has read them.
    case recurrent
}

/// Sentences as a network reads them: their words, and how many sentences came after each.
public struct EncodedSentences: Sendable, Equatable {
    /// The words, and where there is one table for both, a token for the age of each sentence behind them.
    public let words: TokenLists
    /// The ages alone, where the words are read by a recurrent cell.
    public let ages: TokenLists?
}

/// Makes vectors of sentences, several of each: one by each of its tables.
///
///     bag of words:  m_t = Σ_j A_t[word_j] + T_t[age]
///     positions:     m_t = Σ_j l_j ⊙ A_t[word_j] + T_t[age]
///     recurrent:     m_t = M_t h + T_t[age],   h the last state of a cell that has read E[word_1], E[word_2], …
///
/// T is the temporal encoding of Sukhbaatar 2015: an age is how many sentences came after. Rows of A and E that stand for nothing are zero, and are never
/// looked up, so they stay zero.
public struct SentenceEncoder: Module {
    /// How words become a vector.
    public let encoding: SentenceEncoding
    /// A_t with T_t below it, [words + ages, width]; T_t alone where a cell reads the words.
    public let tables: [Parameter]
    package let words: Int
    package let ages: Int
    package let sentenceLength: Int
    private let reader: Reader?

    private struct Reader {
        let embedding: Embedding
        let cells: RecurrentStack
        let projections: [Linear]
    }

    /// An encoder with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - encoding: how words become a vector.
    ///   - tables: how many vectors each sentence gets.
    ///   - words: the size of the vocabulary.
    ///   - untrained: so many tokens at its beginning stand for no word.
    ///   - ages: how many ages are told apart; 0 leaves the temporal encoding out.
    ///   - width: of a vector.
    ///   - sentenceLength: J of the position encoding, one for all sentences; with 0 each has its own.
    ///   - deviation: of the normal numbers that tables start with.
    ///   - cell: what reads the words, with `recurrent`.
    public init(
        _ encoding: SentenceEncoding, tables count: Int, words: Int, untrained: Int, ages: Int, width: Int, sentenceLength: Int = 0,
        deviation: Double = 0.1, cell: CellKind = .gru, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.encoding = encoding
        self.words = words
        self.ages = ages
        self.sentenceLength = sentenceLength
        func table(_ rows: Int, zeros: Int, _ key: RandomKey) -> Parameter {
            let drawn = Tensor.normal([rows, width], deviation: deviation, key: key, scalarType)
            return Parameter(concatenated([.zeros([zeros, width], scalarType), drawn.sliced(zeros..<rows, axis: 0)], axis: 0))
        }
        guard encoding == .recurrent else {
            tables = (0..<count).map { table(words + ages, zeros: untrained, key.split($0)) }
            reader = nil
            return
        }
        tables = (0..<(ages > 0 ? count : 0)).map { table(ages, zeros: 0, key.split($0)) }
        reader = Reader(
            embedding: Embedding(vocabulary: words, width: width, padding: 0, key: key.split(count), scalarType: scalarType),
            cells: RecurrentStack(cell, inputSize: width, hiddenSize: width, key: key.split(count + 1), scalarType: scalarType),
            projections: (0..<count).map {
                Linear(width, width, hasBias: false, key: key.split(count + 2 + $0), scalarType: scalarType)
            })
    }

    /// Puts sentences in the form that this encoder reads.
    ///
    /// - Parameters:
    ///   - sentences: the words of each as tokens; empty for a place that no sentence fills.
    ///   - ages: of each sentence how many came after it, below `ages`; negative for none.
    public func prepared(_ sentences: [[Int32]], ages given: [Int32]) -> EncodedSentences {
        let given = ages > 0 ? given : []
        guard encoding == .recurrent else {
            let tokens = given.map { $0 < 0 ? -1 : $0 + Int32(words) }
            return EncodedSentences(
                words: TokenLists(sentences, weights: encoding == .positions ? .positions(of: sentenceLength) : .ones, last: tokens),
                ages: nil)
        }
        return EncodedSentences(
            words: TokenLists(sentences), ages: ages > 0 ? TokenLists(sentences.map { _ in [] }, last: given) : nil)
    }

    /// The vectors of sentences by some of the tables, each [sentences, width]; of an empty place zeros.
    public func callAsFunction(_ sentences: EncodedSentences, tables places: [Int], _ context: Context) -> [Tensor] {
        guard let reader else { return encodedLists(sentences.words, tables: places.map { context[tables[$0]] }) }
        let (tokens, lengths) = sentences.words.padded
        let state = context.within("cells") {
            reader.cells(reader.embedding(tokens, context), lengths: lengths, context).states[0][0].hidden
        }
        let projected = places.map { reader.projections[$0](state, context) }
        guard let ages = sentences.ages else { return projected }
        return zip(projected, encodedLists(ages, tables: places.map { context[tables[$0]] })).map { $0 + $1 }
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        if let reader {
            visitor("embedding", reader.embedding)
            visitor("cells", reader.cells)
            for (place, projection) in reader.projections.enumerated() { visitor("projections.\(place)", projection) }
        }
        for (place, table) in tables.enumerated() { visitor("tables.\(place)", table) }
    }
}

extension TokenLists {
    /// The lists side by side, [longest, lists], padded with 0, and their lengths.
    fileprivate var padded: (tokens: Tensor, lengths: [Int32]) {
        let starts = [0] + ends.dropLast()
        let lengths = zip(starts, ends).map { $1 - $0 }
        let longest = Int(max(1, lengths.max() ?? 1))
        var places = [Int32](repeating: 0, count: longest * count)
        for (list, start) in starts.enumerated() {
            for step in 0..<Int(lengths[list]) { places[step * count + list] = tokens[Int(start) + step] }
        }
        return (Tensor(places, shape: [longest, count]), lengths)
    }
}
