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
    public let layers: [[any RecurrentCell]]
    private let firstStates: [[FirstState]]
    private let dropout: Dropout
    private let recurrentDropout: Dropout

    /// A stack of cells of one kind.
    ///
    /// - Parameters:
    ///   - dropout: the probability of dropout between layers.
    ///   - isVariational: whether one mask serves all steps of a sequence there.
    ///   - recurrentDropout: the probability that a unit of the state is hidden from the products of all steps of a sequence (Gal & Ghahramani
    ///     2016). The state itself stays whole.
    ///   - initialState: what the state is before the first step, where none is given.
    public init(
        _ kind: CellKind, inputSize: Int, hiddenSize: Int, layers: Int = 1, isBidirectional: Bool = false, dropout: Double = 0,
        isVariational: Bool = false, recurrentDropout: Double = 0, initialState: InitialState = .zero, options: CellOptions = .init(),
        key: RandomKey, scalarType: ScalarType = .float32
    ) {
        let directions = isBidirectional ? 2 : 1
        let cells = (0..<layers).map { layer in
            (0..<directions).map { direction in
                kind.cell(
                    layer == 0 ? inputSize : directions * hiddenSize, hiddenSize, options: options,
                    key: key.split(layer * 2 + direction), scalarType: scalarType)
            }
        }
        self.init(
            cells, hiddenSize: hiddenSize, dropout: Dropout(dropout, isVariational: isVariational), recurrentDropout: recurrentDropout,
            initialState: initialState,
            scalarType: scalarType)
    }

    /// A stack of cells of one's own.
    ///
    /// - Parameters:
    ///   - layers: the cells by layer, in each layer one or one for each direction, all of one size.
    ///   - dropout: between layers.
    ///   - initialState: what the state is before the first step, where none is given.
    public init(
        _ layers: [[any RecurrentCell]], dropout: Dropout = Dropout(0), initialState: InitialState = .zero,
        scalarType: ScalarType = .float32
    ) {
        precondition(!layers.isEmpty && !layers[0].isEmpty, "a stack without a cell has no size")
        self.init(
            layers, hiddenSize: layers[0][0].hiddenSize, dropout: dropout, recurrentDropout: 0, initialState: initialState,
            scalarType: scalarType)
    }

    private init(
        _ layers: [[any RecurrentCell]], hiddenSize: Int, dropout: Dropout, recurrentDropout: Double, initialState: InitialState,
        scalarType: ScalarType
    ) {
        let directions = layers.first?.count ?? 1
        for (index, cells) in layers.enumerated() {
            precondition(
                (1...2).contains(directions) && cells.count == directions && cells.allSatisfy { $0.hiddenSize == hiddenSize },
                "layer \(index) has \(cells.map(\.hiddenSize)) units by direction, the first one \(layers[0].map(\.hiddenSize))")
        }
        isBidirectional = directions == 2
        self.hiddenSize = hiddenSize
        self.layers = layers
        firstStates = layers.map { $0.map { FirstState(initialState, of: $0, scalarType: scalarType) } }
        self.dropout = dropout
        self.recurrentDropout = Dropout(recurrentDropout)
    }

    /// Features of the outputs.
    public var outputSize: Int { (isBidirectional ? 2 : 1) * hiddenSize }

    /// Runs the layers over a sequence.
    ///
    /// - Parameters:
    ///   - inputs: [time, batch, inputSize].
    ///   - states: the states before the first step, by layer and direction; what the stack begins with where nil.
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
                let first = states?[index][direction] ?? firstStates[index][direction](batch: inputs.shape[1], context)
                return run(cell, outputs, first, SequenceLayout(lengths: lengths, reversed: direction == 1), context)
            }
            outputs = results.count == 1 ? results[0].outputs : concatenated(results.map(\.outputs), axis: 2)
            context.report("layer\(index)", outputs)
            final.append(results.map(\.state))
        }
        return (outputs, final)
    }

    private func run(
        _ cell: some RecurrentCell, _ inputs: Tensor, _ state: RecurrentState, _ layout: SequenceLayout, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        guard recurrentDropout.probability > 0, let gated = cell as? any GatedCell else {
            let weights = cell.weights(context)
            return cell.truncated(inputs, state, layout, context) { cell.sequence($0, $1, weights, $2, context) }
        }
        return masked(gated, inputs, state, layout, context)
    }

    private func masked(
        _ cell: some GatedCell, _ inputs: Tensor, _ state: RecurrentState, _ layout: SequenceLayout, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        let weights = cell.weights(batch: inputs.shape[1], recurrentDropout: recurrentDropout, context)
        return cell.truncated(inputs, state, layout, context) { cell.sequence($0, $1, weights, $2, context) }
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        for (index, cells) in layers.enumerated() {
            for (direction, cell) in cells.enumerated() {
                let suffix = "_l\(index)" + (direction == 1 ? "_reverse" : "")
                visitor(suffix: suffix, cell)
                visitor(suffix: suffix, firstStates[index][direction])
            }
        }
    }
}
