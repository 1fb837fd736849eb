import CUnrollKernels
import UnrollKernels

// Element by element, with stretching of axes of extent 1; ∂/∂ of a stretched operand is summed over where it was stretched.

extension Tensor {
    /// y = a + b.  da = dy, db = dy.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        let (shapeA, shapeB) = (a.shape, b.shape)
        return combine(UNROLL_ADD, a, b).derived(from: a, b) { dy in
            dy.summed(to: shapeA)
        } _: { dy in
            dy.summed(to: shapeB)
        }
    }

    /// y = a − b.  da = dy, db = −dy.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        let (shapeA, shapeB) = (a.shape, b.shape)
        return combine(UNROLL_SUBTRACT, a, b).derived(from: a, b) { dy in
            dy.summed(to: shapeA)
        } _: { dy in
            -dy.summed(to: shapeB)
        }
    }

    /// y = a ⊙ b.  da = dy ⊙ b, db = dy ⊙ a.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        combine(UNROLL_MULTIPLY, a, b)
            .derived(from: a, b) { dy in
                (dy * b).summed(to: a.shape)
            } _: { dy in
                (dy * a).summed(to: b.shape)
            }
    }

    /// y = a ⊘ b.  da = dy ⊘ b, db = −dy ⊙ y ⊘ b.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        let y = combine(UNROLL_DIVIDE, a, b)
        return y.derived(from: a, b) { dy in
            (dy / b).summed(to: a.shape)
        } _: { dy in
            -(dy * y / b).summed(to: b.shape)
        }
    }

    /// y = −x.  dx = −dy.
    public static prefix func - (x: Tensor) -> Tensor { x.affine(scale: -1, shift: 0) }

    /// y = x + s.  dx = dy.
    public static func + (x: Tensor, s: Double) -> Tensor { x.affine(scale: 1, shift: s) }

    /// y = s + x.  dx = dy.
    public static func + (s: Double, x: Tensor) -> Tensor { x.affine(scale: 1, shift: s) }

    /// y = x − s.  dx = dy.
    public static func - (x: Tensor, s: Double) -> Tensor { x.affine(scale: 1, shift: -s) }

    /// y = s − x.  dx = −dy.
    public static func - (s: Double, x: Tensor) -> Tensor { x.affine(scale: -1, shift: s) }

    /// y = s x.  dx = s dy.
    public static func * (x: Tensor, s: Double) -> Tensor { x.affine(scale: s, shift: 0) }

    /// y = s x.  dx = s dy.
    public static func * (s: Double, x: Tensor) -> Tensor { x.affine(scale: s, shift: 0) }

    /// y = x / s.  dx = dy / s.
    public static func / (x: Tensor, s: Double) -> Tensor { x.affine(scale: 1 / s, shift: 0) }

    /// y = scale · x + shift.  dx = scale · dy.
    func affine(scale: Double, shift: Double) -> Tensor {
        let y = Tensor(uninitialized: shape, scalarType)
        unroll_affine(scalarType.kernel, count, scale, shift, pointer, y.pointer)
        return y.derived(from: self) { dy in dy.affine(scale: scale, shift: 0) }
    }
}
