import Testing
import UnrollKernels

@testable import UnrollTensors

/// What a fused kernel shows of its inside, against the plain composition with a zero added to each state, whose gradient is the state's own.
@Suite("Traces of recurrences")
struct RecurrenceTraceTests {
    enum Kind: CaseIterable {
        case lstm, gru, gruAfterProduct, rnn, reluRNN

        var gates: Int {
            switch self {
            case .lstm: 4
            case .gru, .gruAfterProduct: 3
            case .rnn, .reluRNN: 1
            }
        }
        var states: [String] { self == .lstm ? ["hidden", "cell"] : ["hidden"] }
    }

    final class Owner {}

    /// One recurrence over random numbers, with a loss that asks for every output and for the last state.
    struct Problem {
        let kind: Kind
        let layout: SequenceLayout
        let inputs, hidden, cell, weight, bias, wanted, last: Tensor

        init(_ kind: Kind, time: Int, batch: Int, units: Int, lengths: [Int32]?, reversed: Bool) {
            self.kind = kind
            layout = SequenceLayout(lengths: lengths, reversed: reversed)
            func numbers(_ shape: Shape, _ place: Int) -> Tensor {
                .normal(shape, deviation: 0.7, key: RandomKey(seed: 3).split(place), .float64)
            }
            inputs = numbers([time, batch, kind.gates * units], 0)
            hidden = numbers([batch, units], 1)
            cell = numbers([batch, units], 2)
            weight = numbers([kind.gates * units, units], 3)
            bias = numbers([units], 4)
            wanted = numbers([time, batch, units], 5)
            last = numbers([batch, units], 6)
        }

        func loss(_ outputs: Tensor, _ state: Tensor) -> Tensor { sum(outputs * wanted) + sum(state * last) }

        func traced(owner: Owner) -> (trace: RecurrenceTrace, loss: Double) {
            let tape = Tape(tracesRecurrences: true)
            defer { tape.clear() }
            let weight = tape.leaf(weight, of: owner)
            let loss: Tensor
            switch kind {
            case .lstm:
                let result = lstm(inputs, hidden: hidden, cell: cell, weight: weight, layout: layout)
                loss = self.loss(result.outputs, result.hidden) + sum(square(result.cell))
            case .gru, .gruAfterProduct:
                let after = kind == .gruAfterProduct
                let result = gru(
                    inputs, hidden: hidden, weight: weight, recurrentBias: after ? bias : nil,
                    resetGate: after ? .afterProduct : .beforeProduct, layout: layout)
                loss = self.loss(result.outputs, result.hidden)
            case .rnn, .reluRNN:
                let result = rnn(inputs, hidden: hidden, weight: weight, activation: kind == .rnn ? .tanh : .relu, layout: layout)
                loss = self.loss(result.outputs, result.hidden)
            }
            _ = tape.gradients(of: loss)
            return (tape.recurrenceTraces[0], loss.scalar)
        }

        /// The equations step by step: gates, states and gradients in the order of the trace's.
        func composed() -> (gates: [Tensor], states: [Tensor], gradients: [Tensor], loss: Double) {
            let tape = Tape()
            defer { tape.clear() }
            let (time, batch, units) = (inputs.shape[0], inputs.shape[1], hidden.shape[1])
            let zeros = kind.states.map { _ in (0..<time).map { _ in tape.watch(.zeros([batch, units], .float64)) } }
            var gates = [[Tensor]](repeating: [Tensor](repeating: hidden, count: time), count: kind.gates)
            var (states, outputs) = (
                kind.states.map { _ in [Tensor](repeating: hidden, count: time) }, [Tensor](repeating: hidden, count: time)
            )
            var (h, c) = (hidden, cell)
            for step in layout.steps(time) {
                let x = inputs.at(step)
                let alive = layout.alive(at: step)
                func kept(_ new: Tensor, _ old: Tensor, _ part: Int) -> Tensor {
                    (alive.map { selectRows($0, new, old) } ?? new) + zeros[part][step]
                }
                let values: [Tensor]
                switch kind {
                case .lstm:
                    let parts = (x + linear(h, weight)).split(into: 4, axis: 1)
                    values = [sigmoid(parts[0]), sigmoid(parts[1]), tanh(parts[2]), sigmoid(parts[3])]
                    c = kept(values[1] * c + values[0] * values[2], c, 1)
                    h = kept(values[3] * tanh(c), h, 0)
                case .gru, .gruAfterProduct:
                    let u = weight.split(into: 3, axis: 0)
                    let parts = x.split(into: 3, axis: 1)
                    let (r, z) = (sigmoid(parts[0] + linear(h, u[0])), sigmoid(parts[1] + linear(h, u[1])))
                    let candidate = kind == .gru ? linear(r * h, u[2]) : r * linear(h, u[2], bias: bias)
                    values = [r, z, tanh(parts[2] + candidate)]
                    h = kept(z * h + (1 - z) * values[2], h, 0)
                case .rnn, .reluRNN:
                    let total = x + linear(h, weight)
                    values = [kind == .rnn ? tanh(total) : relu(total)]
                    h = kept(values[0], h, 0)
                }
                for (gate, value) in values.enumerated() { gates[gate][step] = value }
                states[0][step] = h
                if kind == .lstm { states[1][step] = c }
                outputs[step] = alive.map { selectRows($0, h, .zeros(h.shape, .float64)) } ?? h
            }
            let loss = self.loss(stacked(outputs), h) + (kind == .lstm ? sum(square(c)) : Tensor.zeros([], .float64))
            let gradients = tape.gradients(of: loss)
            return (
                gates.map(stacked), states.map(stacked),
                zeros.map { stacked($0.map { gradients[$0] ?? .zeros([batch, units], .float64) }) },
                loss.scalar
            )
        }
    }

