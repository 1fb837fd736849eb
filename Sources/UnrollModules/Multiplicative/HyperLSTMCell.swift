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
/// LN is left out unless the options ask for it; then the small LSTM has it too. The paper's equations make z of the small state before the step,
/// its authors' program, and this cell, of the one after it.
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
        let hyperBias = context[hyperBias]
        return HyperLSTMWeights(
            input: concatenated([context[inputWeight], context[hyperInputWeight]], axis: 0),
            bias: concatenated([.zeros([4 * hiddenSize], hyperBias.scalarType), hyperBias], axis: 0),
            hidden: concatenated([context[hiddenWeight], context[hyperStateWeight]], axis: 0), hyperHidden: context[hyperHiddenWeight],
            scaleEmbedding: (context[scaleEmbeddingWeight], context[scaleEmbeddingBias]), shiftEmbedding: context[shiftEmbeddingWeight],
            scales: context[scales], shifts: context[shifts], gateBias: context[bias], norms: norms?(context))
    }

    /// One step; see the protocol.
    public func advance(
        _ projected: Tensor, _ state: RecurrentState, _ weights: HyperLSTMWeights
    ) -> (output: Tensor, state: RecurrentState) {
        let parts = projected.split(at: 4 * hiddenSize)
        return advance(parts.0, parts.1, state, weights)
    }

    /// The recurrence; see the protocol. The projected inputs are parted once for all steps.
    public func recurrence(
        _ projected: consuming Tensor, _ state: RecurrentState, _ weights: HyperLSTMWeights, _ layout: SequenceLayout
    ) -> (outputs: Tensor, state: RecurrentState) {
        let (gates, hyperGates) = projected.split(at: 4 * hiddenSize)
        return walk(steps: projected.shape[0], batch: projected.shape[1], state, layout) { time, state in
            advance(gates.at(time), hyperGates.at(time), state, weights)
        }
    }

    private func advance(
        _ fromInput: Tensor, _ hyperFromInput: Tensor, _ state: RecurrentState, _ weights: HyperLSTMWeights
    ) -> (output: Tensor, state: RecurrentState) {
        let (fromState, hyperFromState) = linear(weights.seen(state.hidden), weights.hidden).split(at: 4 * hiddenSize)
        let small = hyperStep(hyperFromInput + hyperFromState, hidden: state.tensors[2], cell: state.tensors[3], weights)

        let scales = modulation(linear(small.hidden, weights.scaleEmbedding.weight, bias: weights.scaleEmbedding.bias), weights.scales)
        let shifts = modulation(linear(small.hidden, weights.shiftEmbedding), weights.shifts)
        let gates = scales[0] * fromState + scales[1] * fromInput + shifts[0] + weights.gateBias
        let large = lstmStep(gates, cell: state.tensors[1], of: weights.gateBias, weights.norms.map { ($0.gates, $0.cell) })
        return (
            large.hidden, RecurrentState(names: stateNames, tensors: [large.hidden, large.cell, small.hidden, small.cell])
        )
    }

    /// The small LSTM's step, in one kernel where nothing is normalised.
    private func hyperStep(
        _ gates: Tensor, hidden: Tensor, cell: Tensor, _ weights: HyperLSTMWeights
    ) -> (hidden: Tensor, cell: Tensor) {
        guard let norms = weights.norms else {
            let result = lstm(gates.asOneStep, hidden: hidden, cell: cell, weight: weights.hyperHidden)
            return (result.hidden, result.cell)
        }
        return lstmStep(
            gates + linear(hidden, weights.hyperHidden), cell: cell, of: weights.hyperHidden, (norms.hyperGates, norms.hyperCell))
    }

    /// What embeddings [batch, blocks · width] become by a matrix for each block: for each four blocks, one for a gate, [batch, 4 n].
    private func modulation(_ embeddings: Tensor, _ matrices: Tensor) -> [Tensor] {
        let (blocks, units, width) = (matrices.shape[0], matrices.shape[1], matrices.shape[2])
        let batch = embeddings.shape[0]
        let byBlock = embeddings.reshaped(to: [batch, blocks, width]).permuted([1, 0, 2])
        let vectors = matmul(byBlock, matrices, transposeB: true).reshaped(to: [blocks / 4, 4, batch, units]).permuted([0, 2, 1, 3])
        return (0..<blocks / 4).map { vectors.at($0).reshaped(to: [batch, 4 * units]) }
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

/// The rest of an LSTM's step once its gates [batch, 4 units] are summed up; a parameter of its own says which LSTM's.
private func lstmStep(
    _ gates: Tensor, cell: Tensor, of parameter: Tensor, _ norms: (gates: HyperLSTMWeights.Norm, cell: HyperLSTMWeights.Norm)?
) -> (hidden: Tensor, cell: Tensor) {
    let parts = (norms.map { normalised(gates, parts: 4, $0.gates) } ?? gates).split(into: 4, axis: 1)
    let (i, f, g, o) = (sigmoid(parts[0]), sigmoid(parts[1]), tanh(parts[2]), sigmoid(parts[3]))
    let new = f * cell + i * g
    let read = { (new: Tensor) in o * tanh(norms.map { normalised(new, parts: 1, $0.cell) } ?? new) }
    let hidden = read(new)
    let trace = new.recordingTape?.trace(
        RecurrenceRecord(
            parameter: parameter, gates: lstmGates, values: [i, f, g, o].map(\.asOneStep),
            states: [("hidden", hidden.asOneStep), ("cell", new.asOneStep)]))
    guard let trace else { return (hidden, new) }
    let watched = trace.watching(new, state: 1)
    return (trace.watching(read(watched), state: 0), watched)
}

/// Layer norm of each of the parts of a row by itself.
private func normalised(_ x: Tensor, parts: Int, _ norm: HyperLSTMWeights.Norm) -> Tensor {
    let (batch, units) = (x.shape[0], x.shape[1] / parts)
    let one = Tensor(repeating: 1, shape: [units], scalarType: x.scalarType)
    let standard = layerNorm(x.reshaped(to: [batch, parts, units]), scale: one, shift: .zeros([units], x.scalarType))
    return standard.reshaped(to: x.shape) * norm.scale + norm.shift
}
