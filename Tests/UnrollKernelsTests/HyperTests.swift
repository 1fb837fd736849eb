import Testing

@Suite("HyperLSTM over whole sequences")
struct HyperTests {
    static let problems: [HyperProblem] = [
        HyperProblem(time: 5, batch: 3, n: 19, m: 7, w: 3, seed: 1),
        HyperProblem(time: 4, batch: 4, n: 6, m: 11, w: 5, reversed: true, lengths: [4, 0, 3, 1], seed: 2),
        HyperProblem(time: 3, batch: 5, n: 37, m: 17, w: 2, lengths: [0, 3, 1, 3, 0], seed: 3),
        HyperProblem(time: 2, batch: 1, n: 1, m: 1, w: 1, seed: 4), HyperProblem(time: 0, batch: 2, n: 3, m: 2, w: 2, seed: 5),
        HyperProblem(time: 3, batch: 2, n: 9, m: 40, w: 4, reversed: true, seed: 6),
    ]

    @Test("Forward passes follow the equations", arguments: KernelSettings.instructionSets)
    func forward(_ instructions: String) {
        for problem in Self.problems {
            let expected = problem.reference()
            let (double, single) = KernelSettings.with(instructions) { (problem.forward(Double.self), problem.forward(Float.self)) }
            for (values, bound) in [(double, 1e-13), (single, 1e-5)] {
                #expect(relativeDifference(values.outputs, expected.outputs) < bound, "\(problem.label)")
                for (found, wanted) in zip(values.last, expected.last) {
                    #expect(relativeDifference(found, wanted) < bound, "\(problem.label)")
                }
            }
            let bare = KernelSettings.with(instructions) { problem.forward(Float.self, bare: true) }
            #expect(bare.outputs == single.outputs && bare.states == single.states, "\(problem.label)")
        }
    }

    @Test("Backward passes are the derivatives of the forward passes", arguments: KernelSettings.instructionSets)
    func backward(_ instructions: String) {
        KernelSettings.with(instructions) {
            for problem in Self.problems where problem.n < 37 && problem.m < 40 {
                let gradients = problem.backward(Double.self, problem.forward(Double.self))
                func error(_ gradient: [Double], _ path: WritableKeyPath<HyperProblem, [Double]>) -> Double {
                    let positions = stride(from: problem.n % 3, to: gradient.count, by: gradient.count / 24 | 1)
                    return gradientError(gradient, at: Array(positions)) { position, shift in
                        var shifted = problem
                        shifted[keyPath: path][position] += shift
                        return shifted.loss(shifted.forward(Double.self))
                    }
                }
                #expect(error(gradients.inputs, \.inputs) < 1e-6, "inputs of \(problem.label)")
                #expect(error(gradients.modulation, \.modulation) < 1e-6, "modulation of \(problem.label)")
                #expect(error(gradients.bias, \.bias) < 1e-6, "bias of \(problem.label)")
                for part in 0..<4 { #expect(error(gradients.states[part], \.initial[part]) < 1e-6, "state \(part) of \(problem.label)") }
                // The bias of the codes meets every row and step.
                let codes = 12 * problem.w
                let summed = (0..<codes).map { code in
                    stride(from: code, to: gradients.codes.count, by: codes).reduce(0) { $0 + gradients.codes[$1] }
                }
                #expect(error(summed, \.embeddingBias) < 1e-6, "codes of \(problem.label)")
            }
        }
    }

    @Test("Float32 gradients agree with Float64", arguments: KernelSettings.instructionSets)
    func precision(_ instructions: String) {
        for problem in Self.problems {
            let (double, single) = KernelSettings.with(instructions) {
                (problem.backward(Double.self, problem.forward(Double.self)), problem.backward(Float.self, problem.forward(Float.self)))
            }
            let parts: [KeyPath<HyperGradients, [Double]>] = [
                \.inputs, \.products, \.codes, \.modulation, \.bias, \.states[0], \.states[3],
            ]
            for part in parts { #expect(relativeDifference(single[keyPath: part], double[keyPath: part]) < 2e-5, "\(problem.label)") }
        }
    }

    @Test("A row whose sequence is over keeps its state and passes its gradient", arguments: KernelSettings.instructionSets)
    func padding(_ instructions: String) {
        for reversed in [false, true] {
            var problem = HyperProblem(time: 4, batch: 4, n: 37, m: 18, w: 3, reversed: reversed, lengths: [4, 0, 2, 4], seed: 9)
            for t in 0..<4 {
                for row in 0..<4 where !problem.isRunning(t, row) {
                    for index in 0..<problem.width { problem.inputs[(t * 4 + row) * problem.width + index] = .nan }
                }
            }
            let (values, gradients) = KernelSettings.with(instructions) {
                let values = problem.forward(Float.self)
                return (values, problem.backward(Float.self, values))
            }
            for (part, size) in problem.sizes.enumerated() {
                #expect(problem.rows(values.last[part], size, 1) == problem.rows(problem.initial[part], size, 1).map { Double(Float($0)) })
                #expect(
                    problem.rows(gradients.states[part], size, 1) == problem.rows(problem.dstates[part], size, 1).map { Double(Float($0)) })
            }
            #expect((gradients.inputs + gradients.products + gradients.codes + gradients.modulation).allSatisfy { !$0.isNaN })
            for t in 0..<4 {
                for row in 0..<4 where !problem.isRunning(t, row) {
                    let place = t * 4 + row
                    #expect(values.outputs[place * 37..<(place + 1) * 37].allSatisfy { $0 == 0 })
                    #expect(gradients.inputs[place * problem.width..<(place + 1) * problem.width].allSatisfy { $0 == 0 })
                    #expect(gradients.codes[place * 36..<(place + 1) * 36].allSatisfy { $0 == 0 })
                }
            }
        }
    }

    @Test("A row's bits depend neither on its neighbours nor on the threads")
    func independence() {
        for (batch, n, m) in [(7, 200, 70), (18, 70, 130), (3, 19, 5)] {
            for lengths in [nil, (0..<batch).map { Int32(($0 * 5 + 2) % 4) }] {
                let problem = HyperProblem(time: 3, batch: batch, n: n, m: m, w: 3, lengths: lengths, seed: 3)
                let run = { (problem: HyperProblem, threads: Int) in
                    KernelSettings.with(threads: threads) {
                        let values = problem.forward(Float.self)
                        return (values, problem.backward(Float.self, values))
                    }
                }
                let (one, two) = (run(problem, 1), run(problem, 2))
                #expect(one.0 == two.0 && one.1 == two.1, "\(problem.label)")
                for row in [0, batch - 1] {
                    let alone = run(problem.alone(row), 2)
                    #expect(alone.0.outputs == problem.rows(two.0.outputs, n, row), "\(problem.label)")
                    #expect(alone.1.inputs == problem.rows(two.1.inputs, problem.width, row), "\(problem.label)")
                    for (part, size) in problem.sizes.enumerated() {
                        #expect(alone.0.last[part] == problem.rows(two.0.last[part], size, row), "\(problem.label)")
                        #expect(alone.1.states[part] == problem.rows(two.1.states[part], size, row), "\(problem.label)")
                    }
                }
            }
        }
    }
}
