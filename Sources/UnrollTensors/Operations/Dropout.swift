import CUnrollKernels
import UnrollKernels

/// y = m ⊙ x / (1 − p), where each element of the mask m is 0 with probability p (Srivastava 2014).  dx = m ⊙ dy / (1 − p).
///
/// The mask is a function of the key and the element's index, so it is drawn again for the gradient instead of being kept.
public func dropout(_ x: Tensor, probability: Double, key: RandomKey) -> Tensor {
    precondition(probability >= 0 && probability < 1, "a dropout probability of \(probability)")
    guard probability > 0 else { return x }
    let y = Tensor(uninitialized: x.shape, x.scalarType)
    unroll_dropout(x.scalarType.kernel, x.count, key.value, probability, x.pointer, y.pointer)
    return y.derived(from: x) { dy in dropout(dy, probability: probability, key: key) }
}