    static func isClose(_ a: Tensor, _ b: Tensor) -> Bool {
        a.shape == b.shape && zip(a.doubles, b.doubles).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
    }

    @Test(arguments: Kind.allCases, [false, true])
    func aTraceShowsWhatThePlainCompositionDoes(kind: Kind, reversed: Bool) {
        for (time, batch, units) in [(5, 3, 7), (1, 1, 3), (4, 1, 17)] {
            let problem = Problem(kind, time: time, batch: batch, units: units, lengths: nil, reversed: reversed)
            let owner = Owner()
            let (trace, loss) = problem.traced(owner: owner)
            let plain = problem.composed()
            #expect(trace.owner === owner)
            #expect(trace.isReversed == reversed)
            #expect(trace.states.map(\.name) == kind.states)
            #expect(trace.gates.count == kind.gates)
            #expect(abs(loss - plain.loss) < 1e-10)
            for (gate, expected) in zip(trace.gates, plain.gates) { #expect(Self.isClose(gate.values, expected), "\(gate.name)") }
            for (state, (values, gradient)) in zip(trace.states, zip(plain.states, plain.gradients)) {
                #expect(Self.isClose(state.values, values), "\(state.name)")
                #expect(Self.isClose(state.gradient, gradient), "gradient of \(state.name)")
            }
        }
    }

    @Test(arguments: Kind.allCases, [false, true])
    func aRowThatIsOverPassesItsGradientOn(kind: Kind, reversed: Bool) {
        let problem = Problem(kind, time: 4, batch: 3, units: 5, lengths: [4, 1, 3], reversed: reversed)
        let trace = problem.traced(owner: Owner()).trace
        let plain = problem.composed()
        // A state that is kept was not read through its gate again: c of a row that is over acts through the state after it alone.
        #expect(Self.isClose(trace.states[0].gradient, plain.gradients[0]))
        #expect(Self.isClose(trace.states[0].values, plain.states[0]))
    }

    @Test func stepsOneAtATimeAreOneTrace() {
        let problem = Problem(.lstm, time: 4, batch: 2, units: 5, lengths: nil, reversed: false)
        let whole = problem.traced(owner: Owner()).trace
        let tape = Tape(tracesRecurrences: true)
        let weight = tape.leaf(problem.weight, of: Owner())
        var (h, c, outputs) = (problem.hidden, problem.cell, [Tensor]())
        for step in 0..<4 {
            let result = lstm(problem.inputs.sliced(step..<step + 1, axis: 0), hidden: h, cell: c, weight: weight)
            (h, c) = (result.hidden, result.cell)
            outputs.append(result.outputs.at(0))
        }
        _ = tape.gradients(of: problem.loss(stacked(outputs), h) + sum(square(c)))
        let traces = tape.recurrenceTraces
        #expect(traces.count == 1)
        for (state, expected) in zip(traces[0].states, whole.states) {
            #expect(Self.isClose(state.values, expected.values))
            #expect(Self.isClose(state.gradient, expected.gradient))
        }
        for (gate, expected) in zip(traces[0].gates, whole.gates) { #expect(Self.isClose(gate.values, expected.values)) }
        tape.clear()
        #expect(tape.recurrenceTraces.isEmpty)
    }

    @Test func aTapeThatDoesNotTraceMakesNoRecord() {
        let problem = Problem(.gru, time: 3, batch: 2, units: 4, lengths: nil, reversed: false)
        let tape = Tape()
        let weight = tape.leaf(problem.weight, of: Owner())
        let result = gru(problem.inputs, hidden: problem.hidden, weight: weight)
        _ = tape.gradients(of: problem.loss(result.outputs, result.hidden))
        #expect(tape.recurrenceTraces.isEmpty)
        func never() -> RecurrenceRecord {
            Issue.record("a record was made for nobody")
            return RecurrenceRecord(parameter: weight, gates: [], values: [], states: [])
        }
        #expect(tape.trace(never()) == nil)
    }

    @Test func whereTheLossDoesNotReachTheGradientIsZero() {
        let problem = Problem(.rnn, time: 3, batch: 1, units: 2, lengths: nil, reversed: false)
        let tape = Tape(tracesRecurrences: true)
        let weight = tape.leaf(problem.weight, of: Owner())
        let result = rnn(problem.inputs, hidden: problem.hidden, weight: weight)
        _ = tape.gradients(of: sum(result.outputs.at(1)))
        let gradient = tape.recurrenceTraces[0].states[0].gradient
        #expect(gradient.at(2).doubles == [0, 0])
        #expect(gradient.at(1).doubles == [1, 1])
        #expect(gradient.at(0).doubles.contains { $0 != 0 })
    }
}
