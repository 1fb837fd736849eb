import UnrollTensors

/// The state of a cell: a named list of tensors [batch, hidden], so that it can be gathered, masked, detached and saved whatever the cell.
public struct RecurrentState: Sendable {
    /// `["hidden"]`, or `["hidden", "cell"]` for an LSTM.
    public let names: [String]
    /// One tensor for each name.
    public let tensors: [Tensor]

    /// A state from its parts.
    public init(names: [String], tensors: [Tensor]) {
        precondition(names.count == tensors.count)
        self.names = names
        self.tensors = tensors
    }

    /// The hidden state: what a cell shows to the outside.
    public var hidden: Tensor { tensors[0] }

    /// A part by name; nil where the cell has none.
    public subscript(name: String) -> Tensor? { names.firstIndex(of: name).map { tensors[$0] } }

    /// The state with each part changed.
    public func map(_ transform: (Tensor) -> Tensor) -> RecurrentState {
        RecurrentState(names: names, tensors: tensors.map(transform))
    }

    /// The rows of the batch in another order, or some of them again: what beam search does.
    public func gathered(_ rows: [Int32]) -> RecurrentState {
        map { UnrollTensors.gathered($0, Tensor(rows, shape: [rows.count])) }
    }

    /// The rows of the batch, and behind them those of another.
    public func joined(with other: RecurrentState) -> RecurrentState {
        RecurrentState(names: names, tensors: zip(tensors, other.tensors).map { concatenated([$0, $1], axis: 0) })
    }

    /// The same values as constants: where truncated back-propagation through time cuts.
    public func detached() -> RecurrentState { map { $0.detached() } }
}
