import UnrollModels

/// Which optimiser changes the weights, and with what constants; β, ρ, α and ε are PyTorch's where they are not given.
public struct OptimizerSettings: Codable, Sendable, Equatable {
    /// The update rules.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// w ← w − η v, v ← μ v + g.
        case sgd
        /// Kingma & Ba 2015; weight decay is added to the gradient.
        case adam
        /// Loshchilov & Hutter 2019; weight decay shrinks the weights directly.
        case adamw
        /// Zeiler 2012.
        case adadelta
        /// Hinton 2012.
        case rmsprop
    }

    /// The update rule.
    public var kind = Kind.adam
    /// η before the schedule. Read from a recipe it is 1 for Adadelta unless given: Zeiler's rule has no η, and makes its own steps' size.
    public var learningRate = 0.001
    /// μ of SGD and RMSProp.
    public var momentum = 0.0
    /// Whether SGD's momentum looks ahead.
    public var nesterov = false
    /// β₁ of Adam.
    public var beta1 = 0.9
    /// β₂ of Adam.
    public var beta2 = 0.999
    /// ρ of Adadelta, α of RMSProp; by default 0.9 and 0.99.
    public var decay: Double?
    /// ε; by default 1e-8, and 1e-6 for Adadelta.
    public var epsilon: Double?
    /// λ.
    public var weightDecay = 0.0

    /// Adam with a learning rate of 0.001.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kind = try values.value(.kind, default: kind)
        learningRate = try values.positive(.learningRate, default: kind == .adadelta ? 1 : learningRate)
        momentum = try values.probability(.momentum, default: momentum)
        nesterov = try values.value(.nesterov, default: nesterov)
        beta1 = try values.probability(.beta1, default: beta1)
        beta2 = try values.probability(.beta2, default: beta2)
        if values.contains(.decay) { decay = try values.probability(.decay, default: 0.9) }
        if values.contains(.epsilon) { epsilon = try values.positive(.epsilon, default: 1e-8) }
        weightDecay = try values.value(.weightDecay, default: weightDecay)
        guard weightDecay >= 0, weightDecay.isFinite else { throw values.invalid(.weightDecay, "must be at least 0, not \(weightDecay)") }
        if nesterov, momentum == 0 { throw values.invalid(.nesterov, "needs a momentum above 0") }
    }
}
