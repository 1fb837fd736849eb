import Testing
import UnrollKernels
import UnrollTensors

/// Kernels see memory and counts alone: an operand that would lead them out of it must be refused before.
@Suite struct OperandTests {
    private func message(_ result: ExitTest.Result?) -> String { String(decoding: result?.standardErrorContent ?? [], as: UTF8.self) }

    @Test func aSoftmaxBeyondItsRowsTraps() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = softmax(Tensor.zeros([2, 3]), lengths: [3, 4])
        }
        #expect(message(result).contains("a length of 4 in rows of 3"), "\(message(result))")
        await #expect(processExitsWith: .failure) { _ = softmax(Tensor.zeros([2, 3]), lengths: [3, -1]) }
        await #expect(processExitsWith: .failure) { _ = softmax(Tensor.zeros([2, 3]), lengths: [3]) }
    }

    @Test func attentionBeyondItsKeysTraps() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = attention(query: .zeros([2, 4]), keys: .zeros([3, 2, 4]), values: .zeros([3, 2, 5]), score: .dot(), lengths: [5, 1])
        }
        #expect(message(result).contains("a length of 5 in rows of 3"), "\(message(result))")
    }

    @Test func aSequenceLongerThanItsTimeTraps() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = rnn(.zeros([3, 2, 4]), hidden: .zeros([2, 4]), weight: .zeros([4, 4]), layout: SequenceLayout(lengths: [3, 7]))
        }
        #expect(message(result).contains("a length of 7 in rows of 3"), "\(message(result))")
    }

    @Test func twoPrecisionsInOneOperationTrap() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = crossEntropy(hidden: .zeros([2, 4], .float64), weight: .zeros([3, 4]), targets: [0, 1])
        }
        #expect(message(result).contains("must be float64[3, 4], not float32[3, 4]"), "\(message(result))")
        await #expect(processExitsWith: .failure) {
            _ = linear(.zeros([2, 4], .float64), .zeros([3, 4], .float64), bias: .zeros([3]))
        }
        await #expect(processExitsWith: .failure) { _ = layerNorm(.zeros([2, 4], .float64), scale: .zeros([4]), shift: .zeros([4])) }
        await #expect(processExitsWith: .failure) {
            _ = attention(query: .zeros([2, 4], .float64), keys: .zeros([3, 2, 4]), values: .zeros([3, 2, 5]), score: .dot())
        }
        await #expect(processExitsWith: .failure) {
            _ = lstm(
                .zeros([3, 2, 16], .float64), hidden: .zeros([2, 4], .float64), cell: .zeros([2, 4]), weight: .zeros([16, 4], .float64))
        }
    }

    @Test func theLargestOfNothingTraps() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 0]).argmax() }
        #expect(Tensor.zeros([0, 2]).argmax().tokens == [])
    }
}
