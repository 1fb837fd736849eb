import CUnrollKernels
import UnrollModules
import UnrollTensors

extension ModelGradients {
    /// Each row of an embedding's gradient once: what clipping by value needs, and what spares norm and update from merging anew.
    func merged() -> ModelGradients {
        ModelGradients(
            values: values.map { gradient in
                if case .rows(let rows) = gradient { .rows(rows.merged) } else { gradient }
            })
    }

    /// √Σ g² over all parameters.
    public var norm: Double {
        values.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }.squareRoot()
    }

    /// The gradients times a number.
    func scaled(by factor: Double) -> ModelGradients {
        ModelGradients(values: values.map { $0?.map { $0 * factor } })
    }

    /// Clipping by global norm (Pascanu 2013): g ← g · min(1, limit / ‖g‖).
    func clipped(norm: Double, limit: Double?) -> ModelGradients {
        guard let limit, norm > limit else { return self }
        return scaled(by: limit / norm)
    }

    /// Clipping by value: every element into −limit…limit.
    func clipped(value limit: Double?) -> ModelGradients {
        guard let limit else { return self }
        return ModelGradients(values: values.map { $0?.map { $0.clamped(to: limit) } })
    }

    /// The sum of two calls' gradients.
    func adding(_ other: ModelGradients) -> ModelGradients {
        ModelGradients(
            values: zip(values, other.values).map { a, b in
                switch (a, b) {
                case (nil, let only), (let only, nil): only
                case (.rows(let a)?, .rows(let b)?): .rows(a.joined(with: b))
                case (let a?, let b?): .dense(a.dense + b.dense)
                }
            })
    }
}

extension Gradient {
    var sumOfSquares: Double {
        switch self {
        case .dense(let tensor): tensor.sumOfSquares
        case .rows(let rows): rows.merged.values.sumOfSquares
        }
    }

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
