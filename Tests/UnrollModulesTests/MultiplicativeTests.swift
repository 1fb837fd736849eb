import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// Modules whose weights are computed.
@Suite struct MultiplicativeTests {
    private let key = RandomKey(seed: 12)

    private func state(_ names: [String], _ sizes: [Int], batch: Int) -> RecurrentState {
        RecurrentState(
            names: names, tensors: sizes.enumerated().map { .uniform([batch, $1], in: -1..<1, key: key.split(50 + $0)) })
    }

    @Test(arguments: [(3, 4, 2), (1, 5, 1), (6, 1, 4)])
    func eachRowMeetsTheWeightsOfItsOwnCondition(_ inputs: Int, _ outputs: Int, _ conditions: Int) {
        let layer = MultiplicativeLayer(inputs, conditions: conditions, outputs, key: key, scalarType: .float64)
        let x = Tensor.uniform([3, inputs], in: -1..<1, key: key.split(1), .float64)
        let z = Tensor.uniform([3, conditions], in: -1..<1, key: key.split(2), .float64)
        let s = layer(x, z, .inference()).doubles
        let (u, xs, zs) = (layer.weight.value.doubles, x.doubles, z.doubles)
        for row in 0..<3 {
            for i in 0..<outputs {
                var expected = 0.0
                for j in 0..<inputs {
                    for k in 0..<conditions {
                        expected += u[(i * inputs + j) * conditions + k] * zs[row * conditions + k] * xs[row * inputs + j]
                    }
                }
                #expect(abs(s[row * outputs + i] - expected) < 1e-12)
            }
        }
    }

    @Test func aZeroConditionSilencesTheLayer() {
        let layer = MultiplicativeLayer(3, conditions: 2, 4, key: key)
        let factored = FactoredMultiplicativeLayer(3, conditions: 2, 4, rank: 3, key: key)
        let x = Tensor.uniform([2, 3], in: -1..<1, key: key.split(1))
        for z in [Tensor.zeros([2, 2]), .uniform([2, 2], in: 0.5..<1, key: key.split(2))] {
            let isSilent = z.floats.allSatisfy { $0 == 0 }
            #expect(layer(x, z, .inference()).floats.allSatisfy { $0 == 0 } == isSilent)
            #expect(factored(x, z, .inference()).floats.allSatisfy { $0 == 0 } == isSilent)
        }
    }

    @Test func layersShareAHypernetworkAndDifferByTheirEmbeddings() {
        struct Deep: Module {
            let layers: [HyperLinear]
            func visit(_ visitor: inout ParameterVisitor) {
                for (index, layer) in layers.enumerated() { visitor("\(index)", layer) }
            }
        }
        let network = Hypernetwork(embeddingSize: 4, width: 3, inputs: 40, outputs: 40, key: key)
        let deep = Deep(layers: (0..<3).map { HyperLinear(network, key: key.split(10 + $0)) })
        #expect(deep.parameterCount == network.parameterCount + 3 * (4 + 40))
        #expect(deep.parameterAliases.map(\.original) == [0, 1].flatMap { _ in network.parameters.map { "0.hypernetwork.\($0.name)" } })
        let x = Tensor.normal([50, 40], key: key.split(20))
        let outputs = deep.layers.map { $0(x, .inference()) }
        #expect(outputs[0].floats != outputs[1].floats)
        // A signal keeps its size, whichever layer it goes through.
        for output in outputs {
            let size = output.doubles.reduce(0) { $0 + $1 * $1 } / Double(output.count)
            #expect(size > 0.2 && size < 5, "\(size)")
        }
        let gradients = valueAndGradients(of: deep) { context in
            (deep.layers.reduce(x) { tanh($1($0, context)) }).squaredSum
        }.gradients
        #expect(gradients.values.allSatisfy { ($0?.dense.doubles ?? []).contains { $0 != 0 } })
    }

