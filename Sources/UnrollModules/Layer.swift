import UnrollTensors

/// A module that makes one tensor of one tensor: whatever may stand as an encoder or a decoder around a recurrence.
public protocol Layer: Module {
    /// y = f(x).
    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor
}
