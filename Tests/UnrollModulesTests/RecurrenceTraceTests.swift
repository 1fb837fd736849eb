import Foundation
import Testing
import UnrollKernels
import UnrollTensors

@testable import UnrollModules

@Suite("Traces of cells and stacks")
struct RecurrenceTraceTests {
    private static let cases: [(CellKind, CellOptions)] =
        CellKind.allCases.map { ($0, CellOptions()) } + [
            (.hyperLSTM, CellOptions(hyper: HyperOptions(hidden: 3, embedding: 2, layerNorm: false)))
        ]

    private func stack(_ kind: CellKind, _ options: CellOptions, bidirectional: Bool) -> RecurrentStack {
        RecurrentStack(
            kind, inputSize: 3, hiddenSize: 5, layers: 2, isBidirectional: bidirectional, options: options, key: RandomKey(seed: 4),
            scalarType: .float64)
    }

    /// Each cell's own trace is found by its parameter's name; the last state's gradient is the loss's own.
    @Test(arguments: 0..<6, [false, true])
    func everyCellShowsItsStates(place: Int, bidirectional: Bool) throws {
        let (kind, options) = Self.cases[place]
        let stack = stack(kind, options, bidirectional: bidirectional)
        let inputs = Tensor.normal([4, 1, 3], key: RandomKey(seed: 5), .float64)
        let tape = Tape(tracesRecurrences: true)
        defer { tape.clear() }
        let (outputs, _) = stack(inputs, Context(tape: tape, isTraining: false, key: RandomKey(seed: 1)))
        _ = tape.gradients(of: sum(square(outputs)))
        let names = stack.parameters
        let traces = tape.recurrenceTraces.filter { trace in
            let name = names.first { $0.parameter === trace.owner }?.name ?? ""
            return !name.isEmpty && !name.hasPrefix("hyper")
        }
        #expect(traces.count == (bidirectional ? 4 : 2))
        for trace in traces {
            #expect(trace.states.allSatisfy { $0.values.shape == [4, 1, 5] && $0.gradient.shape == [4, 1, 5] })
            #expect(trace.gates.allSatisfy { $0.values.shape == [4, 1, 5] })
        }
        // The top layer's last step of the walk is seen by the loss alone, as 2 h.
        let top = traces[traces.count - 1]
        let last = top.isReversed ? 0 : 3
        let (h, dh) = (top.states[0].values.at(last).doubles, top.states[0].gradient.at(last).doubles)
        for (value, gradient) in zip(h, dh) { #expect(abs(gradient - 2 * value) < 1e-12) }
    }

    /// A difference of the loss, made by moving the state after the first step, against what the trace shows there.
    @Test func aComposedCellsGradientFollowsTheDifference() {
        let options = CellOptions(hyper: HyperOptions(hidden: 3, embedding: 2, layerNorm: false))
        let cell = HyperLSTMCell(3, 5, options: options, key: RandomKey(seed: 6), scalarType: .float64)
        let inputs = Tensor.normal([3, 1, 3], key: RandomKey(seed: 7), .float64)
        func run(from first: Int, _ state: RecurrentState, tape: Tape?) -> (loss: Tensor, state: [RecurrentState]) {
            let context = Context(tape: tape, isTraining: false, key: RandomKey(seed: 1))
            var (state, states, loss) = (state, [RecurrentState](), Tensor.zeros([], .float64))
            let weights = cell.weights(context)
            for step in first..<3 {
                let result = cell.step(inputs.at(step), state, weights, context)
                state = result.state
                states.append(state)
                if step == 2 { loss = sum(square(result.output)) }
            }
            return (loss, states)
        }
        let zero = cell.zeroState(batch: 1, like: inputs)
        let tape = Tape(tracesRecurrences: true)
        defer { tape.clear() }
        _ = tape.gradients(of: run(from: 0, zero, tape: tape).loss)
        let trace = tape.recurrenceTraces.first { $0.states[0].values.shape[2] == 5 }!
        let after = run(from: 0, zero, tape: nil).state[0]
        for part in 0..<2 {
            for unit in 0..<5 {
                func loss(_ move: Double) -> Double {
                    var numbers = after.tensors[part].doubles
                    numbers[unit] += move
                    var tensors = after.tensors
                    tensors[part] = Tensor(numbers, shape: [1, 5])
                    return run(from: 1, RecurrentState(names: after.names, tensors: tensors), tape: nil).loss.scalar
                }
                let direct = (loss(1e-5) - loss(-1e-5)) / 2e-5
                // Moving c alone leaves this step's h = o tanh(c) as it was; the trace counts c's way through h as well.
                let (h, c) = (trace.states[0], trace.states[1])
                let (o, t) = (trace.gates[3].values.at(0).doubles[unit], tanh(c.values.at(0).doubles[unit]))
                let throughHidden = part == 0 ? 0 : h.gradient.at(0).doubles[unit] * o * (1 - t * t)
                let found = trace.states[part].gradient.at(0).doubles[unit]
                #expect(abs(direct + throughHidden - found) < 1e-8)
            }
        }
    }
}
