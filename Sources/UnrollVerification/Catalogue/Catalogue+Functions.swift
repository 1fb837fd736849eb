import UnrollTensors

extension Catalogue {
    /// Functions of one number.
    static let functions: [CatalogueEntry] = [
        elementwise("exp(_:)", "y = eˣ") { exp($0) },
        elementwise("log(_:)", "y = log x", .positive) { log($0) },
        elementwise("sqrt(_:)", "y = √x", .positive) { sqrt($0) },
        elementwise("square(_:)", "y = x²", reference: { $0 * $0 }, { square($0) }),
        elementwise("reciprocal(_:)", "y = 1/x", .awayFromZero, reference: { $0 / square($0) }, { reciprocal($0) }),
        elementwise("abs(_:)", "y = |x|", .awayFromZero, reference: { relu($0) + relu(-$0) }, { abs($0) }),
        elementwise("sigmoid(_:)", "y = 1/(1 + e⁻ˣ)", reference: { exp($0) / (1 + exp($0)) }, { sigmoid($0) }),
        elementwise("tanh(_:)", "y = tanh x", reference: { (exp(2 * $0) - 1) / (exp(2 * $0) + 1) }, { tanh($0) }),
        elementwise("relu(_:)", "y = max(x, 0)", .awayFromZero, reference: { ($0 + abs($0)) / 2 }, { relu($0) }),
        elementwise("softplus(_:)", "y = log(1 + eˣ)", reference: { log(1 + exp($0)) }, { softplus($0) }),
        elementwise("gelu(_:)", "y = x Φ(x)") { gelu($0) },
        elementwise("silu(_:)", "y = x σ(x)", reference: { $0 * sigmoid($0) }, { silu($0) }),
    ]

    private static func elementwise(
        _ subject: String, _ equation: String, _ values: CheckedInput.Values = .any,
        reference: (@Sendable (Tensor) -> Tensor)? = nil, _ body: @escaping @Sendable (Tensor) -> Tensor
    ) -> CatalogueEntry {
        var plain: (@Sendable ([Tensor]) -> [Tensor])?
        if let reference { plain = { x in [reference(x[0])] } }
        return .function(subject, equation: equation, inputs: [CheckedInput("x", [3, 37], values)], reference: plain) { x in [body(x[0])] }
    }
}
