import UnrollKernels
import UnrollTensors

/// The dynamic hypernetwork HyperLSTM (Ha 2016): at each step a small LSTM scales the rows of a large one's weights, which so differ from step
/// to step and from sequence to sequence.
///
///     ĥ, ĉ = LSTM([h'; x], ĥ', ĉ')
///     z_h = W_zh ĥ + b_zh      z_x = W_zx ĥ + b_zx      z_b = W_zb ĥ            for each gate y = i, f, g, o
///     y = LN(d_h(z_h) ⊙ W_h h' + d_x(z_x) ⊙ W_x x + b(z_b))                     d(z) = W_dz z      b(z) = W_bz z + b_0
///     c = σ(f) ⊙ c' + σ(i) ⊙ tanh g      h = σ(o) ⊙ tanh LN(c)
///
/// LN is left out unless the options ask for it; then the small LSTM has it too. z is made of the small state after its step, as the authors'
/// programs make it; the equations that the paper prints have the one before it.
///
/// Scales start as constants, as in the paper: 0.1 with layer norm, which takes the size away again; without it 1, so that the cell starts as the LSTM
/// that it modulates. The forget gates' biases start at 1, the other biases at 0.
public struct HyperLSTMCell: GatedCell {
    /// Features of x(t).
    public let inputSize: Int
    /// Units of the large LSTM.
    public let hiddenSize: Int
    private let hyper: HyperOptions
    private let inputWeight: Parameter
    private let hiddenWeight: Parameter
    private let bias: Parameter
    private let hyperInputWeight: Parameter
    private let hyperStateWeight: Parameter
    private let hyperHiddenWeight: Parameter
    private let hyperBias: Parameter
    private let scaleEmbeddingWeight: Parameter
    private let scaleEmbeddingBias: Parameter
    private let shiftEmbeddingWeight: Parameter
    private let scales: Parameter
    private let shifts: Parameter
    private let norms: HyperLSTMNorms?

    /// A cell with its weights drawn anew.
    public init(_ inputSize: Int, _ hiddenSize: Int, options: CellOptions = .init(), key: RandomKey, scalarType: ScalarType = .float32) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        hyper = options.hyper
        let (n, m, width) = (hiddenSize, hyper.hidden, hyper.embedding)
        let weight = { (initializer: Initializer, outputs: Int, inputs: Int, place: Int) in
            Parameter(initializer.gates(4, outputs, inputs, key: key.split(place), scalarType))
        }
        let constant = { (value: Double, shape: Shape) in
            Parameter(Tensor(repeating: value, shape: shape, scalarType: scalarType))
        }
        // A constant before a normalisation would be taken away again, so with layer norm the bias starts behind it.
        let forget: ForgetBias = hyper.layerNorm ? 0 : options.lstmForgetBias
        inputWeight = weight(options.inputInitializer, n, inputSize, 0)
        hiddenWeight = weight(options.hiddenInitializer, n, n, 1)
        bias = Parameter(forget.lstm(n, key: key.split(6), scalarType))
        hyperInputWeight = weight(options.inputInitializer, m, inputSize, 2)
        hyperStateWeight = weight(options.inputInitializer, m, n, 3)
        hyperHiddenWeight = weight(options.hiddenInitializer, m, m, 4)
        hyperBias = Parameter(forget.lstm(m, key: key.split(7), scalarType))
        // z_h and z_x start as ones, whatever ĥ is.
        scaleEmbeddingWeight = constant(0, [8 * width, m])
        scaleEmbeddingBias = constant(1, [8 * width])
        shiftEmbeddingWeight = Parameter(.normal([4 * width, m], deviation: 0.01, key: key.split(5), scalarType))
        scales = constant((hyper.layerNorm ? 0.1 : 1) / Double(width), [8, n, width])
        shifts = constant(0, [4, n, width])
        norms =
            hyper.layerNorm
            ? HyperLSTMNorms(units: n, hyperUnits: m, forgetBias: options.lstmForgetBias, key: key.split(8), scalarType) : nil
    }

    /// The parts of the state.
    public var stateNames: [String] { ["hidden", "cell", "hyper_hidden", "hyper_cell"] }

    /// Features of each.
    public var stateSizes: [Int] { [hiddenSize, hiddenSize, hyper.hidden, hyper.hidden] }

    /// The cell's own weights.
    public func weights(_ context: Context) -> HyperLSTMWeights {
        let (hyperBias, scaleBias) = (context[hyperBias], context[scaleEmbeddingBias])
        let recurrence = HyperLSTMRecurrence(
            hidden: context[hiddenWeight], smallFromHidden: context[hyperStateWeight], small: context[hyperHiddenWeight],
            embedding: concatenated([context[scaleEmbeddingWeight], context[shiftEmbeddingWeight]], axis: 0),
            embeddingBias: concatenated([scaleBias, .zeros([4 * hyper.embedding], scaleBias.scalarType)], axis: 0),
            modulation: concatenated([context[scales], context[shifts]], axis: 0), bias: context[bias])
        return HyperLSTMWeights(
            input: concatenated([context[inputWeight], context[hyperInputWeight]], axis: 0),
            bias: concatenated([.zeros([4 * hiddenSize], hyperBias.scalarType), hyperBias], axis: 0), recurrence: recurrence,
            norms: norms?(context))
    }

    /// One step; see the protocol.
    public func advance(
        _ projected: Tensor, _ state: RecurrentState, _ weights: HyperLSTMWeights
    ) -> (output: Tensor, state: RecurrentState) {
        let result = recurrence(projected.asOneStep, state, weights, .init())
        return (result.outputs.at(0), result.state)
    }

    /// The whole recurrence, in one kernel unless the state is masked or there are normalisations.
    public func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: HyperLSTMWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        let (outputs, tensors) =
            if weights.norms == nil, weights.hiddenMask == nil {
                hyperLSTM(projected, states: state.tensors, weights: weights.recurrence, layout: layout)
            } else {
                hyperLSTMReference(
                    projected, states: state.tensors, weights: weights.recurrence, mask: weights.hiddenMask,
                    normalise: weights.norms.map { norms in { norms.normalised($0, isSmall: $1, isCell: $2) } }, layout: layout)
            }
        return (outputs, RecurrentState(names: stateNames, tensors: tensors))
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("weight_ih", inputWeight)
        visitor("weight_hh", hiddenWeight)
        visitor("bias_ih", bias)
        visitor("hyper_weight_ih", hyperInputWeight)
        visitor("hyper_weight_sh", hyperStateWeight)
        visitor("hyper_weight_hh", hyperHiddenWeight)
        visitor("hyper_bias_ih", hyperBias)
        visitor("scale_embedding_weight", scaleEmbeddingWeight)
        visitor("scale_embedding_bias", scaleEmbeddingBias)
        visitor("shift_embedding_weight", shiftEmbeddingWeight)
        visitor("scales", scales)
        visitor("shifts", shifts)
        norms?.visit(&visitor)
    }
}

