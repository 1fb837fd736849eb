import UnrollModules

extension CellKind {
    /// The cell's type.
    var subject: String {
        switch self {
        case .rnn: "RNNCell"
        case .gru: "GRUCell"
        case .lstm: "LSTMCell"
        case .multiplicativeLSTM: "MultiplicativeLSTMCell"
        case .hyperLSTM: "HyperLSTMCell"
        }
    }

    /// Which of its variants; empty for a cell that has but one.
    func variant(_ options: CellOptions) -> String {
        switch self {
        case .rnn: options.activation.rawValue
        case .gru: options.resetGate == .beforeProduct ? "reset before the product" : "reset after the product"
        case .hyperLSTM: options.hyper.layerNorm ? "layer norm" : ""
        case .lstm, .multiplicativeLSTM: ""
        }
    }

    /// What it computes.
    func equation(_ options: CellOptions) -> String {
        switch self {
        case .rnn: options.activation == .tanh ? "h = tanh(W x + U h' + b)" : "h = max(0, W x + U h' + b)"
        case .gru:
            options.resetGate == .beforeProduct
                ? "z, r = σ(W x + U h' + b); n = tanh(W x + U(r ⊙ h') + b); h = z ⊙ h' + (1 − z) ⊙ n"
                : "z, r = σ(W x + U h' + b); n = tanh(W x + b + r ⊙ (U h' + b')); h = z ⊙ h' + (1 − z) ⊙ n"
        case .lstm: "i, f, o = σ(W x + U h' + b); c = f ⊙ c' + i ⊙ tanh(W x + U h' + b); h = o ⊙ tanh c"
        case .multiplicativeLSTM:
            "m = (W_mx x) ⊙ (W_mh h'); i, f, o = σ(W x + U m + b); c = f ⊙ c' + i ⊙ tanh(W x + U m + b); h = o ⊙ tanh c"
        case .hyperLSTM:
            options.hyper.layerNorm
                ? "ĥ = LSTM([h'; x], ĥ'); y = LN(d_h(ĥ) ⊙ W_h h' + d_x(ĥ) ⊙ W_x x + b(ĥ)) for y = i, f, g, o; h = LSTM's with LN(c)"
                : "ĥ = LSTM([h'; x], ĥ'); y = d_h(ĥ) ⊙ W_h h' + d_x(ĥ) ⊙ W_x x + b(ĥ) for y = i, f, g, o; h = LSTM's"
        }
    }
}
