import UnrollModules

/// A module that PyTorch has too, perhaps with other tensors.
protocol PyTorchModule: Module {
    /// How PyTorch makes one of the same shape; nil where it has none.
    var constructor: String? { get }
    /// How PyTorch's tensors differ from the module's parameters; what is not named is the same in both.
    var differences: [StateDifference] { get }
    /// Why PyTorch's tensors would mean something else; nil where they do not.
    var refusal: String? { get }
}

/// A tensor that PyTorch has in place of a module's parameters, or beside them.
enum StateDifference {
    /// A tensor that is added to a parameter: zero when it is written.
    case addend(String, to: String)
    /// The rows of parameters, one below the other; of a single one it is only its name that differs.
    case stacked(String, of: [String])
}

extension PyTorchModule {
    var differences: [StateDifference] { [] }
    var refusal: String? { nil }
}

extension Embedding: PyTorchModule {
    var constructor: String? { "torch.nn.Embedding(\(weight.shape[0]), \(weight.shape[1]))" }
}

extension Linear: PyTorchModule {
    var constructor: String? { "torch.nn.Linear(\(weight.shape[1]), \(weight.shape[0])\(bias == nil ? ", bias=False" : ""))" }
}

extension LayerNorm: PyTorchModule {
    var constructor: String? { "torch.nn.LayerNorm(\(weight.shape[0]))" }
}

extension MultiHeadAttention: PyTorchModule {
    var constructor: String? {
        let memory = memoryFeatures == features ? "" : ", kdim=\(memoryFeatures), vdim=\(memoryFeatures)"
        return "torch.nn.MultiheadAttention(\(features), \(heads)\(memory))"
    }

    var differences: [StateDifference] {
        let weights: [StateDifference] =
            memoryFeatures == features
            ? [.stacked("in_proj_weight", of: ["query.weight", "key.weight", "value.weight"])]
            : [
                .stacked("q_proj_weight", of: ["query.weight"]), .stacked("k_proj_weight", of: ["key.weight"]),
                .stacked("v_proj_weight", of: ["value.weight"]),
            ]
        return weights + [
            .stacked("in_proj_bias", of: ["query.bias", "key.bias", "value.bias"]), .stacked("out_proj.weight", of: ["output.weight"]),
            .stacked("out_proj.bias", of: ["output.bias"]),
        ]
    }
}

extension TransformerLayer: PyTorchModule {
    var constructor: String? { "torch.nn.\(kind)Layer(\(arguments))" }

    fileprivate var kind: String { memoryAttention == nil ? "TransformerEncoder" : "TransformerDecoder" }
    fileprivate var features: Int { selfAttention.features }

    private var arguments: String {
        let activation =
            switch feedForward.activation {
            case .relu: ""
            case .gelu: ", activation='gelu'"
            case .silu: ", activation=torch.nn.functional.silu"
            }
        let shape = "\(features), \(selfAttention.heads), \(feedForward.first.weight.shape[0])"
        return shape + activation + (placement == .pre ? ", norm_first=True" : "")
    }
}

extension TransformerStack: PyTorchModule {
    var constructor: String? {
        guard let layer = layers.first, let made = layer.constructor else { return nil }
        return "torch.nn.\(layer.kind)(\(made), \(layers.count)\(norm == nil ? "" : ", norm=torch.nn.LayerNorm(\(layer.features))"))"
    }
}

extension RecurrentStack: PyTorchModule {
    var constructor: String? {
        guard let cell = layers[0][0] as? any PyTorchCell else { return nil }
        let options =
            (layers.count > 1 ? ", num_layers=\(layers.count)" : "") + (isBidirectional ? ", bidirectional=True" : "") + cell.option
        return "torch.nn.\(cell.sequence)(\(cell.inputSize), \(hiddenSize)\(options))"
    }
}

/// A cell of which PyTorch has the whole recurrence.
private protocol PyTorchCell: RecurrentCell {
    /// What PyTorch calls it: `LSTM`.
    var sequence: String { get }
    /// A further argument, behind a comma.
    var option: String { get }
}

extension PyTorchCell {
    var option: String { "" }
    var constructor: String? { "torch.nn.\(sequence)Cell(\(inputSize), \(hiddenSize))" }
}

extension LSTMCell: PyTorchModule, PyTorchCell {
    var sequence: String { "LSTM" }
    var differences: [StateDifference] { [.addend("bias_hh", to: "bias_ih")] }
}

extension RNNCell: PyTorchModule, PyTorchCell {
    var sequence: String { "RNN" }
    var option: String { activation == .relu ? ", nonlinearity='relu'" : "" }
    var differences: [StateDifference] { [.addend("bias_hh", to: "bias_ih")] }
}

extension GRUCell: PyTorchModule, PyTorchCell {
    var sequence: String { "GRU" }

    var refusal: String? {
        resetGate == .afterProduct
            ? nil
            : "its GRU has the reset gate before the product, tanh(W x + U(r ⊙ h)), and PyTorch's has it after, tanh(W x + r ⊙ (U h)), so that the same "
                + "weights mean another network; train with 'reset_gate: after_product'"
    }
}
