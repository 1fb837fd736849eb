import UnrollKernels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Memories that are read by content.
    static let memories: [CatalogueEntry] =
        Similarity.allCases.flatMap { similarity in
            [
                associative("\(similarity.rawValue), sharpness 2.5", sharpness: 2.5) { _ in AssociativeMemory(similarity, sharpness: 2.5) },
                associative("\(similarity.rawValue), learnt sharpness, lengths 5 0 2", lengths: [5, 0, 2]) {
                    AssociativeMemory(similarity, learnedSharpness: 1.5, scalarType: $0)
                },
            ]
        } + [associative("cosine, one slot", slots: 1) { _ in AssociativeMemory(.cosine) }]

    private static func associative(
        _ variant: String, sharpness: Double = 1, slots: Int = 5, lengths: [Int32]? = nil,
        make: @escaping @Sendable (ScalarType) -> AssociativeMemory
    ) -> CatalogueEntry {
        .module(
            "AssociativeMemory", variant, equation: "α = β similarity(query, key); c = softmax α; s = Σ c ⊙ value",
            inputs: [
                CheckedInput("query", [3, 4]), CheckedInput("keys", [slots, 3, 4]), CheckedInput("values", [slots, 3, 2]),
            ],
            reference: { module, x, context in
                let norm = { (x: Tensor) in sqrt(sum(x * x, axis: x.shape.rank - 1, keepsAxis: true)) }
                var scores = sum(x[1] * x[0], axis: 2, keepsAxis: true) * sharpness
                if module.similarity == .cosine { scores = scores / (norm(x[0]) * norm(x[1])) }
                if let learnt = module.parameters.first { scores = scores * exp(context[learnt.parameter]) }
                let coefficients = softmax(scores.reshaped(to: [slots, 3]).transposed(), lengths: lengths)
                return [
                    sum(coefficients.transposed().reshaped(to: [slots, 3, 1]) * x[2], axis: 0), coefficients,
                ]
            },
            make: make
        ) { module, x, context in
            let read = module(x[0], keys: x[1], values: x[2], lengths: lengths, context)
            return [read.value, read.coefficients]
        }
    }
}
