import UnrollKernels
import UnrollTensors

/// The multiplicative module: a layer whose weights are themselves weighted sums, of a second input z.
///
///     w_ij = Σ_k u_ijk z_k      s = W(z) x, so s_i = Σ_j Σ_k u_ijk z_k x_j
///
/// The full tensor has outputs · inputs · conditions numbers; `FactoredMultiplicativeLayer` has far fewer.
public struct MultiplicativeLayer: Module {
    /// Features of s.
    public let outputs: Int
    /// Features of x.
    public let inputs: Int
    /// Features of z.
    public let conditions: Int
    /// U, [outputs, inputs · conditions]: u_ijk stands at row i and column j · conditions + k.
    public let weight: Parameter

    /// A layer with U drawn as a matrix that meets the products x_j z_k.
    public init(
        _ inputs: Int, conditions: Int, _ outputs: Int, initializer: Initializer = .xavierUniform, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        self.outputs = outputs
        self.inputs = inputs
        self.conditions = conditions
        weight = Parameter(initializer.matrix(outputs, inputs * conditions, key: key, scalarType))
    }

    /// x: [batch, inputs], z: [batch, conditions], and so a W(z) for each row → s: [batch, outputs].
    ///
    /// No W(z) is made: the products x_j z_k of a row meet U in one product.
    public func callAsFunction(_ x: Tensor, _ z: Tensor, _ context: Context) -> Tensor {
        let batch = x.shape[0]
        let products = x.reshaped(to: [batch, inputs, 1]) * z.reshaped(to: [batch, 1, conditions])
        return linear(products.reshaped(to: [batch, inputs * conditions]), context[weight])
    }

    /// W(z) for one z of shape [conditions]: [outputs, inputs].
    public func weight(_ z: Tensor, _ context: Context) -> Tensor {
        let rows = context[weight].reshaped(to: [outputs * inputs, conditions])
        return matmul(rows, z.reshaped(to: [conditions, 1])).reshaped(to: [outputs, inputs])
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) { visitor("weight", weight) }
}

/// The multiplicative module with a tensor of low rank (Sutskever 2011): u_ijk = Σ_f a_if b_jf c_kf, so that
///
///     s = A ((Bᵀ x) ⊙ (Cᵀ z))
public struct FactoredMultiplicativeLayer: Module {
    private let input: Linear
    private let condition: Linear
    private let output: Linear

    /// A layer of the given rank, the number of factors f.
    public init(
        _ inputs: Int, conditions: Int, _ outputs: Int, rank: Int, initializer: Initializer = .xavierUniform, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        let factor = { (inputs: Int, outputs: Int, index: Int) in
            Linear(inputs, outputs, hasBias: false, initializer: initializer, key: key.split(index), scalarType: scalarType)
        }
        input = factor(inputs, rank, 0)
        condition = factor(conditions, rank, 1)
        output = factor(rank, outputs, 2)
    }

    /// x: [batch, inputs], z: [batch, conditions] → s: [batch, outputs].
    public func callAsFunction(_ x: Tensor, _ z: Tensor, _ context: Context) -> Tensor {
        output(input(x, context) * condition(z, context), context)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("input", input)
        visitor("condition", condition)
        visitor("output", output)
    }
}
