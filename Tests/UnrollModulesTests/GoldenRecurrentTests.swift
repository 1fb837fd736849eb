import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// One configuration of PyTorch's recurrent layers.
struct GoldenRecurrentCase: Decodable, Sendable {
    let name: String
    let layers: Int
    let bidirectional: Bool
    let inputSize: Int
    let hiddenSize: Int
    let lengths: [Int32]?
    let given: [String: GoldenTensor]
    let parameters: [String: GoldenTensor]
    let lossWeights: [String: GoldenTensor]
    let results: [String: GoldenTensor]
    let gradients: [String: GoldenTensor]

    enum CodingKeys: String, CodingKey {
        case name, layers, bidirectional, lengths, given, parameters, results, gradients
        case inputSize = "input_size"
        case hiddenSize = "hidden_size"
        case lossWeights = "loss_weights"
    }
}

/// A case, and which layer it is of.
struct GoldenRecurrence: Sendable, CustomTestStringConvertible {
    let family: String
    let kind: CellKind
    let options: CellOptions
    let values: GoldenRecurrentCase

    var testDescription: String { "\(family), \(values.name)" }
    var parts: [String] { kind == .lstm ? ["h", "c"] : ["h"] }

    static let all: [GoldenRecurrence] = [
        ("rnn_tanh", CellKind.rnn, CellOptions(activation: .tanh)),
        ("rnn_relu", .rnn, CellOptions(activation: .relu)),
        ("lstm", .lstm, CellOptions()),
        ("gru", .gru, CellOptions(resetGate: .afterProduct)),
    ].flatMap { family, kind, options in
        GoldenFile<GoldenRecurrentCase>.cases(family).map { GoldenRecurrence(family: family, kind: kind, options: options, values: $0) }
    }
}

/// Recurrent layers against PyTorch's, in values and in the gradient of every input, first state and parameter.
@Suite struct GoldenRecurrentTests {
    @Test func everyCaseIsThere() { #expect(GoldenRecurrence.all.count == 20) }

    @Test(arguments: GoldenRecurrence.all, goldenTolerances.indices)
    func equalsPyTorch(_ golden: GoldenRecurrence, _ precision: Int) throws {
        let (type, tolerance) = goldenTolerances[precision]
        let values = golden.values
        let stack = RecurrentStack(
            golden.kind, inputSize: values.inputSize, hiddenSize: values.hiddenSize, layers: values.layers,
            isBidirectional: values.bidirectional, options: golden.options, key: RandomKey(seed: 1), scalarType: type)
        for named in stack.parameters { named.parameter.set(try ours(named.name, golden, type)) }

        let tape = Tape()
        let context = Context(tape: tape, isTraining: true, key: RandomKey(seed: 0))
        let input = tape.watch(try #require(values.given["input"]).tensor(type))
        let firstStates = try golden.parts.map { tape.watch(try #require(values.given["\($0)_0"]).tensor(type)) }
        let directions = values.bidirectional ? 2 : 1
        let names = golden.kind == .lstm ? ["hidden", "cell"] : ["hidden"]
        let states = (0..<values.layers).map { layer in
            (0..<directions).map { direction in
                RecurrentState(names: names, tensors: firstStates.map { $0.at(layer * directions + direction) })
            }
        }
        let result = stack(input, states: states, lengths: values.lengths, context)
        let lastStates = golden.parts.indices.map { part in stacked(result.states.flatMap { $0.map { $0.tensors[part] } }) }

        #expect(relativeDifference(result.outputs, values.results["output"]) < tolerance)
        for (part, state) in zip(golden.parts, lastStates) {
            #expect(relativeDifference(state, values.results["\(part)_n"]) < tolerance, "\(part)_n")
        }

        var outputs = [(output: result.outputs, seed: try #require(values.lossWeights["output"]).tensor(type))]
        for (part, state) in zip(golden.parts, lastStates) {
            outputs.append((output: state, seed: try #require(values.lossWeights["\(part)_n"]).tensor(type)))
        }
        let gradients = tape.gradients(of: outputs)
        #expect(relativeDifference(gradients[input], values.gradients["input"]) < tolerance, "input")
        for (part, state) in zip(golden.parts, firstStates) {
            #expect(relativeDifference(gradients[state], values.gradients["\(part)_0"]) < tolerance, "\(part)_0")
        }
        let own = Dictionary(uniqueKeysWithValues: stack.parameters.map { ($0.name, $0.parameter) })
        for (name, expected) in values.gradients where values.given[name] == nil {
            // Where two biases are one here, both of PyTorch's have its gradient.
            let parameter = try #require(own[name] ?? own[name.replacing("bias_hh", with: "bias_ih")])
            let found = try #require(gradients[parameter]).dense
            #expect(relativeDifference(found, expected) < tolerance, "\(name)")
        }
    }

    /// A parameter's value from PyTorch's: its second bias is added to the first where there is only one here.
    private func ours(_ name: String, _ golden: GoldenRecurrence, _ type: ScalarType) throws -> Tensor {
        let value = try #require(golden.values.parameters[name]).tensor(.float64)
        guard name.contains("bias_ih"), golden.kind != .gru else { return value }
        return value + (try #require(golden.values.parameters[name.replacing("bias_ih", with: "bias_hh")])).tensor(.float64)
    }
}
