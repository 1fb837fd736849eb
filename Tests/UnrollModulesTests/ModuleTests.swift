import Foundation
import Testing
import UnrollKernels
import UnrollTensors

@testable import UnrollModules

/// Two layers that may share their weight, and one that is used without being listed.
private struct Pair: Module {
    let first: Linear
    let second: Linear

    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor { second(tanh(first(x, context)), context) }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("first", first)
        visitor("second", second)
    }
}

/// What modules, parameters and gradient calls promise.
@Suite struct ModuleTests {
    private let x = Tensor.uniform([3, 5], in: -1..<1, key: RandomKey(seed: 9))

    private func stack(_ dropout: Double = 0) -> RecurrentStack {
        RecurrentStack(
            .lstm, inputSize: 5, hiddenSize: 19, layers: 2, isBidirectional: true, dropout: dropout, key: RandomKey(seed: 3))
    }

    private func gradients(_ model: RecurrentStack, key: UInt64) -> (loss: Double, gradients: [[Float]]) {
        let sequence = Tensor.uniform([6, 4, 5], in: -1..<1, key: RandomKey(seed: 5))
        let result = valueAndGradients(of: model, key: RandomKey(seed: key)) { context in
            (sum(square(model(sequence, lengths: [6, 2, 0, 5], context).outputs)), ())
        }
        return (result.loss, result.gradients.values.map { $0?.dense.floats ?? [] })
    }

    @Test func concurrentGradientCallsOnOneModelGiveTheSameBits() async {
        let model = stack(0.3)
        let alone = (0..<8).map { gradients(model, key: UInt64($0)) }
        #expect(alone[0].loss != alone[1].loss)
        await withTaskGroup(of: (Int, Double, [[Float]]).self) { group in
            for call in 0..<8 {
                group.addTask {
                    let result = gradients(model, key: UInt64(call))
                    return (call, result.loss, result.gradients)
                }
            }
            for await (call, loss, gradients) in group {
                #expect(loss.bitPattern == alone[call].loss.bitPattern)
                #expect(gradients.map { $0.map(\.bitPattern) } == alone[call].gradients.map { $0.map(\.bitPattern) })
            }
        }
    }

    @Test func aSnapshotSurvivesTraining() {
        let model = stack()
        let first = gradients(model, key: 0).loss
        let snapshot = model.snapshot
        let values = snapshot.map(\.floats)
        for _ in 0..<2 {
            for named in model.parameters {
                let count = named.parameter.shape.count
                named.parameter.update { pointer in
                    let elements = pointer.assumingMemoryBound(to: Float.self)
                    for index in 0..<count { elements[index] = elements[index] * 0.9 + 0.01 }
                }
            }
        }
        let later = gradients(model, key: 0).loss
        #expect(first != later)
        #expect(snapshot.map(\.floats) == values)
        model.restore(snapshot)
        #expect(gradients(model, key: 0).loss.bitPattern == first.bitPattern)
    }

