import UnrollTensors

extension Catalogue {
    /// The output layer's loss.
    static let crossEntropies: [CatalogueEntry] = [
        crossEntropyEntry("plain", targets: [3, 0, 6, 3, 2]),
        crossEntropyEntry("without bias, scaled", targets: [3, 0, 6, 3, 2], scale: 0.2, hasBias: false),
        crossEntropyEntry("smoothed, rows left out", targets: [3, -1, 6, -1, 2], smoothing: 0.1, scale: 0.3),
        crossEntropyEntry("smoothed, in blocks of two rows", targets: [3, 0, -1, 3, 2], smoothing: 0.2, blockRows: 2),
        crossEntropyEntry("every row left out", targets: [-1, -1], smoothing: 0.1),
        crossEntropyEntry("no rows", targets: []),
        crossEntropyEntry(
            "wider than a vector", targets: [0, 36, 17, -1, 9, 21, 35, 2], smoothing: 0.1, vocabulary: 37, width: 19, sampledElements: 12),
    ]

    private static func crossEntropyEntry(
        _ variant: String, targets: [Int32], smoothing: Double = 0, scale: Double = 1, hasBias: Bool = true, blockRows: Int? = nil,
        vocabulary: Int = 7, width: Int = 4, sampledElements: Int? = nil
    ) -> CatalogueEntry {
        .function(
            "crossEntropy(hidden:weight:bias:targets:smoothing:scale:blockRows:)", variant, in: .fused,
            equation: "loss = −scale Σ q ⊙ log softmax(h Wᵀ + b); q = (1 − ε) onehot(target) + ε/V",
            inputs: [CheckedInput("hidden", [targets.count, width]), CheckedInput("weight", [vocabulary, width])]
                + (hasBias ? [CheckedInput("bias", [vocabulary])] : []),
            sampledElements: sampledElements,
            reference: { x in
                [
                    crossEntropyReference(
                        hidden: x[0], weight: x[1], bias: hasBias ? x[2] : nil, targets: targets, smoothing: smoothing, scale: scale)
                ]
            },
            { x in
                [
                    crossEntropy(
                        hidden: x[0], weight: x[1], bias: hasBias ? x[2] : nil, targets: targets, smoothing: smoothing, scale: scale,
                        blockRows: blockRows)
                ]
            })
    }
}
