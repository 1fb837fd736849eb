import UnrollKernels
import UnrollTensors

/// A vector for each token of a vocabulary.
public struct Embedding: Layer {
    /// [vocabulary, width].
    public let weight: Parameter
    private let padding: Int32?

    /// A table of normal numbers with variance 1/width. The padding token's row is zero, and looking it up does not train it: it stays zero
    /// unless the table is also an output layer's weight.
    public init(vocabulary: Int, width: Int, padding: Int32? = nil, key: RandomKey, scalarType: ScalarType = .float32) {
        var table = Tensor.normal([vocabulary, width], deviation: 1 / Double(width).squareRoot(), key: key, scalarType)
        if let padding, !key.isBlank {
            let row = Int(padding)
            table = concatenated(
                [table.sliced(0..<row, axis: 0), .zeros([1, width], scalarType), table.sliced(row + 1..<vocabulary, axis: 0)], axis: 0)
        }
        weight = Parameter(table)
        self.padding = padding
    }

    /// tokens: any shape, int32 → [tokens' shape…, width].
    public func callAsFunction(_ tokens: Tensor, _ context: Context) -> Tensor {
        gathered(context[weight], tokens, untrained: padding)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) { visitor("weight", weight, .rows) }
}
