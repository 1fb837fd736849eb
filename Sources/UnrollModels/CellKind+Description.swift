import UnrollModules

extension CellKind {
    /// How many matrices [hidden, …] meet a step's input, and as many its state, at the least.
    var leastMatrices: Double {
        switch self {
        case .rnn: 1
        case .gru: 3
        case .lstm, .hyperLSTM: 4
        case .multiplicativeLSTM: 5
        }
    }

    /// The numbers that a cell learns beside those matrices.
    func furtherParameters(hidden: Double, _ options: CellOptions) -> Double {
        guard self == .hyperLSTM else { return 0 }
        let (units, width) = (Double(options.hyper.hidden), Double(options.hyper.embedding))
        return 4 * units * (units + hidden) + 12 * width * (units + hidden)
    }

    /// The variant of the equations, in a few words.
    func equations(_ options: CellOptions) -> String {
        switch self {
        case .gru: "gru, reset gate \(options.resetGate.rawValue)" + (options.forgetBias.map { ", update bias starts at \($0)" } ?? "")
        case .lstm: "lstm, forget bias starts at \(options.lstmForgetBias)"
        case .rnn: "rnn, \(options.activation.rawValue)"
        case .multiplicativeLSTM: "multiplicative lstm, forget bias starts at \(options.lstmForgetBias)"
        case .hyperLSTM:
            "hyper lstm of \(options.hyper.hidden) units, embeddings of \(options.hyper.embedding)"
                + "\(options.hyper.layerNorm ? ", layer norm" : ""), forget bias starts at \(options.lstmForgetBias)"
        }
    }
}
