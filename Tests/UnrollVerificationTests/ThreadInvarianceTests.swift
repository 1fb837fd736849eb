import Testing
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

/// The number of threads does not change a single bit. It holds for the whole process, so the cases take turns.
@Suite(.serialized) struct ThreadInvarianceTests {
    @Test(arguments: CellKind.allCases)
    func theNumberOfThreadsDoesNotChangeABit(_ kind: CellKind) {
        // Large enough that the kernels share the work.
        let stack = RecurrentStack(
            kind, inputSize: 33, hiddenSize: 160, layers: 1, isBidirectional: true, key: RandomKey(seed: 1))
        let output = OutputLayer(320, vocabulary: 501, key: RandomKey(seed: 2))
        let batch = Tensor.uniform([7, 24, 33], in: -1..<1, key: RandomKey(seed: 3))
        let lengths = (0..<24).map { Int32($0 % 8) }
        let targets = (0..<7 * 24).map { Int32($0 * 7 % 501) }
        let results = [1, 2, 3].map { threads in
            let previous = Processor.threads
            Processor.threads = threads
            defer { Processor.threads = previous }
            let tape = Tape()
            let context = Context(tape: tape, isTraining: true, key: RandomKey(seed: 0))
            let result = stack(batch, lengths: lengths, context)
            let loss = output.loss(result.outputs, targets: targets, smoothing: 0.1, context)
            let gradients = tape.gradients(of: loss)
            return [loss, result.outputs] + (stack.parameters + output.parameters).compactMap { gradients[$0.parameter]?.dense }
        }
        #expect(results[0].count == 2 + stack.parameters.count + 2)
        for others in results.dropFirst() {
            #expect(others.map { $0.floats.map(\.bitPattern) } == results[0].map { $0.floats.map(\.bitPattern) })
        }
    }
}
