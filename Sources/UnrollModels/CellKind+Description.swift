import UnrollModules

extension CellKind {
    /// How many matrices [hidden, …] meet a step's input, and as many its state, at the least.
    var leastMatrices: Double {
        switch self {
        case .rnn: 1
        case .gru: 3
        case .lstm: 4
        }
    }

    /// The variant of the equations, in a few words.
    func equations(_ options: CellOptions) -> String {
        switch self {
        case .gru: "gru, reset gate \(options.resetGate.rawValue)"
        case .lstm: "lstm, forget bias starts at \(options.forgetBias)"
        case .rnn: "rnn, tanh"
        }
    }
}
