import CUnrollKernels
import UnrollKernels
import UnrollModules
import UnrollTensors

/// Changes parameters along their gradients.
///
/// The rows of an embedding that no token used have a gradient of zero; they are updated as such (momentum goes on), without the zeros being made.
public final class Optimizer {
    private let settings: OptimizerSettings
    private let parameters: [NamedParameter]
    /// What the rule remembers of each parameter: velocities, averages.
    private var slots: [[Tensor]]
    /// Updates made so far.
    public private(set) var updateCount = 0

    /// An optimiser that has made no step.
    public init(_ settings: OptimizerSettings, _ parameters: [NamedParameter]) {
        self.settings = settings
        self.parameters = parameters
        let slotCount =
            switch settings.kind {
            case .sgd: settings.momentum > 0 ? 1 : 0
            case .adam, .adamw, .adadelta: 2
            case .rmsprop: settings.momentum > 0 ? 2 : 1
            }
        slots = parameters.map { named in
            (0..<slotCount).map { _ in .zeros(named.parameter.shape, named.parameter.scalarType) }
        }
    }

    /// One update. A parameter without a gradient stays as it is.
    ///
    /// - Parameters:
    ///   - gradients: in the order of the parameters.
    ///   - rate: the learning rate of this update.
    ///   - scale: what the gradients are multiplied by on the way, such as the factor of `ModelGradients.clippingFactor`.
    public func update(_ gradients: ModelGradients, rate: Double, scale: Double = 1) {
        updateCount += 1
        for (index, named) in parameters.enumerated() {
            guard let gradient = gradients.values[index] else { continue }
            let parameter = named.parameter
            let type = parameter.scalarType
            parameter.update { weights in
                switch gradient {
                case .dense(let gradient):
                    apply(index, start: 0, count: gradient.count, gradient: gradient.pointer, weights, type, rate, scale)
                case .rows(let rows):
                    let rows = rows.merged
                    let width = parameter.shape[-1]
                    var next = 0
                    for (place, row) in rows.indices.enumerated() {
                        let start = Int(row) * width
                        apply(index, start: next, count: start - next, gradient: nil, weights, type, rate, scale)
                        let pointer = rows.values.pointer + place * width * type.width
                        apply(index, start: start, count: width, gradient: pointer, weights, type, rate, scale)
                        next = start + width
                    }
                    apply(index, start: next, count: parameter.shape.count - next, gradient: nil, weights, type, rate, scale)
                }
            }
        }
    }

    private func apply(
        _ index: Int, start: Int, count: Int, gradient: UnsafeMutableRawPointer?, _ weights: UnsafeMutableRawPointer, _ type: ScalarType,
        _ rate: Double, _ scale: Double
    ) {
        guard count > 0 else { return }
        let at = start * type.width
        let memory = slots[index].map { $0.pointer + at }
        let weights = weights + at
        switch settings.kind {
        case .sgd:
            unroll_sgd(
                type.kernel, count, rate, settings.momentum, settings.nesterov, settings.weightDecay, scale, gradient,
                memory.first, weights)
        case .adam, .adamw:
            unroll_adam(
                type.kernel, count, rate, settings.beta1, settings.beta2, settings.epsilon ?? 1e-8, 1 - pow(settings.beta1, updateCount),
                1 - pow(settings.beta2, updateCount), settings.weightDecay, settings.kind == .adamw, scale, gradient, memory[0], memory[1],
                weights
            )
        case .adadelta:
            unroll_adadelta(
                type.kernel, count, rate, settings.decay ?? 0.9, settings.epsilon ?? 1e-6, settings.weightDecay, scale, gradient, memory[0],
                memory[1], weights)
        case .rmsprop:
            unroll_rmsprop(
                type.kernel, count, rate, settings.decay ?? 0.99, settings.epsilon ?? 1e-8, settings.momentum, settings.weightDecay,
                scale, gradient, memory[0], memory.count > 1 ? memory[1] : nil, weights)
        }
    }

    /// What must be kept to go on later, by name.
    public var state: [(name: String, tensor: Tensor)] {
        zip(parameters, slots).flatMap { named, slots in
            slots.enumerated().map { ("optimizer.\($0.offset).\(named.name)", $0.element) }
        }
    }

    /// Goes on from a state that an optimiser of the same settings and parameters has left: the tensors of `state`, in its order.
    public func restore(updateCount: Int, _ tensors: [Tensor]) {
        let expected = state.map(\.tensor.shape)
        precondition(tensors.map(\.shape) == expected, "tensors of \(tensors.map(\.shape)) for a memory of \(expected)")
        self.updateCount = updateCount
        var rest = tensors[...]
        for index in slots.indices {
            for slot in slots[index].indices { slots[index][slot] = rest.removeFirst().copied() }
        }
    }
}

/// xⁿ by repeated squaring, the same bits on every platform.
private func pow(_ x: Double, _ n: Int) -> Double {
    var (result, square, rest) = (1.0, x, n)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