    /// With a transition of ones m is h', and what is left is an LSTM.
    @Test func aMultiplicativeLSTMWithoutTransitionIsAnLSTM() {
        let cell = MultiplicativeLSTMCell(3, 5, key: key)
        let context = Context.inference()
        var weights = cell.weights(context)
        let identity = Initializer.identity.matrix(5, 5, key: key)
        weights.input = concatenated([.zeros([5, 3]), weights.input.sliced(5..<25, axis: 0)], axis: 0)
        weights.bias = concatenated([Tensor(repeating: 1, shape: [5]), weights.bias.sliced(5..<25, axis: 0)], axis: 0)
        weights.hidden = identity
        let inputs = Tensor.uniform([6, 4, 3], in: -1..<1, key: key.split(1))
        let first = state(cell.stateNames, cell.stateSizes, batch: 4)
        let layout = SequenceLayout(lengths: [6, 1, 0, 4])
        let found = cell.sequence(inputs, first, weights, layout, context)
        let plain = LSTMCell(3, 5, key: key)
        let gates = GateWeights(
            input: weights.input.sliced(5..<25, axis: 0), hidden: weights.multiplicative, bias: weights.bias.sliced(5..<25, axis: 0))
        let expected = plain.sequence(inputs, first, gates, layout, context)
        #expect(largestDifference(found.outputs, expected.outputs) < 1e-6)
        for (one, other) in zip(found.state.tensors, expected.state.tensors) { #expect(largestDifference(one, other) < 1e-6) }
    }

    @Test func aNewHyperLSTMIsTheLSTMThatItModulates() throws {
        let options = CellOptions(forgetBias: 1.5, hyper: HyperOptions(hidden: 6, embedding: 3))
        let cell = HyperLSTMCell(3, 5, options: options, key: key)
        let plain = LSTMCell(3, 5, options: options, key: key.split(7))
        for named in plain.parameters {
            named.parameter.set(try #require(cell.parameters.first { $0.name == named.name }).parameter.value)
        }
        let inputs = Tensor.uniform([6, 4, 3], in: -1..<1, key: key.split(1))
        let found = cell(inputs, .inference())
        let expected = plain(inputs, .inference())
        #expect(largestDifference(found.outputs, expected.outputs) < 1e-6)
        #expect(largestDifference(found.state.tensors[1], expected.state.tensors[1]) < 1e-6)
        #expect(found.state.tensors.map(\.shape) == [[4, 5], [4, 5], [4, 6], [4, 6]])
        // What the small network says counts as soon as it says something.
        try #require(cell.parameters.first { $0.name == "scale_embedding_weight" }).parameter.set(.normal([24, 6], key: key.split(2)))
        #expect(largestDifference(cell(inputs, .inference()).outputs, expected.outputs) > 1e-3)
    }

    @Test func layerNormForgetsTheSizeOfTheInput() {
        let cell = HyperLSTMCell(3, 5, options: CellOptions(hyper: HyperOptions(hidden: 6, embedding: 3, layerNorm: true)), key: key)
        let x = Tensor.uniform([1, 4, 3], in: 0.5..<1, key: key.split(1))
        let (small, large) = (cell(x, .inference()).outputs, cell(x * 100, .inference()).outputs)
        #expect(largestDifference(small, large) < 1e-3)
        let plain = HyperLSTMCell(3, 5, options: CellOptions(hyper: HyperOptions(hidden: 6, embedding: 3)), key: key)
        #expect(largestDifference(plain(x, .inference()).outputs, plain(x * 100, .inference()).outputs) > 0.1)
    }

    /// Files depend on these names.
    @Test func parametersHaveTheirNames() {
        let hyper = CellOptions(hyper: HyperOptions(hidden: 2, embedding: 3, layerNorm: true))
        let stack = RecurrentStack(.hyperLSTM, inputSize: 4, hiddenSize: 5, options: hyper, key: key)
        #expect(
            stack.parameters.map { "\($0.name) \($0.parameter.shape)" } == [
                "weight_ih_l0 [20, 4]", "weight_hh_l0 [20, 5]", "bias_ih_l0 [20]", "hyper_weight_ih_l0 [8, 4]", "hyper_weight_sh_l0 [8, 5]",
                "hyper_weight_hh_l0 [8, 2]", "hyper_bias_ih_l0 [8]", "scale_embedding_weight_l0 [24, 2]", "scale_embedding_bias_l0 [24]",
                "shift_embedding_weight_l0 [12, 2]", "scales_l0 [8, 5, 3]", "shifts_l0 [4, 5, 3]", "norm_weight_l0 [20]",
                "norm_bias_l0 [20]", "cell_norm_weight_l0 [5]", "cell_norm_bias_l0 [5]", "hyper_norm_weight_l0 [8]",
                "hyper_norm_bias_l0 [8]",
                "hyper_cell_norm_weight_l0 [2]", "hyper_cell_norm_bias_l0 [2]",
            ])
        let multiplicative = RecurrentStack(.multiplicativeLSTM, inputSize: 4, hiddenSize: 5, key: key)
        #expect(
            multiplicative.parameters.map { "\($0.name) \($0.parameter.shape)" } == [
                "weight_ih_l0 [20, 4]", "weight_hh_l0 [20, 5]", "bias_ih_l0 [20]", "weight_im_l0 [5, 4]", "weight_hm_l0 [5, 5]",
            ])
    }
}

extension Tensor {
    fileprivate var squaredSum: (loss: Tensor, extra: Void) { (sum(square(self)), ()) }
}

/// The largest difference of two tensors' elements; infinite where shapes differ.
func largestDifference(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return .infinity }
    return zip(a.doubles, b.doubles).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
