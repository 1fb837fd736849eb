/// One recurrent layer in one direction over one example: its gates and states at each step, and the norm of the loss's gradient there.
public struct InspectedRecurrence: Codable, Sendable, Equatable {
    /// A gate.
    public struct Gate: Codable, Sendable, Equatable {
        /// Its name, such as `forget gate f`.
        public let name: String
        /// What it lies between: 0 and 1 for σ, −1 and 1 for tanh, 0 and nothing for a rectifier.
        public let lowest: Double
        /// See `lowest`; nil where there is no bound.
        public let highest: Double?
        /// [steps][units], in the order of the sequence.
        public let values: [[Float]]
        /// The share of values in the lowest tenth of the range (at the bound itself where there is only one).
        public let lowShare: Double
        /// The share of values in the highest tenth of the range.
        public let highShare: Double
        /// The share of saturated values, low or high, at each step.
        public let saturation: [Double]

        /// A gate; what is saturated is found here. Karpathy, Johnson & Fei-Fei 2015 count a σ below 0.1 or above 0.9; the same tenths of
        /// tanh's range are below −0.8 and above 0.8.
        public init(name: String, lowest: Double, highest: Double?, values: [[Float]]) {
            self.name = name
            self.lowest = lowest
            self.highest = highest
            self.values = values
            let tenth = highest.map { ($0 - lowest) / 10 }
            func isLow(_ value: Float) -> Bool { tenth.map { Double(value) < lowest + $0 } ?? (Double(value) <= lowest) }
            func isHigh(_ value: Float) -> Bool {
                if let tenth, let highest { Double(value) > highest - tenth } else { false }
            }
            let low = values.map { $0.count(where: isLow) }
            let high = values.map { $0.count(where: isHigh) }
            let all = Double(max(1, values.reduce(0) { $0 + $1.count }))
            lowShare = Double(low.reduce(0, +)) / all
            highShare = Double(high.reduce(0, +)) / all
            saturation = values.indices.map { Double(low[$0] + high[$0]) / Double(max(1, values[$0].count)) }
        }
    }

    /// A part of the state.
    public struct State: Codable, Sendable, Equatable {
        /// Its name, such as `hidden` or `cell`.
        public let name: String
        /// [steps][units], after each step, in the order of the sequence.
        public let values: [[Float]]
        /// The Euclidean norm of the loss's gradient with respect to the state after each step.
        public let gradientNorms: [Double]

        /// A part of the state.
        public init(name: String, values: [[Float]], gradientNorms: [Double]) {
            self.name = name
            self.values = values
            self.gradientNorms = gradientNorms
        }
    }

    /// Which layer and direction, such as `encoder, layer 1, backward`.
    public let name: String
    /// Which of the inspection's sequences it walked.
    public let sequence: Int
    /// Whether it walked from the end.
    public let isReversed: Bool
    /// The gates in the order of the equations.
    public let gates: [Gate]
    /// The parts of the state.
    public let states: [State]

    /// A recurrence.
    public init(name: String, sequence: Int, isReversed: Bool, gates: [Gate], states: [State]) {
        self.name = name
        self.sequence = sequence
        self.isReversed = isReversed
        self.gates = gates
        self.states = states
    }
}

/// How the norms of the parameters' gradients went over training, as `training.gradient_norms` has the trainer record them.
public struct GradientHistory: Codable, Sendable, Equatable {
    /// The updates after which a line was written.
    public let steps: [Int]
    /// The parameters, by the names that are in the file.
    public let names: [String]
    /// [names][steps]: the mean norm before clipping since the line before; nil where a line lacks the parameter.
    public let norms: [[Double?]]

    /// A history.
    public init(steps: [Int], names: [String], norms: [[Double?]]) {
        self.steps = steps
        self.names = names
        self.norms = norms
    }
}
