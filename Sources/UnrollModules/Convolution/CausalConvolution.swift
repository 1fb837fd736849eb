import UnrollKernels
import UnrollTensors

/// A causal convolution over time whose weight is normalised (Salimans & Kingma 2016): y(t) = b + Σ_k W_k x(s t − (K − 1 − k) d), W = g v / ‖v‖
/// for each output.
///
/// Parameters are named as PyTorch's weight normalisation names them.
public struct CausalConvolution: Layer {
    /// Steps from output to output.
    public let stride: Int
    /// Steps from tap to tap.
    public let dilation: Int
    /// v, [outputs, inputs, taps].
    public let direction: Parameter
    /// g, [outputs, 1, 1]; starts at ‖v‖, so that W starts as v.
    public let length: Parameter
    /// b, [outputs], starts at zero.
    public let bias: Parameter

    /// A convolution with its weights drawn anew.
    public init(
        _ inputs: Int, _ outputs: Int, taps: Int, dilation: Int = 1, stride: Int = 1, initializer: Initializer = .kaimingUniform,
        key: RandomKey, scalarType: ScalarType = .float32
    ) {
        precondition(taps > 0, "a convolution with \(taps) taps")
        self.dilation = dilation
        self.stride = stride
        let v = initializer.matrix(outputs, inputs * taps, key: key, scalarType)
        direction = Parameter(v.reshaped(to: [outputs, inputs, taps]))
        length = Parameter(sqrt(sum(square(v), axis: 1)).reshaped(to: [outputs, 1, 1]))
        bias = Parameter(.zeros([outputs], scalarType))
    }

    /// How many steps back the earliest input of an output lies.
    public var reach: Int { (direction.shape[2] - 1) * dilation }

    /// x: [time, batch, inputs] → [⌈time / stride⌉, batch, outputs].
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        let v = context[direction]
        let (outputs, width) = (v.shape[0], v.shape[1] * v.shape[2])
        let norm = sqrt(sum(square(v.reshaped(to: [outputs, width])), axis: 1)).reshaped(to: [outputs, 1, 1])
        return convolution(x, v * (context[length] / norm), bias: context[bias], dilation: dilation, stride: stride)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight_v", direction)
        visitor("weight_g", length)
        visitor("bias", bias)
    }
}
