import UnrollKernels
import UnrollModules
import UnrollTensors

/// Layers of a Transformer over a sequence of vectors (Vaswani 2017).
///
///     y = layers(dropout(√width x + p))
///
/// `TransformerLayer` has the equations of the layers, `PositionEncoding` those of p.
public struct TransformerReader: Module {
    /// Vectors of the positions.
    public let positions: PositionEncoding
    /// The layers.
    public let layers: TransformerStack
    private let scale: Double
    private let dropout: Dropout

    /// Layers with their weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what they are made of.
    ///   - longest: how many positions there are where they are learnt.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(_ configuration: TransformerReaderConfiguration, longest: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        positions = PositionEncoding(
            configuration.positions, width: configuration.width, longest: longest, key: key.split(0), scalarType: scalarType)
        layers = TransformerStack(
            configuration.layers, features: configuration.width, configuration.layerOptions, key: key.split(1), scalarType: scalarType)
        scale = Double(configuration.width).squareRoot()
        dropout = Dropout(configuration.dropout)
    }

    /// Whole sequences.
    ///
    /// - Parameters:
    ///   - x: [time, batch, width].
    ///   - lengths: for each sequence how many steps count; all where nil.
    ///   - isCausal: whether no step sees a later one.
    /// - Returns: [time, batch, width], zeros where a sequence is over.
    public func callAsFunction(_ x: Tensor, lengths: [Int32]? = nil, isCausal: Bool = false, _ context: Context) -> Tensor {
        let (time, batch) = (x.shape[0], x.shape[1])
        let embedded = embedded(x, context)
        let read = context.within("transformer") { layers(embedded, lengths: lengths, isCausal: isCausal, context).output }
        guard let lengths, lengths.contains(where: { $0 < time }) else { return read }
        let counts = (0..<time).flatMap { step in lengths.map { step < $0 ? 1.0 : 0 } }
        return read * Tensor(counts, shape: [time, batch, 1], scalarType: x.scalarType)
    }

    /// The first steps of several sequences at once, without lengths, no step seeing a later one.
    ///
    /// - Parameter x: [time, rows, width].
    /// - Returns: [time, rows, width], and what `step` goes on with.
    public func start(_ x: Tensor, _ context: Context) -> (output: Tensor, cache: TransformerStack.Cache) {
        layers.start(embedded(x, context), context)
    }

    /// One more step of each sequence; to the bit what whole sequences with `isCausal` give there.
    ///
    /// - Parameters:
    ///   - x: [rows, width].
    ///   - position: the steps before it.
    ///   - cache: of these steps.
    /// - Returns: [rows, width].
    public func step(_ x: Tensor, at position: Int, _ cache: inout TransformerStack.Cache, _ context: Context) -> Tensor {
        layers.step(x * scale + positions(position..<position + 1, context), &cache, context).output
    }

    private func embedded(_ x: Tensor, _ context: Context) -> Tensor {
        let places = positions(0..<x.shape[0], context)
        return dropout(x * scale + places.reshaped(to: [x.shape[0], 1, x.shape[2]]), context)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("positions", positions)
        visitor("transformer", layers)
    }
}
