import UnrollKernels
import UnrollTensors

/// y = x Wᵀ + b.
public struct Linear: Layer {
    /// W, [outputs, inputs].
    public let weight: Parameter
    /// b, [outputs], starts at zero.
    public let bias: Parameter?

    /// A layer from `inputs` to `outputs` features.
    public init(
        _ inputs: Int, _ outputs: Int, hasBias: Bool = true, initializer: Initializer = .xavierUniform, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        weight = Parameter(initializer.matrix(outputs, inputs, key: key, scalarType))
        bias = hasBias ? Parameter(.zeros([outputs], scalarType)) : nil
    }

    /// x: […, inputs] → […, outputs].
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor { self(x, context, columns: nil) }

    /// With `columns`, x meets only those columns of W, and `addsBias` says whether b is added.
    public func callAsFunction(_ x: Tensor, _ context: Context, columns: Range<Int>?, addsBias: Bool = true) -> Tensor {
        linear(x, context[weight], bias: addsBias ? bias.map { context[$0] } : nil, columns: columns)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight", weight, .product)
        if let bias { visitor("bias", bias) }
    }
}
