import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// Truncated back-propagation through time changes gradients, and nothing else.
@Suite struct TruncationTests {
    private let key = RandomKey(seed: 31)
    private let options = CellOptions(hyper: HyperOptions(hidden: 3, embedding: 2))

    /// What a stack shows, and the gradient of a number made of it with respect to its inputs and parameters.
    private func run(
        _ stack: RecurrentStack, _ inputs: Tensor, _ lengths: [Int32]?, every steps: Int?,
        _ number: (Tensor) -> Tensor = { sum(square($0)) }
    ) -> (outputs: Tensor, states: [Tensor], inputs: [Float], parameters: [[Float]]) {
        let tape = Tape()
        let watched = tape.watch(inputs)
        let context = Context(tape: tape, isTraining: true, key: key)
        let result = context.cuttingGradients(every: steps) { stack(watched, lengths: lengths, context) }
        let gradients = tape.gradients(of: number(result.outputs))
        return (
            result.outputs, result.states.joined().flatMap(\.tensors), gradients[watched]?.floats ?? [],
            stack.parameters.map { gradients[$0.parameter]?.dense.floats ?? [] }
        )
    }

    @Test(arguments: CellKind.allCases, [nil, [7, 1, 5] as [Int32]])
    func valuesStayAndGradientsChange(_ kind: CellKind, _ lengths: [Int32]?) {
        for recurrentDropout in [0, 0.3] {
            let stack = RecurrentStack(
                kind, inputSize: 4, hiddenSize: 6, layers: 2, isBidirectional: true, recurrentDropout: recurrentDropout, options: options,
                key: key)
            let inputs = Tensor.uniform([7, 3, 4], in: -1..<1, key: key.split(1))
            let whole = run(stack, inputs, lengths, every: nil)
            for steps in [1, 2, 3, 6, 7, 100] {
                let cut = run(stack, inputs, lengths, every: steps)
                #expect(cut.outputs.floats == whole.outputs.floats)
                #expect(cut.states.map(\.floats) == whole.states.map(\.floats))
                let isCut = steps < 7
                #expect((cut.inputs == whole.inputs) != isCut, "\(steps) steps")
                #expect((cut.parameters == whole.parameters) != isCut, "\(steps) steps")
            }
        }
    }

    /// The last step's gradient reaches the first step of its own piece, and not the one before.
    @Test(arguments: CellKind.allCases)
    func noGradientLeavesItsPiece(_ kind: CellKind) {
        for isReversed in [false, true] {
            let stack = RecurrentStack(kind, inputSize: 4, hiddenSize: 6, isBidirectional: true, options: options, key: key)
            let inputs = Tensor.uniform([7, 3, 4], in: -1..<1, key: key.split(1))
            // Pieces are counted from where the walk begins: 0 1 2 | 3 4 5 | 6 forward, 0 | 1 2 3 | 4 5 6 backward.
            let (seen, units) = isReversed ? (1, 6..<12) : (5, 0..<6)
            let cut = run(stack, inputs, nil, every: 3) { sum(square($0.at(seen).sliced(units, axis: 1))) }
            let reached = (0..<7).map { time in cut.inputs[time * 12..<(time + 1) * 12].contains { $0 != 0 } }
            let own = isReversed ? 1...3 : 3...5
            #expect(reached == (0..<7).map { own.contains($0) })
        }
    }

    @Test func nothingIsCutWithoutATapeOrOutsideTheCall() {
        let inference = Context.inference()
        #expect(inference.cuttingGradients(every: 2) { inference.gradientSteps } == nil)
        let context = Context(tape: Tape(), isTraining: true, key: key)
        context.cuttingGradients(every: 2) {
            #expect(context.gradientSteps == 2)
            #expect((0..<5).map(context.cutsGradient(before:)) == [false, false, true, false, true])
            context.cuttingGradients(every: nil) { #expect(context.gradientSteps == nil) }
        }
        #expect(context.gradientSteps == nil && !context.cutsGradient(before: 2))
    }

    @Test func theUnrolledNetworkIsCutAlike() {
        let network = UnrolledNetwork(
            encoder: Linear(4, 3, key: key.split(0)), cell: LSTMCell(3, 5, key: key.split(1)), decoder: Linear(5, 2, key: key.split(2)),
            initialState: .learned)
        let inputs = (0..<6).map { Tensor.uniform([2, 4], in: -1..<1, key: key.split(10 + $0)) }
        func reached(every steps: Int?) -> (outputs: [Float], reached: [Bool]) {
            let tape = Tape()
            let watched = inputs.map(tape.watch)
            let context = Context(tape: tape, isTraining: true, key: key)
            let outputs = context.cuttingGradients(every: steps) { network(watched, context).outputs }
            let gradients = tape.gradients(of: sum(square(outputs[5])))
            return (stacked(outputs).floats, watched.map { (gradients[$0]?.floats ?? []).contains { $0 != 0 } })
        }
        #expect(reached(every: nil).reached == [true, true, true, true, true, true])
        #expect(reached(every: 4).reached == [false, false, false, false, true, true])
        #expect(reached(every: 4).outputs == reached(every: nil).outputs)
    }
}
