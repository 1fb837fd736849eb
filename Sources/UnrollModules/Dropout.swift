import UnrollTensors

/// Sets elements to zero at random while training, and scales the others up (Srivastava 2014).
public struct Dropout: Layer {
    /// The probability that an element becomes zero.
    public let probability: Double
    /// Whether one mask serves every step of a sequence (Gal & Ghahramani 2016), in place of a mask for each.
    public let isVariational: Bool

    /// A dropout with the probability in 0..<1.
    public init(_ probability: Double, isVariational: Bool = false) {
        precondition(probability >= 0 && probability < 1, "a dropout probability of \(probability)")
        self.probability = probability
        self.isVariational = isVariational
    }

    /// x, unchanged unless the context trains. A variational mask is drawn for the axes behind the first one, which is time where there are three:
    /// [time, batch, features].
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        guard isVariational, x.shape.rank > 2 else {
            return isOn(context) ? dropout(x, probability: probability, key: context.nextKey()) : x
        }
        return mask(x.shape.removing(0), like: x, context).map { x * $0 } ?? x
    }

    /// A mask of zeros and 1/(1 − p) that may be used at many steps; nil where nothing is dropped.
    public func mask(_ shape: Shape, like x: Tensor, _ context: Context) -> Tensor? {
        guard isOn(context) else { return nil }
        return dropout(Tensor(repeating: 1, shape: shape, scalarType: x.scalarType), probability: probability, key: context.nextKey())
    }

    private func isOn(_ context: Context) -> Bool { context.isTraining && probability > 0 }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {}
}

/// A dropout in a loop that makes one step at a time: a variational one keeps the mask of the first step.
public struct StepwiseDropout {
    private let dropout: Dropout
    private var mask: Tensor?

    /// The dropout of one sequence.
    public init(_ dropout: Dropout) { self.dropout = dropout }

    /// x at the next step, [batch, …].
    public mutating func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        guard dropout.isVariational else { return dropout(x, context) }
        if mask == nil { mask = dropout.mask(x.shape, like: x, context) }
        return mask.map { x * $0 } ?? x
    }
}
