import UnrollKernels
import UnrollModules
import UnrollTensors

/// What reads a padded batch of sequences: recurrent layers, or those of a Transformer, where every step sees all that count.
public enum SequenceReader: Module {
    /// Recurrent layers, with the dropout on what they read.
    case recurrent(RecurrentStack, Dropout)
    /// A Transformer's encoder.
    case transformer(TransformerReader)

    /// Layers with their weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what they are made of.
    ///   - inputSize: features of what is read; of a Transformer its width.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(_ configuration: SequenceReaderConfiguration, inputSize: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        switch configuration {
        case .recurrent(let reader):
            self = .recurrent(reader.stack(inputSize: inputSize, key: key, scalarType: scalarType), configuration.dropout)
        case .transformer(let reader, let longest):
            precondition(inputSize == reader.width, "vectors of \(inputSize) for a Transformer of \(reader.width)")
            self = .transformer(TransformerReader(reader, longest: longest, key: key, scalarType: scalarType))
        }
    }

    /// Reads sequences.
    ///
    /// - Parameters:
    ///   - x: [time, batch, inputSize].
    ///   - lengths: for each sequence how many steps count.
    /// - Returns: [time, batch, features], zeros where a sequence is over, and of recurrent layers the last states, by layer and direction.
    public func callAsFunction(_ x: Tensor, lengths: [Int32], _ context: Context) -> (outputs: Tensor, states: [[RecurrentState]]?) {
        switch self {
        case .recurrent(let layers, let dropout):
            let x = dropout(x, context)
            let (outputs, states) = context.within("recurrence") { layers(x, lengths: lengths, context) }
            return (outputs, states)
        case .transformer(let layers): return (layers(x, lengths: lengths, context), nil)
        }
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        switch self {
        case .recurrent(let layers, _): visitor("recurrence", layers)
        case .transformer(let layers): layers.visit(&visitor)
        }
    }
}
