import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// The network of whatever parts, and what recurrent layers begin with.
@Suite struct UnrolledNetworkTests {
    private let key = RandomKey(seed: 4)

    private func network(_ initialState: InitialState) -> UnrolledNetwork<Linear, GRUCell, Linear> {
        UnrolledNetwork(
            encoder: Linear(3, 4, key: key.split(0)), cell: GRUCell(4, 7, key: key.split(1)), decoder: Linear(7, 2, key: key.split(2)),
            initialState: initialState)
    }

    private func sequence(_ length: Int, rows: Int = 1) -> Tensor { .uniform([length, rows, 3], in: -1..<1, key: key.split(3)) }

    private func steps(_ sequence: Tensor) -> [Tensor] { (0..<sequence.shape[0]).map { sequence.at($0) } }

    @Test(arguments: [1, 2, 9])
    func equalsTheFusedLayerAroundTheSameParts(_ length: Int) throws {
        let network = network(.zero)
        let inputs = sequence(length, rows: 5)
        let context = Context.inference()
        let (outputs, state) = network(steps(inputs), context)
        let fused = network.cell(network.encoder(inputs, context), context)
        #expect(stacked(outputs).floats == network.decoder(fused.outputs, context).floats)
        #expect(try #require(state).hidden.floats == fused.state.hidden.floats)
    }

    @Test func everySequenceHasAGraphOfItsOwnLength() {
        let network = network(.learned)
        let counts = [0, 1, 2, 7].map { length in
            let tape = Tape()
            _ = network(steps(sequence(length)), Context(tape: tape, isTraining: true, key: key))
            return tape.stepCount
        }
        #expect(counts[0] == 0)
        // The learned z(−1) is recorded once, every step as often as it is made.
        let perStep = counts[2] - counts[1]
        #expect(perStep > 0 && counts[3] - counts[2] == 5 * perStep && counts[1] > perStep)
    }

    @Test func inputsAreMadeWhileTheLoopRuns() {
        let network = network(.zero)
        var asked = 0
        let inputs = sequence(4)
        let lazily = AnyIterator<Tensor> {
            defer { asked += 1 }
            return asked < 3 ? inputs.at(asked) : nil
        }
        #expect(network(IteratorSequence(lazily), .inference()).outputs.count == 3)
    }

    @Test func noStepMakesNoState() {
        let result = network(.zero)([Tensor](), .inference())
        #expect(result.outputs.isEmpty && result.state == nil)
    }

    @Test func aSequenceInPiecesIsReadAsItIsWhole() {
        let network = network(.learned)
        let inputs = steps(sequence(6))
        let whole = network(inputs, .inference())
        let first = network(inputs[..<2], .inference())
        let second = network(inputs[2...], state: first.state, .inference())
        #expect((first.outputs + second.outputs).map(\.floats) == whole.outputs.map(\.floats))
    }

    @Test func aLearnedStateIsAParameterThatEveryRowBeginsWith() throws {
        let network = network(.learned)
        let named = try #require(network.parameters.last)
        #expect(named.name == "initial_hidden" && named.parameter.shape == [7])
        let plain = self.network(.zero)
        let inputs = steps(sequence(3, rows: 2))
        #expect(network(inputs, .inference()).outputs.map(\.floats) == plain(inputs, .inference()).outputs.map(\.floats))
        let start = Tensor.uniform([7], in: -1..<1, key: key.split(5))
        named.parameter.set(start)
        let given = RecurrentState(names: ["hidden"], tensors: [stacked([start, start])])
        #expect(
            network(inputs, .inference()).outputs.map(\.floats) == plain(inputs, state: given, .inference()).outputs.map(\.floats))
        // Each row adds its gradient.
        func gradient(_ rows: [Tensor]) throws -> [Double] {
            let result = valueAndGradients(of: network) { context in (sum(network(rows, context).outputs[2]), ()) }
            return try #require(result.gradients.values.last??.dense).doubles
        }
        let together = try gradient(inputs)
        let apart = try (0..<2).map { row in try gradient(inputs.map { $0.sliced(row..<row + 1, axis: 0) }) }
        for (unit, sum) in together.enumerated() { #expect(abs(sum - apart[0][unit] - apart[1][unit]) < 1e-6 && sum != 0) }
    }

