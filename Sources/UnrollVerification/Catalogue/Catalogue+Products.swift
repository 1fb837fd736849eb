import UnrollTensors

extension Catalogue {
    /// Matrix products.
    static let products: [CatalogueEntry] = linears + matrixProducts

    private static let linearSubject = "linear(_:_:bias:columns:)"

    private static let linears: [CatalogueEntry] = [
        .function(
            linearSubject, "with bias", equation: "y = x Wᵀ + b",
            inputs: [CheckedInput("x", [3, 2, 5]), CheckedInput("weight", [4, 5]), CheckedInput("bias", [4])],
            reference: { x in
                [matmul(x[0].reshaped(to: [6, 5]), x[1], transposeB: true).reshaped(to: [3, 2, 4]) + x[2]]
            },
            { [linear($0[0], $0[1], bias: $0[2])] }),
        .function(
            linearSubject, "without bias", equation: "y = x Wᵀ", inputs: [CheckedInput("x", [3, 5]), CheckedInput("weight", [4, 5])]
        ) { [linear($0[0], $0[1])] },
        .function(
            linearSubject, "one row of shape [inputs]", equation: "y = W x + b",
            inputs: [CheckedInput("x", [5]), CheckedInput("weight", [4, 5]), CheckedInput("bias", [4])]
        ) { [linear($0[0], $0[1], bias: $0[2])] },
        .function(
            linearSubject, "two ranges of columns", equation: "y = a W[:, :2]ᵀ + b W[:, 2:]ᵀ = [a, b] Wᵀ",
            inputs: [CheckedInput("a", [3, 2]), CheckedInput("b", [3, 5]), CheckedInput("weight", [4, 7]), CheckedInput("bias", [4])],
            reference: { x in [linear(concatenated([x[0], x[1]], axis: 1), x[2], bias: x[3])] },
            { x in [linear(x[0], x[2], bias: x[3], columns: 0..<2) + linear(x[1], x[2], columns: 2..<7)] }),
        .function(
            linearSubject, "no inputs, only the bias", equation: "y = b for every row",
            inputs: [CheckedInput("x", [3, 0]), CheckedInput("weight", [4, 0]), CheckedInput("bias", [4])],
            reference: { x in [x[2] + Tensor.zeros([3, 4], x[2].scalarType)] },
            { [linear($0[0], $0[1], bias: $0[2])] }),
        .function(
            linearSubject, "no rows", equation: "y = x Wᵀ + b, empty; and b",
            inputs: [CheckedInput("x", [0, 5]), CheckedInput("weight", [4, 5]), CheckedInput("bias", [4])]
        ) { [linear($0[0], $0[1], bias: $0[2]), $0[2] * 3] },
        .function(
            linearSubject, "wider than the kernels' tiles", equation: "y = x Wᵀ + b",
            inputs: [CheckedInput("x", [19, 67]), CheckedInput("weight", [53, 67]), CheckedInput("bias", [53])], sampledElements: 12,
            reference: { [matmul($0[0], $0[1], transposeB: true) + $0[2]] },
            { [linear($0[0], $0[1], bias: $0[2])] }),
    ]

    private static let matrixProducts: [CatalogueEntry] =
        [[Int](), [2], [2, 3]].flatMap { batch in
            [(false, false), (false, true), (true, false), (true, true)].map { transposeA, transposeB in
                let a = Shape(batch + (transposeA ? [5, 3] : [3, 5]))
                let b = Shape(batch + (transposeB ? [4, 5] : [5, 4]))
                return CatalogueEntry.function(
                    "matmul(_:_:transposeA:transposeB:)",
                    "a\(transposeA ? "ᵀ" : "") b\(transposeB ? "ᵀ" : "")\(batch.isEmpty ? "" : ", batch \(batch)")",
                    equation: "y = a\(transposeA ? "ᵀ" : "") b\(transposeB ? "ᵀ" : "")",
                    inputs: [CheckedInput("a", a), CheckedInput("b", b)],
                    reference: { x in
                        let rows = transposeA ? x[0].transposed() : x[0]
                        let columns = transposeB ? x[1] : x[1].transposed()
                        let left = rows.reshaped(to: Shape(batch + [3, 1, 5]))
                        let right = columns.reshaped(to: Shape(batch + [1, 4, 5]))
                        return [sum(left * right, axis: -1)]
                    },
                    { [matmul($0[0], $0[1], transposeA: transposeA, transposeB: transposeB)] })
            }
        } + [
            .function(
                "matmul(_:_:transposeA:transposeB:)", "with itself", equation: "y = x xᵀ", inputs: [CheckedInput("x", [3, 5])]
            ) { [matmul($0[0], $0[0], transposeB: true)] }
        ]
}
