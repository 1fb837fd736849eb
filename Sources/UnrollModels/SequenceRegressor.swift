import UnrollKernels
import UnrollModules
import UnrollTensors

/// A recurrent network that says one number, or several, of a sequence of vectors.
///
///     h(t) = layers(x(t))      y = W h + b, with h the states after the last step
public struct SequenceRegressor: Module {
    /// What the network is made of.
    public let configuration: SequenceRegressorConfiguration
    /// The recurrent layers.
    public let recurrence: RecurrentStack
    /// The line to the numbers.
    public let output: Linear
    private let pooling: Pooling
    private let dropout: Dropout

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - features: numbers of a step.
    ///   - outputs: numbers to be said.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: SequenceRegressorConfiguration, features: Int, outputs: Int = 1, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        recurrence = configuration.reader.stack(inputSize: features, key: key.split(0), scalarType: scalarType)
        pooling = Pooling(.last, features: configuration.reader.outputSize, key: key.split(1), scalarType: scalarType)
        output = Linear(configuration.reader.outputSize, outputs, key: key.split(2), scalarType: scalarType)
        dropout = Dropout(configuration.reader.dropout, isVariational: configuration.reader.variationalDropout)
    }

    /// The numbers of each sequence.
    ///
    /// - Parameters:
    ///   - inputs: [time, batch, features].
    ///   - lengths: for each sequence how many steps count; all where nil.
    /// - Returns: [batch, outputs].
    public func callAsFunction(_ inputs: Tensor, lengths: [Int32]? = nil, _ context: Context) -> Tensor {
        let (outputs, states) = context.within("recurrence") { recurrence(inputs, lengths: lengths, context) }
        let all = lengths ?? [Int32](repeating: Int32(inputs.shape[0]), count: inputs.shape[1])
        return output(dropout(pooling(outputs, states: states, lengths: all, context).features, context), context)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("recurrence", recurrence)
        visitor("output", output)
    }
}