    @Test func whoeverReadsAParameterSeesItWhole() async {
        let side = 32
        let layer = Linear(side, side, hasBias: false, key: RandomKey(seed: 1))
        layer.weight.set(.zeros([side, side]))
        let ones = Tensor(repeating: 1, shape: [1, side])
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var last: Float = 0
                    for _ in 0..<300 {
                        let sums = layer(ones, .inference()).floats
                        // Every weight is the number of writes so far, which never goes back.
                        guard sums.allSatisfy({ $0 == sums[0] }), sums[0] >= last else { return false }
                        last = sums[0]
                    }
                    return true
                }
            }
            for write in 1...300 {
                layer.weight.update { pointer in
                    for place in 0..<side * side { pointer.assumingMemoryBound(to: Float.self)[place] = Float(write) }
                }
            }
            for await isWhole in group { #expect(isWhole) }
        }
    }

    @Test func packedWeightsFollowEveryWrite() {
        let layer = Linear(5, 4, hasBias: false, key: RandomKey(seed: 1))
        let context = Context.inference()
        for step in 0..<3 {
            let expected = matmul(x, layer.weight.value, transposeB: true)
            #expect(layer(x, context).floats.map(\.bitPattern) == expected.floats.map(\.bitPattern), "after \(step) writes")
            layer.weight.update { $0.assumingMemoryBound(to: Float.self)[step] += 1 }
        }
        layer.weight.set(.zeros([4, 5]))
        #expect(layer(x, context).floats == [Float](repeating: 0, count: 12))
    }

    @Test func aSharedParameterGathersTheGradientsOfAllItsUses() throws {
        let values = Tensor.uniform([5, 5], in: -1..<1, key: RandomKey(seed: 2), .float64)
        let shared = Parameter(values)
        let apart = (0..<5).map { _ in Parameter(values) }
        let input = Tensor.uniform([3, 5], in: -1..<1, key: RandomKey(seed: 4), .float64)
        // A product, ranges of columns, rows of a table, and the bare matrix: every way in which a gradient arrives.
        func loss(_ weights: [Parameter], _ context: Context) -> Tensor {
            let hidden = tanh(linear(input, context[weights[0]]))
            let columns = linear(hidden.sliced(0..<2, axis: 1), context[weights[1]], columns: 3..<5)
            let rows = gathered(context[weights[2]], Tensor([4, 0, 4] as [Int32], shape: [3]))
            let matrix = matmul(columns + rows, context[weights[3]])
            return sum(square(matrix)) + sum(gathered(context[weights[4]], Tensor([1, 1] as [Int32], shape: [2])))
        }
        func gradients(_ weights: [Parameter]) throws -> [Tensor] {
            let tape = Tape()
            let gradients = tape.gradients(of: loss(weights, Context(tape: tape, isTraining: true, key: RandomKey(seed: 0))))
            return try weights.map { try #require(gradients[$0]).dense }
        }
        let together = try gradients([Parameter](repeating: shared, count: 5))[0]
        let sums = try gradients(apart).reduce(Tensor.zeros([5, 5], .float64), +)
        for (found, expected) in zip(together.doubles, sums.doubles) { #expect(abs(found - expected) < 1e-12) }
        #expect(!sums.doubles.contains(0))
    }

    @Test func aSharedParameterIsListedOnceWithItsAlias() {
        let layer = Linear(5, 5, key: RandomKey(seed: 1))
        let pair = Pair(first: layer, second: layer)
        #expect(pair.parameters.map(\.name) == ["first.weight", "first.bias"])
        #expect(pair.parameterAliases.map(\.name) == ["second.weight", "second.bias"])
        #expect(pair.parameterAliases.map(\.original) == ["first.weight", "first.bias"])
        #expect(pair.parameterCount == 30)
    }

    @Test func aParameterThatTheLossDoesNotUseHasNoGradient() {
        let pair = Pair(first: Linear(5, 4, key: RandomKey(seed: 1)), second: Linear(4, 2, key: RandomKey(seed: 2)))
        let result = valueAndGradients(of: pair) { context in (sum(pair.first(x, context)), ()) }
        #expect(result.gradients.values.map { $0 != nil } == [true, true, false, false])
    }

    @Test func aParameterThatTheModelDoesNotListTraps() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let listed = Linear(5, 4, key: RandomKey(seed: 1))
            let forgotten = Linear(4, 2, hasBias: false, key: RandomKey(seed: 2))
            _ = valueAndGradients(of: listed) { context in
                (sum(forgotten(listed(.zeros([1, 5]), context), context)), ())
            }
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("a parameter of shape [2, 4] that the model does not visit"), "\(message)")
    }

    @Test func theForgetGateStartsOpen() throws {
        let cell = LSTMCell(2, 3, options: CellOptions(forgetBias: 1.5), key: RandomKey(seed: 1))
        let bias = try #require(cell.parameters.first { $0.name == "bias_ih" }).parameter.value.floats
        #expect(bias == [0, 0, 0, 1.5, 1.5, 1.5, 0, 0, 0, 0, 0, 0])
    }

    @Test func aGatesBiasMayStartAtTheLengthsThatMatter() throws {
        func bias(_ cell: some Module) throws -> [Float] {
            try #require(cell.parameters.first { $0.name == "bias_ih" }).parameter.value.floats
        }
        let options = CellOptions(forgetBias: .chrono(longest: 400))
        let lstm = try bias(LSTMCell(2, 50, options: options, key: RandomKey(seed: 1)))
        let forget = lstm[50..<100]
        #expect(lstm[..<50].elementsEqual(forget.map { -$0 }))
        #expect(lstm[100...].allSatisfy { $0 == 0 })
        #expect(forget.allSatisfy { $0 >= 0 && $0 <= log(Float(399)) })
        // The mean of log u for u in 1…399 is 5.003, its deviation 0.96.
        #expect(abs(forget.reduce(0, +) / 50 - 5) < 0.5)
        let gru = try bias(GRUCell(2, 50, options: options, key: RandomKey(seed: 1)))
        #expect((gru[..<50] + gru[100...]).allSatisfy { $0 == 0 })
        #expect(gru[50..<100].min()! >= 0 && Set(gru[50..<100]).count == 50)
        #expect(try bias(GRUCell(2, 3, key: RandomKey(seed: 1))) == Array(repeating: 0, count: 9))
    }

    @Test(arguments: [(7, 4), (4, 7), (5, 5), (1, 3)])
    func anOrthogonalMatrixKeepsNorms(_ rows: Int, _ columns: Int) {
        let matrix = Initializer.orthogonal.matrix(rows, columns, key: RandomKey(seed: 8), .float64)
        #expect(matrix.shape == [rows, columns])
        let gram = rows <= columns ? matmul(matrix, matrix, transposeB: true) : matmul(matrix, matrix, transposeA: true)
        let size = min(rows, columns)
        for (place, value) in gram.doubles.enumerated() { #expect(abs(value - (place % (size + 1) == 0 ? 1 : 0)) < 1e-9) }
    }
}
