import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

extension MemoryNetwork: CheckableNetwork {
    /// The encoder of sentences, the matrices that states meet, and all of it with its hops.
    public var layerEntries: [CatalogueEntry] {
        [CatalogueEntry.sentences("encoder", encoder, configuration)]
            + matrices.enumerated().map { CatalogueEntry.linear("matrices.\($0.offset)", $0.element) } + [CatalogueEntry.hops(self)]
    }
}

extension CatalogueEntry {
    /// Sentences of up to seven words that hold tokens from all over a vocabulary, at most so many of them, and a place that none fills.
    private static func sentences(words count: Int, most: Int = 40) -> [[Int32]] {
        let words = MemoryNetwork.firstWord..<count
        let step = max(1, words.count / (4 * most))
        var rest = Array(stride(from: words.lowerBound, to: words.upperBound, by: step)).map { Int32($0) }[...]
        var sentences: [[Int32]] = [[]]
        while !rest.isEmpty {
            let length = 1 + sentences.count % 7
            sentences.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return sentences
    }

    /// What makes vectors of sentences; where a kernel sums their words, beside the plain sum, and where a cell reads them, each on its own.
    fileprivate static func sentences(_ name: String, _ original: SentenceEncoder, _ configuration: MemoryNetworkConfiguration)
        -> CatalogueEntry
    {
        let (words, ages, encoding) = (original.words, original.ages, original.encoding)
        let (width, tables) = (configuration.embedding, Array(0..<configuration.tables.count))
        let sentences = sentences(words: words)
        let given = sentences.enumerated().map { ages == 0 || $1.isEmpty ? -1 : Int32($0 % ages) }
        return .layer(
            "SentenceEncoder", "\(name): \(encoding.rawValue.replacing("_", with: " ")), \(words) words, \(ages) ages → \(width)",
            equation: "m_t = Σ_j l_j ⊙ A_t[word_j] + T_t[age], or M_t h + T_t[age]", original: original,
            reference: { encoder, _, context in
                let prepared = encoder.prepared(sentences, ages: given)
                guard encoding == .recurrent else {
                    return encodedListsReference(prepared.words, tables: tables.map { context[encoder.tables[$0]] })
                }
                let alone = zip(sentences, given).map { encoder(encoder.prepared([$0], ages: [$1]), tables: tables, context) }
                return tables.map { table in concatenated(alone.map { $0[table] }, axis: 0) }
            },
            make: {
                SentenceEncoder(
                    encoding, tables: tables.count, words: words, untrained: MemoryNetwork.firstWord, ages: ages, width: width,
                    sentenceLength: configuration.sentenceLength, cell: configuration.cell, key: .blank, scalarType: $0)
            }
        ) { encoder, _, context in encoder(encoder.prepared(sentences, ages: given), tables: tables, context) }
    }

    /// A whole network: the loss of three questions together, beside that of each on its own.
    fileprivate static func hops(_ original: MemoryNetwork) -> CatalogueEntry {
        let (configuration, words) = (original.configuration, original.words)
        let centres = original.isCentre.indices.filter { original.isCentre[$0] }.map { Int32($0) }
        let sentences = sentences(words: words).dropFirst()
        let answers = [MemoryNetwork.firstWord, words - 1, (MemoryNetwork.firstWord + words) / 2].map { Int32($0) }
        let questions = answers.indices.map { place in
            MemoryQuestion(
                sentences: Array(sentences.dropFirst(place).prefix(5 - 2 * place)),
                question: sentences.last.map { $0 + [answers[place]] } ?? [])
        }
        let run = { @Sendable (network: MemoryNetwork, rows: Range<Int>, context: Context) -> (loss: Tensor, state: Tensor) in
            let (state, _) = network(network.batch(Array(questions[rows])), context)
            return (network.loss(state, answers: Array(answers[rows]), context), state)
        }
        return .layer(
            "MemoryNetwork", configuration.equations, in: .model,
            equation: "p = softmax(uᵀ m); o = Σ p ⊙ c; u ← u + o; loss = −Σ log softmax(W u)", original: original,
            reference: { network, _, context in
                let alone = questions.indices.map { run(network, $0..<$0 + 1, context) }
                return [alone.map(\.loss).reduce(.zeros([], alone[0].state.scalarType), +), concatenated(alone.map(\.state), axis: 0)]
            },
            make: { MemoryNetwork(configuration, words: words, centres: centres, key: .blank, scalarType: $0) }
        ) { network, _, context in
            let (loss, state) = run(network, questions.indices, context)
            return [loss, state]
        }
    }
}
