import CUnrollKernels
import UnrollKernels

/// y = scale ⊙ x̂ + shift, x̂ = (x − mean x) / √(var x + ε) along the last axis (Ba 2016).
///
/// dx = (g − mean g − x̂ mean(g ⊙ x̂)) / √(var x + ε) with g = dy ⊙ scale;  dscale = Σ dy ⊙ x̂;  dshift = Σ dy.
public func layerNorm(_ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Double = 1e-5) -> Tensor {
    let columns = x.shape[-1]
    let rows = columns == 0 ? 0 : x.count / columns
    let type = x.scalarType
    scale.precondition(shape: [columns], type, "the scale of a layer norm")
    shift.precondition(shape: [columns], type, "the shift of a layer norm")
    let normalised = Tensor(uninitialized: x.shape, type)
    let inverseDeviation = Tensor(uninitialized: [rows], type)
    let y = Tensor(uninitialized: x.shape, type)
    unroll_layer_norm(
        type.kernel, rows, columns, x.pointer, scale.pointer, shift.pointer, epsilon, normalised.pointer, inverseDeviation.pointer,
        y.pointer)
    guard let tape = x.recordingTape ?? scale.recordingTape ?? shift.recordingTape else { return y }
    let (nodeX, nodeScale, nodeShift) = (tape.node(of: x), tape.node(of: scale), tape.node(of: shift))
    return tape.record(y) { dy, backward in
        let dx = Tensor(uninitialized: dy.shape, type)
        let dscale = Tensor(uninitialized: [columns], type)
        let dshift = Tensor(uninitialized: [columns], type)
        unroll_layer_norm_gradient(
            type.kernel, rows, columns, normalised.pointer, inverseDeviation.pointer, scale.pointer, dy.pointer, dx.pointer,
            dscale.pointer, dshift.pointer)
        if let nodeX { backward.add(dx, to: nodeX) }
        if let nodeScale { backward.add(dscale, to: nodeScale) }
        if let nodeShift { backward.add(dshift, to: nodeShift) }
    }
}
