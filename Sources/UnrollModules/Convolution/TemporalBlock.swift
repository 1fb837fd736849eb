import UnrollKernels
import UnrollTensors

/// The residual block of a temporal convolution (Bai 2018): twice a dilated causal convolution with normalised weights, ReLU, and dropout of whole
/// channels; what went in is added before a last ReLU, through a linear layer where the widths differ.
///
///     y = ReLU(R x + F(F(x)))      F(x) = dropout(ReLU(conv(x)))
public struct TemporalBlock: Layer {
    package let first: CausalConvolution
    package let second: CausalConvolution
    package let residual: Linear?
    private let dropout: Dropout

    /// A block with its weights drawn anew.
    public init(
        _ inputs: Int, _ outputs: Int, taps: Int, dilation: Int, dropout: Double = 0, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        first = CausalConvolution(inputs, outputs, taps: taps, dilation: dilation, key: key.split(0), scalarType: scalarType)
        second = CausalConvolution(outputs, outputs, taps: taps, dilation: dilation, key: key.split(1), scalarType: scalarType)
        residual = inputs == outputs ? nil : Linear(inputs, outputs, key: key.split(2), scalarType: scalarType)
        self.dropout = Dropout(dropout, isVariational: true)
    }

    /// How many steps back the earliest input of an output lies.
    public var reach: Int { first.reach + second.reach }

    /// x: [time, batch, inputs] → [time, batch, outputs].
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        var y = x
        for convolution in [first, second] { y = dropout(relu(convolution(y, context)), context) }
        return relu((residual?(x, context) ?? x) + y)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("conv1", first)
        visitor("conv2", second)
        if let residual { visitor("downsample", residual) }
    }
}
