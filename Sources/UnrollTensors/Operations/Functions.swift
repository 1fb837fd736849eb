import CUnrollKernels
import UnrollKernels

// Functions of one number, element by element. The kernel of each holds f and f′ side by side.

/// y = eˣ.  dx = dy ⊙ y.
public func exp(_ x: Tensor) -> Tensor { applied(UNROLL_EXP, x) }

/// y = log x.  dx = dy ⊘ x.
public func log(_ x: Tensor) -> Tensor { applied(UNROLL_LOG, x) }

/// y = √x.  dx = dy ⊘ 2y.
public func sqrt(_ x: Tensor) -> Tensor { applied(UNROLL_SQRT, x) }

/// y = x².  dx = 2x ⊙ dy.
public func square(_ x: Tensor) -> Tensor { applied(UNROLL_SQUARE, x) }

/// y = 1/x.  dx = −dy ⊙ y².
public func reciprocal(_ x: Tensor) -> Tensor { applied(UNROLL_RECIPROCAL, x) }

/// y = |x|.  dx = dy ⊙ sign x, 0 at 0.
public func abs(_ x: Tensor) -> Tensor { applied(UNROLL_ABS, x) }

/// y = σ(x) = 1/(1 + e⁻ˣ).  dx = dy ⊙ y ⊙ (1 − y).
public func sigmoid(_ x: Tensor) -> Tensor { applied(UNROLL_SIGMOID, x) }

/// y = tanh x.  dx = dy ⊙ (1 − y²).
public func tanh(_ x: Tensor) -> Tensor { applied(UNROLL_TANH, x) }

/// y = max(x, 0).  dx = dy where x > 0, else 0.
public func relu(_ x: Tensor) -> Tensor { applied(UNROLL_RELU, x) }

/// y = log(1 + eˣ).  dx = dy ⊙ σ(x).
public func softplus(_ x: Tensor) -> Tensor { applied(UNROLL_SOFTPLUS, x) }

/// y = x Φ(x), Φ(x) = (1 + erf(x/√2))/2 (Hendrycks & Gimpel 2016).  dx = dy ⊙ (Φ(x) + x φ(x)), φ(x) = exp(−x²/2)/√2π.
public func gelu(_ x: Tensor) -> Tensor { applied(UNROLL_GELU, x) }

/// y = x σ(x) (Elfwing 2017), also called swish.  dx = dy ⊙ σ(x) (1 + x (1 − σ(x))).
public func silu(_ x: Tensor) -> Tensor { applied(UNROLL_SILU, x) }

private func applied(_ function: unroll_unary, _ x: Tensor) -> Tensor {
    let y = Tensor(uninitialized: x.shape, x.scalarType)
    unroll_apply(x.scalarType.kernel, function, x.count, x.pointer, y.pointer)
    return y.derived(from: x) { dy in
        let dx = Tensor(uninitialized: x.shape, x.scalarType)
        unroll_apply_gradient(x.scalarType.kernel, function, x.count, x.pointer, y.pointer, dy.pointer, dx.pointer)
        return dx
    }
}
