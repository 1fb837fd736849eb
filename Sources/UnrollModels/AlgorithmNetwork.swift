import UnrollKernels
import UnrollModules
import UnrollTensors

/// A network that is shown a vector at each step and says one: a neural Turing machine, or recurrent layers and a linear layer.
///
///     y(t) = network(x(t), what it remembers)      p(bit i of step t is 1) = σ(y_i(t))
public struct AlgorithmNetwork: Module {
    /// What the network is made of.
    public let configuration: AlgorithmNetworkConfiguration
    /// The Turing machine, if it is one.
    public let machine: TuringMachine?
    /// The recurrent layers, if it is no Turing machine.
    public let recurrence: RecurrentStack?
    /// The layer from them to y.
    public let output: Linear?
    private let dropout: Dropout

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - inputs: numbers of a step's input.
    ///   - outputs: numbers of a step's output.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: AlgorithmNetworkConfiguration, inputs: Int, outputs: Int, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        switch configuration {
        case .turingMachine(let choices):
            machine = TuringMachine(choices, inputs: inputs, outputs: outputs, key: key, scalarType: scalarType)
            (recurrence, output, dropout) = (nil, nil, Dropout(0))
        case .recurrent(let reader):
            machine = nil
            recurrence = reader.stack(inputSize: inputs, key: key.split(0), scalarType: scalarType)
            output = Linear(reader.outputSize, outputs, key: key.split(1), scalarType: scalarType)
            dropout = Dropout(reader.dropout, isVariational: reader.variationalDropout)
        }
    }

    /// Runs over whole sequences. What stands behind a sequence's end changes nothing before it, so padding needs no lengths.
    ///
    /// - Parameter inputs: [time, batch, inputs].
    /// - Returns: y of each step, [time, batch, outputs].
    public func callAsFunction(_ inputs: Tensor, _ context: Context) -> Tensor {
        if let machine { return machine(inputs, context) }
        guard let recurrence, let output else { preconditionFailure("a network is a Turing machine or has recurrent layers") }
        let shown = context.within("recurrence") { recurrence(inputs, context).outputs }
        return output(dropout(shown, context), context)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        machine?.visit(&visitor)
        if let recurrence { visitor("recurrence", recurrence) }
        if let output { visitor("output", output) }
    }
}
