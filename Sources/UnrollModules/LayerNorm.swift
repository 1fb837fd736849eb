import UnrollKernels
import UnrollTensors

/// y = scale ⊙ (x − mean) / √(variance + ε) + shift over the last axis (Ba 2016).
public struct LayerNorm: Layer {
    /// [features], starts at one.
    public let weight: Parameter
    /// [features], starts at zero.
    public let bias: Parameter
    private let epsilon: Double

    /// A normalisation of `features` numbers.
    public init(_ features: Int, epsilon: Double = 1e-5, scalarType: ScalarType = .float32) {
        weight = Parameter(Tensor(repeating: 1, shape: [features], scalarType: scalarType))
        bias = Parameter(.zeros([features], scalarType))
        self.epsilon = epsilon
    }

    /// x: […, features].
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        layerNorm(x, scale: context[weight], shift: context[bias], epsilon: epsilon)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight", weight)
        visitor("bias", bias)
    }
}
