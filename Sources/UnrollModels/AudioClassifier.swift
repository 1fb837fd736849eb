import UnrollKernels
import UnrollModules
import UnrollTensors

/// A temporal convolutional network (Bai 2018) that says which of several classes a sound belongs to, from its samples alone.
///
///     h = convolution(samples)      v = pooling(h)      p(class) = softmax(W v + b)
public struct AudioClassifier: Module {
    /// What the network is made of.
    public let configuration: AudioClassifierConfiguration
    /// The convolutions.
    public let convolution: TemporalConvolution
    /// What makes one vector of a sound.
    public let pooling: Pooling
    /// The layer to the classes.
    public let output: OutputLayer
    private let dropout: Dropout

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - classes: how many classes there are.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(_ configuration: AudioClassifierConfiguration, classes: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        self.configuration = configuration
        convolution = TemporalConvolution(configuration.convolution, inputs: 1, key: key.split(0), scalarType: scalarType)
        pooling = Pooling(configuration.pooling, features: convolution.outputSize, key: key.split(1), scalarType: scalarType)
        output = OutputLayer(convolution.outputSize, vocabulary: classes, key: key.split(2), scalarType: scalarType)
        dropout = Dropout(configuration.convolution.dropout)
    }

    /// What the output layer sees of each sound.
    ///
    /// - Parameters:
    ///   - samples: [time, batch, 1].
    ///   - lengths: for each sound how many samples count.
    /// - Returns: [batch, features], and where attention looked, [batch, frames], if it pools.
    public func callAsFunction(_ samples: Tensor, lengths: [Int32], _ context: Context) -> (features: Tensor, weights: Tensor?) {
        let (frames, counted) = context.within("convolution") { convolution(samples, lengths: lengths, context) }
        let counts = counted ?? lengths
        let (time, batch, features) = (frames.shape[0], frames.shape[1], frames.shape[2])
        let masks = (0..<time).flatMap { step in counts.map { step < Int($0) ? 1.0 : 0.0 } }
        let heard = frames * Tensor(masks, shape: [time, batch, 1], scalarType: frames.scalarType)
        // The state that a recurrent layer would end with: what the last frame shows.
        let ends = counts.enumerated().map { Int32(max(0, Int($0.element) - 1) * batch + $0.offset) }
        let last = gathered(heard.reshaped(to: [time * batch, features]), Tensor(ends, shape: [batch]))
        let states = [[RecurrentState(names: ["hidden"], tensors: [last])]]
        let (pooled, weights) = pooling(heard, states: states, lengths: counts, context)
        context.report("pooling", pooled)
        return (dropout(pooled, context), weights)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("convolution", convolution)
        visitor("pooling", pooling)
        visitor("output", output)
    }
}
