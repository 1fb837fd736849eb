import UnrollTensors

/// Sets elements to zero at random while training, and scales the others up (Srivastava 2014).
public struct Dropout: Module {
    /// The probability that an element becomes zero.
    public let probability: Double

    /// A dropout with the probability in 0..<1.
    public init(_ probability: Double) {
        precondition(probability >= 0 && probability < 1, "a dropout probability of \(probability)")
        self.probability = probability
    }

    /// x, unchanged unless the context trains.
    public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        guard context.isTraining, probability > 0 else { return x }
        return dropout(x, probability: probability, key: context.nextKey())
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {}
}
