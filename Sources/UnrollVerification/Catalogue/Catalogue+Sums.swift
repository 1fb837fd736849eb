import UnrollTensors

extension Catalogue {
    /// Sums and means over all elements and over each axis.
    static let sums: [CatalogueEntry] = {
        let x = [CheckedInput("x", [3, 4, 19])]
        let axes = [(0, false), (1, false), (2, false), (-1, true), (0, true)]
        return [
            .function("sum(_:)", equation: "y = Σ x", inputs: x) { [sum($0[0])] },
            .function("mean(_:)", equation: "y = (1/n) Σ x", inputs: x) { [mean($0[0])] },
        ]
            + axes.flatMap { axis, keepsAxis in
                let variant = "axis \(axis)\(keepsAxis ? " kept" : "")"
                return [
                    CatalogueEntry.function("sum(_:axis:keepsAxis:)", variant, equation: "y = Σ x along an axis", inputs: x) {
                        [sum($0[0], axis: axis, keepsAxis: keepsAxis)]
                    },
                    CatalogueEntry.function("mean(_:axis:keepsAxis:)", variant, equation: "y = (1/n) Σ x along an axis", inputs: x) {
                        [mean($0[0], axis: axis, keepsAxis: keepsAxis)]
                    },
                ]
            }
    }()
}