/// The parameters of the normalisations.
private struct HyperLSTMNorms: Module {
    private let norms: [(name: String, scale: Parameter, shift: Parameter)]

    init(units: Int, hyperUnits: Int, forgetBias: ForgetBias, key: RandomKey, _ type: ScalarType) {
        let norm = { (name: String, shift: Tensor) in
            (name, Parameter(Tensor(repeating: 1, shape: shift.shape, scalarType: type)), Parameter(shift))
        }
        norms = [
            norm("norm", forgetBias.lstm(units, key: key.split(0), type)), norm("cell_norm", .zeros([units], type)),
            norm("hyper_norm", forgetBias.lstm(hyperUnits, key: key.split(1), type)), norm("hyper_cell_norm", .zeros([hyperUnits], type)),
        ]
    }

    func callAsFunction(_ context: Context) -> HyperLSTMWeights.Norms {
        let values = norms.map { HyperLSTMWeights.Norm(scale: context[$0.scale], shift: context[$0.shift]) }
        return HyperLSTMWeights.Norms(gates: values[0], cell: values[1], hyperGates: values[2], hyperCell: values[3])
    }

    func visit(_ visitor: inout ParameterVisitor) {
        for norm in norms {
            visitor("\(norm.name)_weight", norm.scale)
            visitor("\(norm.name)_bias", norm.shift)
        }
    }
}

extension HyperLSTMWeights.Norms {
    /// A network's gates, each by itself, or its cell, [batch, features].
    fileprivate func normalised(_ x: Tensor, isSmall: Bool, isCell: Bool) -> Tensor {
        let norm = isSmall ? (isCell ? hyperCell : hyperGates) : (isCell ? cell : gates)
        let (batch, parts) = (x.shape[0], isCell ? 1 : 4)
        let units = x.shape[1] / parts
        let one = Tensor(repeating: 1, shape: [units], scalarType: x.scalarType)
        let standard = layerNorm(x.reshaped(to: [batch, parts, units]), scale: one, shift: .zeros([units], x.scalarType))
        return standard.reshaped(to: x.shape) * norm.scale + norm.shift
    }
}
