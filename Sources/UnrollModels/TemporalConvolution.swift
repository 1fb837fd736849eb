import UnrollKernels
import UnrollModules
import UnrollTensors

/// A temporal convolutional network (Bai 2018), which reads a sequence without a recurrence: residual blocks of causal convolutions whose dilation
/// doubles from block to block. Strided convolutions before them may thin out a signal that has many samples, such as raw audio.
public struct TemporalConvolution: Module {
    /// What the network is made of.
    public let configuration: TemporalConvolutionConfiguration
    package let front: [CausalConvolution]
    package let blocks: [TemporalBlock]

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - inputs: features of a step; 1 for a single channel of audio.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(_ configuration: TemporalConvolutionConfiguration, inputs: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        self.configuration = configuration
        let channels = configuration.channels
        front = configuration.strides.enumerated().map { place, stride in
            CausalConvolution(
                place == 0 ? inputs : channels, channels, taps: 2 * stride, stride: stride, key: key.split(0).split(place),
                scalarType: scalarType)
        }
        blocks = (0..<configuration.blocks).map { place in
            TemporalBlock(
                place == 0 && configuration.strides.isEmpty ? inputs : channels, channels, taps: configuration.taps, dilation: 1 << place,
                dropout: configuration.dropout, key: key.split(1).split(place), scalarType: scalarType)
        }
    }

    /// Features of the outputs.
    public var outputSize: Int { configuration.channels }

    /// How many steps of the input the last output sees.
    public var receptiveField: Int {
        var (field, step) = (1, 1)
        for layer in front {
            field += layer.reach * step
            step *= layer.stride
        }
        return field + blocks.reduce(0) { $0 + $1.reach } * step
    }

    /// Reads a batch of sequences.
    ///
    /// - Parameters:
    ///   - inputs: [time, batch, inputs].
    ///   - lengths: for each row of the batch how many steps count; all where nil. What stands behind them changes no output that counts.
    /// - Returns: the features [⌈time / strides⌉, batch, channels], and how many of their steps count.
    public func callAsFunction(
        _ inputs: Tensor, lengths: [Int32]? = nil, _ context: Context
    ) -> (outputs: Tensor, lengths: [Int32]?) {
        var outputs = inputs
        var lengths = lengths
        for (place, layer) in front.enumerated() {
            outputs = context.within("front.\(place)") { relu(layer(outputs, context)) }
            lengths = lengths?.map { ($0 + Int32(layer.stride) - 1) / Int32(layer.stride) }
            context.report("front\(place)", outputs)
            if place == front.count - 1 { outputs = watched(outputs, of: layer, context) }
        }
        for (place, block) in blocks.enumerated() {
            outputs = context.within("block.\(place)") { block(outputs, context) }
            context.report("block\(place)", outputs)
            outputs = watched(outputs, of: block.second, context)
        }
        return (outputs, lengths)
    }

    /// Features as they stand, shown to a tape that traces: what a layer shows at each step is to it what a state is to a recurrence.
    private func watched(_ features: Tensor, of layer: CausalConvolution, _ context: Context) -> Tensor {
        let record = context.tape?.trace(
            RecurrenceRecord(parameter: context[layer.direction], gates: [], values: [], states: [("features", features)]))
        return record?.watching(features, state: 0) ?? features
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        for (place, layer) in front.enumerated() { visitor("front.\(place)", layer) }
        for (place, block) in blocks.enumerated() { visitor("blocks.\(place)", block) }
    }
}