    @Test func aRandomStateIsDrawnInTrainingAlone() {
        let network = network(.random)
        #expect(network.parameterCount == self.network(.zero).parameterCount)
        let inputs = steps(sequence(2, rows: 400))
        func run(_ isTraining: Bool, _ seed: UInt64) -> [Float] {
            network(inputs, Context(tape: nil, isTraining: isTraining, key: RandomKey(seed: seed))).outputs[0].floats
        }
        #expect(run(false, 1) == self.network(.zero)(inputs, .inference()).outputs[0].floats)
        #expect(run(true, 1) == run(true, 1))
        #expect(run(true, 1) != run(true, 2))
        let drawn = network.firstState(batch: 400, Context(tape: nil, isTraining: true, key: key)).hidden.doubles
        let deviation = (drawn.reduce(0) { $0 + $1 * $1 } / Double(drawn.count)).squareRoot()
        #expect(abs(deviation - 0.1) < 0.01)
        #expect(Set(drawn).count > 2000, "every row and unit has a number of its own")
    }

    @Test func aStackBeginsWithItsLearnedStates() throws {
        let stack = RecurrentStack(
            .lstm, inputSize: 3, hiddenSize: 5, layers: 2, isBidirectional: true, initialState: .learned, key: key)
        let learned = stack.parameters.filter { $0.name.hasPrefix("initial") }
        #expect(
            learned.prefix(4).map(\.name) == [
                "initial_hidden_l0", "initial_cell_l0", "initial_hidden_l0_reverse", "initial_cell_l0_reverse",
            ])
        #expect(learned.count == 8)
        for (place, named) in learned.enumerated() { named.parameter.set(.uniform([5], in: -1..<1, key: key.split(place))) }
        let rows = learned.map {
            concatenated([$0.parameter.value.reshaped(to: [1, 5]), $0.parameter.value.reshaped(to: [1, 5])], axis: 0)
        }
        let given = (0..<2).map { layer in
            (0..<2).map { way in
                let start = 4 * layer + 2 * way
                return RecurrentState(names: ["hidden", "cell"], tensors: [rows[start], rows[start + 1]])
            }
        }
        let inputs = sequence(4, rows: 2)
        let begun = stack(inputs, lengths: [4, 2], .inference())
        #expect(begun.outputs.floats == stack(inputs, states: given, lengths: [4, 2], .inference()).outputs.floats)
    }

    @Test func aStackTakesCellsOfOnesOwn() {
        /// Keeps a share of what it was and of what it sees.
        struct Leaky: RecurrentCell {
            let inputSize = 3
            let hiddenSize = 3
            func step(_ x: Tensor, _ state: RecurrentState, _: Void, _ context: Context) -> (output: Tensor, state: RecurrentState) {
                let next = state.hidden * 0.5 + x
                return (next, state.map { _ in next })
            }
            func visit(_ visitor: inout ParameterVisitor) {}
        }
        let stack = RecurrentStack([[Leaky(), Leaky()]])
        let ones = Tensor(repeating: 1, shape: [3, 2, 3])
        let result = stack(ones, lengths: [3, 1], .inference())
        #expect(stack.isBidirectional && stack.outputSize == 6)
        let expected: [[Float]] = [[1, 1.75], [1, 1], [1.5, 1.5], [0, 0], [1.75, 1], [0, 0]]
        #expect(result.outputs.floats == expected.flatMap { [$0[0], $0[0], $0[0], $0[1], $0[1], $0[1]] })
        #expect(result.states[0][0].hidden.floats == [1.75, 1.75, 1.75, 1, 1, 1])
    }
}
