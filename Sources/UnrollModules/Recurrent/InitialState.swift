import UnrollKernels
import UnrollTensors

/// What a recurrent network's state is before the first step, z(−1).
public enum InitialState: String, Sendable, Codable, CaseIterable {
    /// Zeros.
    case zero
    /// Normal numbers of deviation 0.1, drawn anew for every row in training; zeros, their mean, in use, where a result must not hang on chance.
    case random
    /// A parameter that every row begins with. It starts at zero.
    case learned
}

/// z(−1) of one cell.
public struct FirstState: Module {
    /// Where it comes from.
    public let kind: InitialState
    private let names: [String]
    private let sizes: [Int]
    private let learned: [Parameter]
    private let scalarType: ScalarType

    /// The first state of a cell.
    public init(_ kind: InitialState, of cell: some RecurrentCell, scalarType: ScalarType = .float32) {
        self.kind = kind
        names = cell.stateNames
        sizes = cell.stateSizes
        learned = kind == .learned ? cell.stateSizes.map { Parameter(.zeros([$0], scalarType)) } : []
        self.scalarType = scalarType
    }

    /// The state of a batch.
    public func callAsFunction(batch: Int, _ context: Context) -> RecurrentState {
        let tensors = sizes.indices.map { part in
            let shape: Shape = [batch, sizes[part]]
            let zeros = Tensor.zeros(shape, scalarType)
            return switch kind {
            case .learned: context[learned[part]] + zeros
            case .random where context.isTraining: Tensor.normal(shape, deviation: 0.1, key: context.nextKey(), scalarType)
            case .random, .zero: zeros
            }
        }
        return RecurrentState(names: names, tensors: tensors)
    }

    /// Names the parameters: `initial_hidden`, `initial_cell`.
    public func visit(_ visitor: inout ParameterVisitor) {
        for (name, parameter) in zip(names, learned) { visitor("initial_\(name)", parameter) }
    }
}
