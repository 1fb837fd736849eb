import UnrollTensors

extension Catalogue {
    /// The four operations in every way in which two shapes meet, and with a number.
    static let arithmetic: [CatalogueEntry] = ["+", "−", "×", "÷"].flatMap(ofTwo) + withNumbers

    private static func ofTwo(_ symbol: String) -> [CatalogueEntry] {
        let body: @Sendable (Tensor, Tensor) -> Tensor =
            switch symbol {
            case "+": { $0 + $1 }
            case "−": { $0 - $1 }
            case "×": { $0 * $1 }
            default: { $0 / $1 }
            }
        let subject = "\(swiftOperator(symbol))(Tensor, Tensor)"
        let values: CheckedInput.Values = symbol == "÷" ? .positive : .any
        let pairs = stretchings.map { stretching in
            CatalogueEntry.function(
                subject, stretching.variant, equation: "y = a \(symbol) b",
                inputs: [CheckedInput("a", stretching.a), CheckedInput("b", stretching.b, values)]
            ) { x in [body(x[0], x[1])] }
        }
        let withItself = CatalogueEntry.function(
            subject, "with itself", equation: "y = x \(symbol) x", inputs: [CheckedInput("x", [3, 5], values)]
        ) { x in [body(x[0], x[0])] }
        return pairs + [withItself]
    }

    private static let stretchings: [(variant: String, a: Shape, b: Shape)] = [
        ("equal shapes", [3, 37], [3, 37]),
        ("a row for all", [2, 3, 5], [5]),
        ("a number for each row", [2, 3, 5], [2, 3, 1]),
        ("a middle axis stretched", [2, 3, 5], [2, 1, 5]),
        ("both stretched in several axes", [2, 1, 3, 1], [4, 1, 5]),
        ("the first one stretched", [1, 5], [3, 5]),
        ("a number of shape []", [3, 5], []),
        ("nothing at all", [0, 5], [5]),
    ]

    private static func swiftOperator(_ symbol: String) -> String {
        switch symbol {
        case "−": "-"
        case "×": "*"
        case "÷": "/"
        default: symbol
        }
    }

    private static let withNumbers: [CatalogueEntry] = [
        withNumber("-(Tensor)", "y = −x") { -$0 },
        withNumber("+(Tensor, Double)", "y = x + 0.3") { $0 + 0.3 },
        withNumber("+(Double, Tensor)", "y = 0.3 + x") { 0.3 + $0 },
        withNumber("-(Tensor, Double)", "y = x − 0.3") { $0 - 0.3 },
        withNumber("-(Double, Tensor)", "y = 0.3 − x") { 0.3 - $0 },
        withNumber("*(Tensor, Double)", "y = x · 0.3") { $0 * 0.3 },
        withNumber("*(Double, Tensor)", "y = 0.3 x") { 0.3 * $0 },
        withNumber("/(Tensor, Double)", "y = x / 0.3") { $0 / 0.3 },
    ]

    private static func withNumber(
        _ subject: String, _ equation: String, _ body: @escaping @Sendable (Tensor) -> Tensor
    ) -> CatalogueEntry {
        .function(subject, equation: equation, inputs: [CheckedInput("x", [3, 37])]) { [body($0[0])] }
    }
}
