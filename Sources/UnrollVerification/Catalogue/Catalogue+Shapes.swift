import UnrollTensors

extension Catalogue {
    /// Operations that move elements and compute nothing.
    static let shapes: [CatalogueEntry] = reshaping + slicing + joining + choosing

    private static let x = [CheckedInput("x", [4, 3, 5])]

    private static let reshaping: [CatalogueEntry] = [
        .function("reshaped(to:)", equation: "y = x in another shape", inputs: x) { [$0[0].reshaped(to: [2, 30])] },
        .function("permuted(_:)", "three axes turned", equation: "y[k, i, j] = x[i, j, k]", inputs: x) { [$0[0].permuted([2, 0, 1])] },
        .function(
            "permuted(_:)", "four axes", equation: "y[k, i, l, j] = x[i, j, k, l]", inputs: [CheckedInput("x", [2, 3, 4, 5])]
        ) { [$0[0].permuted([2, 0, 3, 1])] },
        .function("transposed()", equation: "y[…, j, i] = x[…, i, j]", inputs: x) { [$0[0].transposed()] },
    ]

    private static let slicing: [CatalogueEntry] = [
        .function("sliced(_:axis:)", "first axis", equation: "y = x[1..<3]", inputs: x) { [$0[0].sliced(1..<3, axis: 0)] },
        .function("sliced(_:axis:)", "middle axis", equation: "y = x[:, 1..<3]", inputs: x) { [$0[0].sliced(1..<3, axis: 1)] },
        .function("sliced(_:axis:)", "last axis", equation: "y = x[…, 2..<5]", inputs: x) { [$0[0].sliced(2..<5, axis: -1)] },
        .function("sliced(_:axis:)", "overlapping", equation: "y₁ = x[0..<3], y₂ = x[2..<4]", inputs: x) {
            [$0[0].sliced(0..<3, axis: 0), $0[0].sliced(2..<4, axis: 0)]
        },
        .function("at(_:axis:)", "first axis", equation: "y = x[2]", inputs: x) { [$0[0].at(2)] },
        .function("at(_:axis:)", "last axis", equation: "y = x[…, 4]", inputs: x) { [$0[0].at(4, axis: 2)] },
        .function("split(into:axis:)", "first axis", equation: "y₁, y₂ = the halves of x", inputs: x) { $0[0].split(into: 2, axis: 0) },
        .function("split(into:axis:)", "one part unused", equation: "y₁, y₃ of the thirds of x", inputs: x) {
            let parts = $0[0].split(into: 3, axis: 1)
            return [parts[0], parts[2]]
        },
    ]

    private static let joining: [CatalogueEntry] = [
        .function(
            "concatenated(_:axis:)", "first axis", equation: "y = [a; b; c]",
            inputs: [CheckedInput("a", [2, 3]), CheckedInput("b", [1, 3]), CheckedInput("c", [4, 3])]
        ) { [concatenated($0, axis: 0)] },
        .function(
            "concatenated(_:axis:)", "last axis", equation: "y = [a, b]",
            inputs: [CheckedInput("a", [3, 2, 4]), CheckedInput("b", [3, 2, 1])]
        ) { [concatenated($0, axis: -1)] },
        .function("concatenated(_:axis:)", "one tensor twice", equation: "y = [x; x]", inputs: x) {
            [concatenated([$0[0], $0[0]], axis: 1)]
        },
        .function(
            "stacked(_:)", equation: "y[i] = xᵢ",
            inputs: [CheckedInput("x₀", [3, 2]), CheckedInput("x₁", [3, 2]), CheckedInput("x₂", [3, 2])]
        ) { [stacked($0)] },
    ]

    private static let choosing: [CatalogueEntry] = {
        let table = [CheckedInput("table", [7, 5])]
        let tokens: [Int32] = [2, 6, 2, 0, 2, 3]
        let pair = [CheckedInput("a", [3, 5]), CheckedInput("b", [3, 5])]
        return [
            .function(
                "gathered(_:_:untrained:)", "repeated tokens", equation: "y[i, j, :] = table[tokens[i, j], :]", inputs: table,
                reference: { x in [stacked(tokens.map { x[0].at(Int($0)) }).reshaped(to: [2, 3, 5])] },
                { [gathered($0[0], Tensor(tokens, shape: [2, 3]))] }),
            .function(
                "gathered(_:_:untrained:)", "an untrained token", equation: "y[i, :] = table[tokens[i], :]", inputs: table,
                untrained: 10..<15
            ) { [gathered($0[0], Tensor(tokens, shape: [6]), untrained: 2)] },
            .function(
                "gathered(_:_:untrained:)", "beside another use", equation: "y₁ = table[tokens], y₂ = table²", inputs: table
            ) { [gathered($0[0], Tensor(tokens, shape: [6])), square($0[0]), gathered($0[0], Tensor(tokens, shape: [3, 2]))] },
            .function(
                "gathered(_:_:untrained:)", "no tokens", equation: "y = [] of table, and table itself", inputs: table
            ) { [gathered($0[0], Tensor([Int32](), shape: [0])), $0[0] * 2] },
            .function("select(_:_:_:)", equation: "y = a where the condition holds, else b", inputs: pair) {
                [select((0..<15).map { $0 % 4 < 2 }, $0[0], $0[1])]
            },
            .function("selectRows(_:_:_:)", equation: "y[i] = a[i] where the condition holds, else b[i]", inputs: pair) {
                [selectRows([true, false, true], $0[0], $0[1])]
            },
        ]
    }()
}
