import UnrollTensors

extension Catalogue {
    /// Lists of tokens encoded by tables: bags of words and positions, empty lists, tokens that occur again.
    static let lists: [CatalogueEntry] = [
        encoding("bags of words", [[3, 1, 3], [], [0], [5, 6, 2, 1, 3]], .ones),
        encoding("positions", [[3, 1, 3], [0], [], [5, 6, 2, 1, 3]], .positions()),
        encoding("positions and a last token of weight 1", [[3, 1], [], [2, 0, 1, 1, 4]], .positions(), last: 6),
        encoding("positions of four, and a longer list", [[3, 1], [], [2, 0, 1, 1, 4]], .positions(of: 4)),
        encoding("wider than a vector", [[3, 1, 3], [2]], .positions(), width: 19, sampledElements: 20),
        encoding("one table, one token", [[4]], .positions(), tables: 1),
    ]

    private static func encoding(
        _ variant: String, _ sentences: [[Int32]], _ weights: TokenLists.Weights, last: Int32? = nil, width: Int = 5, tables: Int = 3,
        sampledElements: Int? = nil
    ) -> CatalogueEntry {
        let lists = TokenLists(sentences, weights: weights, last: last.map { last in sentences.map { _ in last } } ?? [])
        return .function(
            "encodedLists(_:tables:)", variant, in: .fused, equation: "y_t[s, k] = Σ_j w_jk table_t[token_j, k]",
            inputs: (0..<tables).map { CheckedInput("table \($0)", [7, width]) }, sampledElements: sampledElements,
            reference: { encodedListsReference(lists, tables: $0) },
            { encodedLists(lists, tables: $0) })
    }
}
