import UnrollTensors

/// The weights of a cell that begins with a product: x W_ihᵀ + b meets the state only afterwards.
public protocol GatedWeights: Sendable {
    /// W, [projected, inputs].
    var input: Tensor { get }
    /// b, [projected].
    var bias: Tensor { get }
    /// What the hidden state is multiplied by where products see it, [batch, hidden]: variational dropout (Gal & Ghahramani 2016). Nil for 1.
    var hiddenMask: Tensor? { get set }
}

extension GatedWeights {
    /// The hidden state as products see it.
    func seen(_ hidden: Tensor) -> Tensor { hiddenMask.map { hidden * $0 } ?? hidden }
}

/// The weights of a plain, GRU or LSTM cell.
public struct GateWeights: GatedWeights {
    /// W, [gates · hidden, inputs].
    public var input: Tensor
    /// U, [gates · hidden, hidden].
    public var hidden: Tensor
    /// b, [gates · hidden].
    public var bias: Tensor
    /// The part of a bias that stands behind the product with the state, [hidden]: a GRU with its reset gate after the product.
    public var recurrentBias: Tensor?
    /// What products see of the hidden state; see the protocol.
    public var hiddenMask: Tensor?

    /// Weights from wherever they come.
    public init(input: Tensor, hidden: Tensor, bias: Tensor, recurrentBias: Tensor? = nil) {
        self.input = input
        self.hidden = hidden
        self.bias = bias
        self.recurrentBias = recurrentBias
    }
}

/// A cell whose input can be projected for all steps at once, before time is walked.
public protocol GatedCell: RecurrentCell where Weights: GatedWeights {
    /// One step over a projected input [batch, projected].
    func advance(_ projected: Tensor, _ state: RecurrentState, _ weights: Weights) -> (output: Tensor, state: RecurrentState)

    /// The recurrence over projected inputs [time, batch, projected]. Walks `advance` unless the cell has a kernel for it.
    func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: Weights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState)
}

extension GatedCell {
    /// A whole sequence; see the protocol.
    public func sequence(
        _ inputs: Tensor, _ state: RecurrentState, _ weights: Weights, _ layout: SequenceLayout, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        recurrence(linear(inputs, weights.input, bias: weights.bias), state, weights, layout)
    }

    /// One step; see the protocol.
    public func step(
        _ input: Tensor, _ state: RecurrentState, _ weights: Weights, _ context: Context
    ) -> (output: Tensor, state: RecurrentState) {
        advance(linear(input, weights.input, bias: weights.bias), state, weights)
    }

    /// The recurrence; see the protocol.
    public func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: Weights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        walk(projected, state, layout) { advance($0, $1, weights) }
    }

    /// The cell's own weights with a mask for this sequence, if the context trains.
    public func weights(batch: Int, recurrentDropout: Dropout, _ context: Context) -> Weights {
        var weights = weights(context)
        weights.hiddenMask = recurrentDropout.mask([batch, hiddenSize], like: weights.bias, context)
        return weights
    }

    /// The cell with weights of one call.
    package func bound(to weights: Weights) -> any BoundCell { CellWithWeights(cell: self, weights: weights) }
}

/// A gated cell of whatever kind with the weights of one call.
package protocol BoundCell {
    /// x W[:, columns]ᵀ + b, for all steps or for one.
    func project(_ inputs: Tensor, columns: Range<Int>?, addsBias: Bool) -> Tensor
    /// One step over a projected input.
    func advance(_ projected: Tensor, _ state: RecurrentState) -> (output: Tensor, state: RecurrentState)
    /// The recurrence over projected inputs, every row whole and forward in time.
    func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState)
}

private struct CellWithWeights<Cell: GatedCell>: BoundCell {
    let cell: Cell
    let weights: Cell.Weights

    func project(_ inputs: Tensor, columns: Range<Int>?, addsBias: Bool) -> Tensor {
        linear(inputs, weights.input, bias: addsBias ? weights.bias : nil, columns: columns)
    }

    func advance(_ projected: Tensor, _ state: RecurrentState) -> (output: Tensor, state: RecurrentState) {
        cell.advance(projected, state, weights)
    }

    func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ context: Context
    ) -> (outputs: Tensor, state: RecurrentState) {
        // A kernel may write into what it alone holds.
        guard context.gradientSteps != nil else { return cell.recurrence(projected, state, weights, .init()) }
        return cell.truncated(projected, state, .init(), context) { cell.recurrence($0, $1, weights, $2) }
    }
}
