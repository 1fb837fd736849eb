import UnrollKernels
import UnrollTensors

/// Layers of cells above one another, each in one or both directions of time, with dropout between them.
///
/// Parameters are named as PyTorch names them: `weight_ih_l0`, `weight_hh_l1_reverse`.
public struct RecurrentStack: Module {
    /// What a bidirectional layer shows is [forward; backward], so the next layer and the reader see 2 × hidden features.
    public let isBidirectional: Bool
    /// Units of a cell.
    public let hiddenSize: Int
    /// The cells by layer and direction.
    public let layers: [[any GatedCell]]
    private let dropout: Dropout

    /// A stack of cells of one kind.
    public init(
        _ kind: CellKind, inputSize: Int, hiddenSize: Int, layers: Int = 1, isBidirectional: Bool = false, dropout: Double = 0,
        options: CellOptions = .init(), key: RandomKey, scalarType: ScalarType = .float32
    ) {
        let directions = isBidirectional ? 2 : 1
        self.isBidirectional = isBidirectional
        self.hiddenSize = hiddenSize
        self.dropout = Dropout(dropout)
        self.layers = (0..<layers).map { layer in
            (0..<directions).map { direction in
                kind.cell(
                    layer == 0 ? inputSize : directions * hiddenSize, hiddenSize, options: options,
                    key: key.split(layer * 2 + direction), scalarType: scalarType)
            }
        }
    }

    /// Features of the outputs.
    public var outputSize: Int { (isBidirectional ? 2 : 1) * hiddenSize }

    /// Runs the layers over a sequence.
    ///
    /// - Parameters:
    ///   - inputs: [time, batch, inputSize].
    ///   - states: the states before the first step, by layer and direction; zeros where nil.
    ///   - lengths: for each row of the batch how many steps count. Padding never changes a result.
    /// - Returns: the top layer's outputs [time, batch, outputSize] and the last states, by layer and direction.
    public func callAsFunction(
        _ inputs: Tensor, states: [[RecurrentState]]? = nil, lengths: [Int32]? = nil, _ context: Context
    ) -> (outputs: Tensor, states: [[RecurrentState]]) {
        var outputs = inputs
        var final: [[RecurrentState]] = []
        for (index, cells) in layers.enumerated() {
            if index > 0 { outputs = dropout(outputs, context) }
            let results = cells.enumerated().map { direction, cell in
                cell(outputs, state: states?[index][direction], layout: SequenceLayout(lengths: lengths, reversed: direction == 1), context)
            }
            outputs = results.count == 1 ? results[0].outputs : concatenated(results.map(\.outputs), axis: 2)
            context.report("layer\(index)", outputs)
            final.append(results.map(\.state))
        }
        return (outputs, final)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        for (index, cells) in layers.enumerated() {
            for (direction, cell) in cells.enumerated() {
                visitor(suffix: "_l\(index)" + (direction == 1 ? "_reverse" : ""), cell)
            }
        }
    }
}
