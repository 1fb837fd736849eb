import UnrollModules

/// What a network that learns an algorithm is made of: a Turing machine, or recurrent layers to compare it with.
public enum AlgorithmNetworkConfiguration: Codable, Sendable, Equatable {
    /// A neural Turing machine.
    case turingMachine(TuringMachineConfiguration)
    /// Recurrent layers, forward in time, and a linear layer at every step.
    case recurrent(ReaderConfiguration)

    /// The kinds, as the key `kind` names them.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// A neural Turing machine.
        case turingMachine = "ntm"
        /// Recurrent layers.
        case recurrent
    }

    private enum CodingKeys: CodingKey {
        case kind, bidirectional
    }

    /// A Turing machine.
    public init() { self = .turingMachine(TuringMachineConfiguration()) }

    /// Reads the kind, and then the keys that it has.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        switch try values.value(.kind, default: Kind.turingMachine) {
        case .turingMachine: self = .turingMachine(try TuringMachineConfiguration(from: decoder))
        case .recurrent:
            var defaults = ReaderConfiguration()
            defaults.bidirectional = false
            let reader = try ReaderConfiguration(from: decoder, defaults: defaults)
            if reader.bidirectional { throw values.invalid(.bidirectional, "must be false: what comes later is not known yet") }
            self = .recurrent(reader)
        }
    }

    /// Writes the kind and all keys that it has.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(kind, forKey: .kind)
        switch self {
        case .turingMachine(let machine): try machine.encode(to: encoder)
        case .recurrent(let reader): try reader.encode(to: encoder)
        }
    }

    /// Which of the two.
    public var kind: Kind {
        switch self {
        case .turingMachine: .turingMachine
        case .recurrent: .recurrent
        }
    }

    /// The equations in use, in one line.
    public var equations: String {
        switch self {
        case .turingMachine(let machine): "neural Turing machine: \(machine.equations)"
        case .recurrent(let reader): reader.equations
        }
    }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(inputs: Int, outputs: Int) -> Double {
        switch self {
        case .turingMachine(let machine): machine.leastParameterCount(inputs: inputs, outputs: outputs)
        case .recurrent(let reader):
            reader.least(inputSize: Double(inputs)).parameters + Double(outputs) * reader.least(inputSize: Double(inputs)).outputs
        }
    }
}
