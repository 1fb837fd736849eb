import UnrollTensors

extension Catalogue {
    /// Operations on rows, and dropout.
    static let rows: [CatalogueEntry] = softmaxes + layerNorms + dropouts

    private static let softmaxes: [CatalogueEntry] = [
        .function(
            "softmax(_:lengths:)", "whole rows", equation: "y = eˣ ⊘ Σ eˣ", inputs: [CheckedInput("x", [3, 2, 11])],
            reference: { [exp($0[0]) / sum(exp($0[0]), axis: -1, keepsAxis: true)] },
            { [softmax($0[0])] }),
        .function(
            "softmax(_:lengths:)", "lengths 5 0 3 1", equation: "y = eˣ ⊘ Σ eˣ over the first columns, 0 in the others",
            inputs: [CheckedInput("x", [4, 5])]
        ) { [softmax($0[0], lengths: [5, 0, 3, 1])] },
        .function(
            "softmax(_:lengths:)", "one column", equation: "y = 1", inputs: [CheckedInput("x", [3, 1])]
        ) { [softmax($0[0])] },
        .function(
            "logSoftmax(_:)", equation: "y = x − log Σ eˣ", inputs: [CheckedInput("x", [3, 2, 11])],
            reference: { [$0[0] - log(sum(exp($0[0]), axis: -1, keepsAxis: true))] },
            { [logSoftmax($0[0])] }),
    ]

    private static let layerNorms: [CatalogueEntry] = [(columns: 7, epsilon: 1e-5), (columns: 19, epsilon: 0.1)].map { columns, epsilon in
        .function(
            "layerNorm(_:scale:shift:epsilon:)", "\(columns) columns, ε = \(epsilon)",
            equation: "y = scale ⊙ (x − mean) / √(var + ε) + shift",
            inputs: [CheckedInput("x", [3, 2, columns]), CheckedInput("scale", [columns]), CheckedInput("shift", [columns])],
            reference: { x in
                let centred = x[0] - mean(x[0], axis: -1, keepsAxis: true)
                let deviation = sqrt(mean(square(centred), axis: -1, keepsAxis: true) + epsilon)
                return [x[1] * (centred / deviation) + x[2]]
            },
            { [layerNorm($0[0], scale: $0[1], shift: $0[2], epsilon: epsilon)] })
    }

    private static let dropouts: [CatalogueEntry] = [0, 0.4].map { probability in
        .function(
            "dropout(_:probability:key:)", "probability \(probability)", equation: "y = mask ⊙ x / (1 − p)",
            inputs: [CheckedInput("x", [5, 13])]
        ) { [dropout($0[0], probability: probability, key: RandomKey(seed: 7))] }
    }
}
