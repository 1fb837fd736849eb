import UnrollKernels
import UnrollTensors

/// The non-linearity of a feed-forward layer.
public enum FeedForwardActivation: String, Sendable, Codable, CaseIterable {
    /// max(x, 0). Vaswani 2017.
    case relu
    /// x Φ(x). Hendrycks & Gimpel 2016.
    case gelu
    /// x σ(x). Elfwing 2017.
    case silu

    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .relu: UnrollTensors.relu(x)
        case .gelu: UnrollTensors.gelu(x)
        case .silu: UnrollTensors.silu(x)
        }
    }
}

/// y = W₂ dropout(f(W₁ x + b₁)) + b₂, at every step alike (Vaswani 2017).
public struct FeedForward: Layer {
    /// f.
    public let activation: FeedForwardActivation
    package let first: Linear
    package let second: Linear
    private let dropout: Dropout

    /// A layer from `features` to as many, over `inner` units.
    public init(
        _ features: Int, inner: Int, activation: FeedForwardActivation = .relu, dropout: Double = 0, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        self.activation = activation
        first = Linear(features, inner, key: key.split(0), scalarType: scalarType)
        second = Linear(inner, features, key: key.split(1), scalarType: scalarType)
        self.dropout = Dropout(dropout)
    }

    /// x: […, features] → […, features].
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        second(dropout(activation(first(x, context)), context), context)
    }

    /// Names the parameters, as PyTorch's layers do.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("linear1", first)
        visitor("linear2", second)
    }
}
