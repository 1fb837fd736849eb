import Testing

@Suite("Recurrence over whole sequences")
struct RecurrenceTests {
    static let shapes: [(time: Int, batch: Int, hidden: Int, lengths: [Int32]?)] = [
        (5, 3, 19, nil), (5, 4, 19, [5, 0, 3, 1]), (4, 1, 37, nil), (1, 2, 8, [1, 0]), (0, 2, 5, nil), (0, 2, 5, [0, 0]),
        (3, 2, 1, [2, 3]),
        (2, 3, 70, [0, 0, 0]), (6, 5, 33, [0, 6, 2, 6, 0]),
    ]

    static func problems() -> [SequenceProblem] {
        Cell.allCases.flatMap { cell in
            shapes.enumerated().flatMap { index, shape in
                [false, true].map { reversed in
                    SequenceProblem(
                        cell, time: shape.time, batch: shape.batch, hidden: shape.hidden, reversed: reversed, lengths: shape.lengths,
                        seed: UInt64(index + 1))
                }
            }
        }
    }

    @Test("Forward passes follow the equations", arguments: KernelSettings.instructionSets)
    func forward(_ instructions: String) {
        for problem in Self.problems() {
            let expected = problem.reference()
            let (double, single) = KernelSettings.with(instructions) { (problem.forward(Double.self), problem.forward(Float.self)) }
            for (values, bound) in [(double, 1e-13), (single, 1e-5)] {
                #expect(relativeDifference(values.hiddenStates, expected.hiddenStates) < bound, "\(problem.label)")
                #expect(relativeDifference(values.outputs, expected.outputs) < bound, "\(problem.label)")
                #expect(relativeDifference(values.gates, expected.gates) < bound, "\(problem.label)")
                if problem.cell.hasCell { #expect(relativeDifference(values.cellStates, expected.cellStates) < bound, "\(problem.label)") }
                if problem.cell.hasProducts { #expect(relativeDifference(values.products, expected.products) < bound, "\(problem.label)") }
            }
        }
    }

    @Test("Backward passes are the derivatives of the forward passes", arguments: KernelSettings.instructionSets)
    func backward(_ instructions: String) {
        KernelSettings.with(instructions) {
            for problem in Self.problems() where problem.hidden < 37 {
                let values = problem.forward(Double.self)
                let gradients = problem.backward(Double.self, values)
                func error(_ gradient: [Double], _ path: WritableKeyPath<SequenceProblem, [Double]>) -> Double {
                    // An odd stride visits every gate, row and step in turn.
                    let positions = stride(from: problem.hidden % 3, to: gradient.count, by: gradient.count / 16 | 1)
                    // A short step, lest a unit turn its corner; what is not bent needs no long one.
                    let step = problem.cell == .rnnRelu ? 1e-5 : 1e-4
                    return gradientError(gradient, at: Array(positions), step: step) { position, shift in
                        var shifted = problem
                        shifted[keyPath: path][position] += shift
                        return shifted.loss(shifted.forward(Double.self))
                    }
                }
                #expect(error(gradients.gates, \.inputs) < 1e-6, "inputs of \(problem.label)")
                #expect(error(gradients.hidden, \.initialHidden) < 1e-6, "initial h of \(problem.label)")
                #expect(error(problem.weightGradient(values, gradients), \.weight) < 1e-6, "weight of \(problem.label)")
                if problem.cell.hasCell { #expect(error(gradients.cell, \.initialCell) < 1e-6, "initial c of \(problem.label)") }
            }
        }
    }

    @Test("Float32 gradients agree with Float64", arguments: KernelSettings.instructionSets)
    func precision(_ instructions: String) {
        for problem in Self.problems() {
            let (double, single) = KernelSettings.with(instructions) {
                (problem.backward(Double.self, problem.forward(Double.self)), problem.backward(Float.self, problem.forward(Float.self)))
            }
            #expect(relativeDifference(single.gates, double.gates) < 1e-5, "\(problem.label)")
            #expect(relativeDifference(single.products, double.products) < 1e-5, "\(problem.label)")
            #expect(relativeDifference(single.hidden, double.hidden) < 1e-5, "\(problem.label)")
            #expect(relativeDifference(single.cell, double.cell) < 1e-5, "\(problem.label)")
            #expect(relativeDifference(single.hiddenSteps, double.hiddenSteps) < 1e-5, "\(problem.label)")
            #expect(relativeDifference(single.cellSteps, double.cellSteps) < 1e-5, "\(problem.label)")
        }
    }

    @Test("The gradients of every step's state are those of a sequence that starts there", arguments: Cell.allCases)
    func stepGradients(_ cell: Cell) {
        KernelSettings.with {
            for lengths in [nil, [4, 1, 3] as [Int32]] {
                let problem = SequenceProblem(cell, time: 4, batch: 3, hidden: 11, lengths: lengths, seed: 5)
                let values = problem.forward(Double.self)
                let gradients = problem.backward(Double.self, values)
                for t in 0..<problem.time {
                    let rest = problem.after(t, values)
                    let start = rest.backward(Double.self, rest.forward(Double.self))
                    let range = t * problem.state..<(t + 1) * problem.state
                    let direct = problem.outputs(at: t)
                    let expected = zip(start.hidden, direct).map { $0 + $1 }
                    #expect(relativeDifference(Array(gradients.hiddenSteps[range]), expected) < 1e-12, "step \(t)")
                    guard cell.hasCell else { continue }
                    // c acts through h as well: h = o ⊙ tanh(c), dh/dc = o (1 − tanh²(c)).
                    let whole = (0..<problem.state).map { index in
                        guard problem.isRunning(t, index / problem.hidden) else { return start.cell[index] }
                        let row = index / problem.hidden
                        let unit = index % problem.hidden
                        let o = values.gates[((t * problem.batch + row) * cell.gates + cell.gates - 1) * problem.hidden + unit]
                        let h = values.hiddenStates[(t + 1) * problem.state + index]
                        return start.cell[index] + expected[index] * (o - h * h / o)
                    }
                    #expect(relativeDifference(Array(gradients.cellSteps[range]), whole) < 1e-12, "step \(t)")
                }
            }
        }
    }

    @Test("A row whose sequence is over keeps its state and passes its gradient", arguments: KernelSettings.instructionSets)
    func padding(_ instructions: String) {
        for cell in Cell.allCases {
            for reversed in [false, true] {
                var problem = SequenceProblem(cell, time: 4, batch: 4, hidden: 37, reversed: reversed, lengths: [4, 0, 2, 4], seed: 9)
                // What stands in the padding must not matter, not even if it is not a number.
                let width = cell.gates * problem.hidden
                for t in 0..<4 {
                    for row in 0..<4 where !problem.isRunning(t, row) {
                        for index in 0..<width { problem.inputs[(t * 4 + row) * width + index] = .nan }
                    }
                }
                let (values, gradients) = KernelSettings.with(instructions) {
                    let values = problem.forward(Float.self)
                    return (values, problem.backward(Float.self, values))
                }
                let single = problem.dhidden.map { Double(Float($0)) }
                #expect(problem.rows(gradients.hidden, width: 37, 1) == problem.rows(single, width: 37, 1))
                #expect(gradients.gates.allSatisfy { !$0.isNaN } && gradients.hidden.allSatisfy { !$0.isNaN })
                for t in 0..<4 {
                    for row in 0..<4 where !problem.isRunning(t, row) {
                        let at = (t * 4 + row) * 37
                        let before = problem.slotBefore(t) * problem.state + row * 37
                        let after = problem.slotAfter(t) * problem.state + row * 37
                        #expect(values.hiddenStates[before..<before + 37] == values.hiddenStates[after..<after + 37])
                        if cell.hasCell { #expect(values.cellStates[before..<before + 37] == values.cellStates[after..<after + 37]) }
                        #expect(values.outputs[at..<at + 37].allSatisfy { $0 == 0 })
                        #expect(gradients.gates[at * cell.gates..<(at + 37) * cell.gates].allSatisfy { $0 == 0 })
                        if cell.hasProducts { #expect(gradients.products[at..<at + 37].allSatisfy { $0 == 0 }) }
                    }
                }
            }
        }
    }

    @Test("Buffers that may be left out change nothing where they are", arguments: Cell.allCases)
    func optionalBuffers(_ cell: Cell) {
        KernelSettings.with {
            var problem = SequenceProblem(cell, time: 3, batch: 3, hidden: 19, lengths: [3, 1, 2], seed: 7)
            problem.doutputs = problem.doutputs.map { _ in 0 }
            let values = problem.forward(Double.self)
            let bare = problem.forward(Double.self, bare: true)
            #expect(bare.hiddenStates == values.hiddenStates && bare.cellStates == values.cellStates)
            #expect((bare.gates + bare.products + bare.factors + bare.outputs).allSatisfy { $0.isNaN })
            let gradients = problem.backward(Double.self, values)
            let silent = problem.backward(Double.self, values, bare: true)
            #expect(silent.gates == gradients.gates && silent.hidden == gradients.hidden && silent.cell == gradients.cell)
            #expect(silent.hiddenSteps.allSatisfy { $0.isNaN } && silent.cellSteps.allSatisfy { $0.isNaN })
        }
    }

    @Test("A row's bits depend neither on its neighbours nor on the threads", arguments: Cell.allCases)
    func independence(_ cell: Cell) {
        // The first is split by units, the second by rows of the batch; the third stays on one thread; of the last the products over two gates
        // of a GRU take deeper blocks than those over three would.
        for (batch, hidden, time) in [(7, 650, 3), (40, 37, 6), (7, 19, 4), (33, 256, 2)] {
            for lengths in [nil, (0..<batch).map { Int32(($0 * 5 + 2) % (time + 1)) }] {
                let problem = SequenceProblem(cell, time: time, batch: batch, hidden: hidden, lengths: lengths, seed: 3)
                let (one, two) = (problem.both(threads: 1), problem.both(threads: 2))
                #expect(one.0 == two.0 && one.1 == two.1, "\(problem.label)")
                for row in [0, 3, batch - 1] {
                    let (values, gradients) = problem.alone(row).both(threads: 2)
                    #expect(values.outputs == problem.rows(two.0.outputs, width: hidden, row), "\(problem.label)")
                    #expect(values.hiddenStates == problem.rows(two.0.hiddenStates, width: hidden, row), "\(problem.label)")
                    #expect(values.cellStates == problem.rows(two.0.cellStates, width: hidden, row), "\(problem.label)")
                    #expect(gradients.gates == problem.rows(two.1.gates, width: cell.gates * hidden, row), "\(problem.label)")
                    #expect(gradients.products == problem.rows(two.1.products, width: hidden, row), "\(problem.label)")
                    #expect(gradients.hidden == problem.rows(two.1.hidden, width: hidden, row), "\(problem.label)")
                }
            }
        }
    }
}

extension SequenceProblem {
    var label: String {
        "\(cell) time \(time) batch \(batch) hidden \(hidden) reversed \(reversed) lengths \(lengths.map { "\($0)" } ?? "all")"
    }

    fileprivate func both(threads: Int) -> (SequenceValues, SequenceGradients) {
        KernelSettings.with(threads: threads) {
            let values = forward(Float.self)
            return (values, backward(Float.self, values))
        }
    }

    /// What is left after step t, from the state that this step gave.
    fileprivate func after(_ t: Int, _ values: SequenceValues) -> SequenceProblem {
        var rest = self
        let width = batch * cell.gates * hidden
        let slot = (t + 1) * state..<(t + 2) * state
        rest.time = time - t - 1
        rest.lengths = lengths?.map { max(0, $0 - Int32(t + 1)) }
        rest.inputs = Array(inputs[(t + 1) * width..<time * width])
        rest.doutputs = Array(doutputs[(t + 1) * state..<time * state])
        rest.initialHidden = Array(values.hiddenStates[slot])
        if cell.hasCell { rest.initialCell = Array(values.cellStates[slot]) }
        return rest
    }

    /// doutputs of step t, 0 for the rows that are over.
    fileprivate func outputs(at t: Int) -> [Double] {
        (0..<state).map { isRunning(t, $0 / hidden) ? doutputs[t * state + $0] : 0 }
    }
}
