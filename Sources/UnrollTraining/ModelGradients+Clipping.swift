import CUnrollKernels
import UnrollModules
import UnrollTensors

extension ModelGradients {
    /// ‖g‖ = √Σ g² over all parameters.
    public var norm: Double {
        values.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
    }

    /// The gradients times a number.
    func scaled(by factor: Double) -> ModelGradients {
        ModelGradients(values: values.map { $0?.map { $0 * factor } })
    }

    /// min(1, limit / ‖g‖), what clipping by the global norm multiplies every gradient by (Pascanu 2013). The optimiser takes it as its scale.
    ///
    /// - Parameters:
    ///   - limit: the largest norm that is left as it is.
    ///   - norm: ‖g‖, if it is known already.
    public func clippingFactor(limit: Double, norm: Double? = nil) -> Double {
        let norm = norm ?? self.norm
        return norm > limit ? limit / norm : 1
    }

    /// Clipping by value: every element into −limit…limit.
    public func clipped(value limit: Double) -> ModelGradients {
        ModelGradients(values: values.map { $0?.map { $0.clamped(to: limit) } })
    }

    /// The sum of two calls' gradients.
    func adding(_ other: ModelGradients) -> ModelGradients {
        ModelGradients(
            values: zip(values, other.values).map { a, b in
                switch (a, b) {
                case (nil, let only), (let only, nil): only
                case (.rows(let a)?, .rows(let b)?): .rows(a.joined(with: b).merged)
                case (let a?, let b?): .dense(a.dense + b.dense)
                }
            })
    }
}

extension Gradient {
    var isFinite: Bool {
        switch self {
        case .dense(let tensor): tensor.isFinite
        case .rows(let rows): rows.values.isFinite
        }
    }

    func map(_ transform: (Tensor) -> Tensor) -> Gradient {
        switch self {
        case .dense(let tensor): .dense(transform(tensor))
        case .rows(let rows): .rows(RowGradient(indices: rows.indices, values: transform(rows.values), shape: rows.shape))
        }
    }
}

extension Tensor {
    fileprivate func clamped(to limit: Double) -> Tensor {
        let bound = Tensor(repeating: limit, shape: [1], scalarType: scalarType)
        let low = Tensor(repeating: -limit, shape: [1], scalarType: scalarType)
        let y = Tensor(uninitialized: shape, scalarType)
        unroll_combine(scalarType.kernel, UNROLL_MINIMUM, 1, count, pointer, 0, 1, bound.pointer, 0, 0, y.pointer)
        unroll_combine(scalarType.kernel, UNROLL_MAXIMUM, 1, count, y.pointer, 0, 1, low.pointer, 0, 0, y.pointer)
        return y
    }
}
