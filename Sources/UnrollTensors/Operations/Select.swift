import CUnrollKernels
import UnrollKernels

/// y = a where the condition holds, else b.  da = dy where it holds, db = dy where it does not.
public func select(_ condition: [Bool], _ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(
        a.shape == b.shape && condition.count == a.count && a.scalarType == b.scalarType,
        "a choice by \(condition.count) conditions between \(a.shape) and \(b.shape)")
    let bytes = condition.map { UInt8($0 ? 1 : 0) }
    let choose = { (a: Tensor, b: Tensor) in
        let y = Tensor(uninitialized: a.shape, a.scalarType)
        unroll_select(a.scalarType.kernel, a.count, bytes, a.pointer, b.pointer, y.pointer)
        return y
    }
    return choose(a, b).derived(from: a, b) { dy in
        choose(dy, dy.zeros(dy.shape))
    } _: { dy in
        choose(dy.zeros(dy.shape), dy)
    }
}

/// Rows of a where the condition holds, else rows of b: the state of a padded batch. a, b: [rows, width].
public func selectRows(_ condition: [Bool], _ a: Tensor, _ b: Tensor) -> Tensor {
    let width = a.shape[-1]
    return select(condition.flatMap { repeatElement($0, count: width) }, a, b)
}
