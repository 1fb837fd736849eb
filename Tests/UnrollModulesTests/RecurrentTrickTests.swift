import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// How weights start, and what dropout does over time.
@Suite struct RecurrentTrickTests {
    private let key = RandomKey(seed: 21)

    private func training(_ seed: UInt64) -> Context { Context(tape: nil, isTraining: true, key: RandomKey(seed: seed)) }

    @Test(arguments: [(3, 3), (2, 5), (5, 2), (1, 1), (0, 4)])
    func theIdentityHasOnesOnItsDiagonal(_ rows: Int, _ columns: Int) {
        let matrix = Initializer.identity.matrix(rows, columns, key: key).floats
        #expect(matrix == (0..<rows * columns).map { $0 / max(1, columns) == $0 % max(1, columns) ? 1 : 0 })
    }

    @Test func aDeviationAndABoundAreKept() {
        let normal = Initializer.normal(deviation: 0.02).matrix(90, 70, key: key).doubles
        let deviation = (normal.reduce(0) { $0 + $1 * $1 } / Double(normal.count)).squareRoot()
        #expect(abs(deviation - 0.02) < 0.001 && normal.contains { abs($0) > 0.04 })
        let uniform = Initializer.uniformWithin(0.3).matrix(90, 70, key: key).doubles
        #expect(uniform.allSatisfy { abs($0) <= 0.3 } && uniform.contains { $0 < -0.28 } && uniform.contains { $0 > 0.28 })
    }

    @Test func everyInitializerHasANameThatReadsBack() throws {
        for initializer in Initializer.allCases + [.normal(deviation: 1e-3), .uniformWithin(0.04)] {
            #expect(Initializer(rawValue: initializer.rawValue) == initializer)
            let coded = try JSONDecoder().decode(Initializer.self, from: JSONEncoder().encode(initializer))
            #expect(coded == initializer)
        }
        #expect(Set(Initializer.allCases.map(\.rawValue)).count == 10)
        #expect(String(decoding: try JSONEncoder().encode(Initializer.normal(deviation: 0.5)), as: UTF8.self) == #""normal(0.5)""#)
        for text in [
            "normal", "normal()", "normal(0)", "normal(-1)", "normal(inf)", "normal(1", "uniform(x)", "Uniform(1)", "eye", "", "(1)",
        ] {
            #expect(Initializer(rawValue: text) == nil, "\(text)")
        }
    }

    /// A ReLU network that starts with U = I adds up what it sees, and forgets nothing of it.
    @Test func anIdentityNetworkRemembersEverything() {
        let options = CellOptions(hiddenInitializer: .identity, activation: .relu)
        let stack = RecurrentStack(.rnn, inputSize: 4, hiddenSize: 19, options: options, key: key)
        let cell = RNNCell(4, 19, options: options, key: key)
        #expect(cell.activation == .relu)
        let first = Tensor.uniform([1, 3, 4], in: -1..<1, key: key.split(1))
        let rest = Tensor.zeros([150, 3, 4])
        let result = stack(concatenated([first, rest], axis: 0), .inference())
        #expect(result.outputs.at(0).floats == result.outputs.at(150).floats)
        #expect(result.outputs.at(0).floats.contains { $0 > 0.1 })
        // The gradient arrives undiminished, too.
        let tape = Tape()
        let watched = tape.watch(first)
        let context = Context(tape: tape, isTraining: true, key: key)
        let outputs = stack(concatenated([watched, rest], axis: 0), context).outputs
        let near = tape.gradients(of: sum(outputs.at(150)))[watched]
        let other = Tape()
        let again = other.watch(first)
        let short = stack(concatenated([again, rest], axis: 0), Context(tape: other, isTraining: true, key: key)).outputs
        #expect(near?.floats == other.gradients(of: sum(short.at(0)))[again]?.floats)
    }

    @Test func aVariationalMaskIsOneForAllSteps() {
        let ones = Tensor(repeating: 1, shape: [6, 3, 50])
        let variational = Dropout(0.5, isVariational: true)(ones, training(1))
        for time in 1..<6 { #expect(variational.at(time).floats == variational.at(0).floats) }
        #expect(variational.sliced(0..<1, axis: 1).floats != variational.sliced(1..<2, axis: 1).floats, "each row has a mask of its own")
        #expect(Set(variational.floats) == [0, 2])
        let vectors = Dropout(0.5, isVariational: true)(ones.at(0), training(1))
        #expect(vectors.at(0).floats != vectors.at(1).floats, "without a time axis every row still has its own")
        let ordinary = Dropout(0.5)(ones, training(1))
        #expect(ordinary.at(1).floats != ordinary.at(0).floats)
        #expect(Dropout(0.5, isVariational: true)(ones, .inference()).floats == ones.floats)
    }

    @Test func stepByStepAVariationalMaskIsKept() {
        let ones = Tensor(repeating: 1, shape: [3, 50])
        for isVariational in [false, true] {
            var dropout = StepwiseDropout(Dropout(0.5, isVariational: isVariational))
            let context = training(1)
            let (first, second) = (dropout(ones, context).floats, dropout(ones, context).floats)
            #expect((first == second) == isVariational)
            #expect(Set(first) == [0, 2])
        }
    }

    @Test(arguments: CellKind.allCases)
    func recurrentDropoutHidesTheStateFromProductsInTrainingAlone(_ kind: CellKind) {
        let options = CellOptions(hyper: HyperOptions(hidden: 3, embedding: 2))
        func stack(_ probability: Double) -> RecurrentStack {
            RecurrentStack(
                kind, inputSize: 4, hiddenSize: 30, isBidirectional: true, recurrentDropout: probability, options: options, key: key)
        }
        let inputs = Tensor.uniform([5, 3, 4], in: -1..<1, key: key.split(1))
        let (plain, dropped) = (stack(0), stack(0.5))
        #expect(dropped(inputs, .inference()).outputs.floats == plain(inputs, .inference()).outputs.floats)
        #expect(plain(inputs, training(1)).outputs.floats == plain(inputs, .inference()).outputs.floats)
        let outputs = dropped(inputs, training(1)).outputs
        #expect(outputs.floats == dropped(inputs, training(1)).outputs.floats)
        #expect(outputs.floats != dropped(inputs, training(2)).outputs.floats)
        // Nothing is hidden at the first step of a state of zeros.
        #expect(
            largestDifference(outputs.at(0).sliced(0..<30, axis: 1), plain(inputs, .inference()).outputs.at(0).sliced(0..<30, axis: 1))
                < 1e-6)
        #expect(
            largestDifference(outputs.at(1).sliced(0..<30, axis: 1), plain(inputs, .inference()).outputs.at(1).sliced(0..<30, axis: 1))
                > 1e-3)
    }
}
