import UnrollKernels
import UnrollTensors

/// A recurrent network with whatever parts, unrolled in time:
///
///     h(t) = Enc(x(t))      z(t) = g(h(t), z(t−1), w)      y(t) = Dec(z(t))
///
/// Every step has the same weights. The graph is made by the loop that runs: as many steps as this sequence has, and another number for the next
/// one, so sequences need neither padding nor lengths. Nothing is fused; where g is one of the library's cells and speed counts, `RecurrentStack`
/// runs whole padded batches in one kernel a layer.
public struct UnrolledNetwork<Encoder: Layer, Cell: RecurrentCell, Decoder: Layer>: Module {
    /// Enc.
    public let encoder: Encoder
    /// g.
    public let cell: Cell
    /// Dec.
    public let decoder: Decoder
    /// z(−1).
    public let firstState: FirstState

    /// A network of parts that hold their weights already.
    public init(
        encoder: Encoder, cell: Cell, decoder: Decoder, initialState: InitialState = .zero, scalarType: ScalarType = .float32
    ) {
        self.encoder = encoder
        self.cell = cell
        self.decoder = decoder
        firstState = FirstState(initialState, of: cell, scalarType: scalarType)
    }

    /// Unrolls over one sequence of any length.
    ///
    /// - Parameters:
    ///   - inputs: x(0), x(1), …, each as the encoder takes it, with the batch first. They may be made while the loop runs.
    ///   - state: z(−1); what the network begins with where nil.
    /// - Returns: y(0), y(1), …, and the last z; nil where there was no step and no state was given.
    public func callAsFunction(
        _ inputs: some Sequence<Tensor>, state: RecurrentState? = nil, _ context: Context
    ) -> (outputs: [Tensor], state: RecurrentState?) {
        let weights = cell.weights(context)
        var state = state
        var outputs: [Tensor] = []
        for (step, input) in inputs.enumerated() {
            let encoded = encoder(input, context)
            let carried = context.cutsGradient(before: step) ? state?.detached() : state
            let previous = carried ?? firstState(batch: encoded.shape[0], context)
            let (output, next) = cell.step(encoded, previous, weights, context)
            state = next
            outputs.append(decoder(output, context))
        }
        return (outputs, state)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("encoder", encoder)
        visitor("cell", cell)
        visitor("decoder", decoder)
        firstState.visit(&visitor)
    }
}
