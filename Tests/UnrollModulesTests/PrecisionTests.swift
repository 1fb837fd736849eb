import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@Suite("Weights of fewer bits") struct PrecisionTests {
    private let context = Context(tape: nil, isTraining: false, key: .blank)
    private let x = Tensor.uniform([3, 2, 40], in: -1..<1, key: RandomKey(seed: 2))

    private func layer() -> Linear {
        let layer = Linear(40, 70, key: RandomKey(seed: 1))
        layer.bias?.set(.uniform([70], in: -1..<1, key: RandomKey(seed: 3)))
        return layer
    }

    @Test(arguments: [WeightPrecision.int8, .bfloat16])
    func aProductIsThatOfTheRoundedMatrixToTheBit(precision: WeightPrecision) throws {
        let layer = layer()
        let learnt = layer.weight.value
        layer.weight.round(to: precision)
        #expect(layer.weight.precision == precision)
        // The same numbers, in single precision.
        let plain = Linear(40, 70, key: .blank)
        plain.weight.set(layer.weight.value)
        plain.bias?.set(try #require(layer.bias).value)
        #expect(plain.weight.precision == .float32)
        for rows in [1, 3] {
            let some = x.sliced(0..<rows, axis: 0)
            #expect(layer(some, context).isIdentical(to: plain(some, context)))
        }
        // Parts of the columns, as a concatenated input has them.
        let part = x.sliced(0..<17, axis: 2)
        #expect(layer(part, context, columns: 5..<22).isIdentical(to: plain(part, context, columns: 5..<22)))
        for (row, old) in zip(layer.weight.value.rows, learnt.rows) {
            let largest = old.map(abs).max() ?? 0
            for (a, b) in zip(row, old) { #expect(abs(a - b) <= (precision == .int8 ? largest / 253 : abs(b) / 255)) }
        }
    }

    /// Each of the products has its own share of what rounding x may change: half a step of its row, times the weight's size.
    @Test func dynamicIntegersAreNearTheRoundedMatrixAndDoNotDependOnOtherRows() throws {
        let layer = layer()
        layer.weight.round(to: .int8Dynamic)
        #expect(layer.weight.precision == .int8Dynamic)
        let plain = Linear(40, 70, key: .blank)
        plain.weight.set(layer.weight.value)
        plain.bias?.set(try #require(layer.bias).value)
        let (near, exact) = (layer(x, context), plain(x, context))
        #expect(!near.isIdentical(to: exact))
        for time in 0..<3 {
            for row in 0..<2 {
                let step = (x.at(time).at(row).floats.map(abs).max() ?? 0) / 63
                for output in 0..<70 {
                    let bound = 0.51 * step * layer.weight.value.at(output).floats.reduce(0) { $0 + abs($1) }
                    #expect(abs(near.at(time).at(row).floats[output] - exact.at(time).at(row).floats[output]) <= bound)
                }
            }
            #expect(layer(x.sliced(time..<time + 1, axis: 0), context).floats == near.at(time).floats)
        }
    }

    @Test func rowsOfZerosStayZerosAndRoundingTwiceChangesNothing() {
        let parameter = Parameter(Tensor([0, 0, 0, 1, -127, 63.5] as [Float], shape: [2, 3]))
        parameter.round(to: .int8)
        #expect(parameter.value.floats == [0, 0, 0, 1, -127, 64])
        let parameterOnceMore = Parameter(parameter.value)
        parameterOnceMore.round(to: .int8)
        #expect(parameterOnceMore.value.floats == parameter.value.floats)
    }

    @Test func whoTrainsOnTrainsInSinglePrecision() {
        let layer = layer()
        layer.weight.round(to: .int8)
        _ = layer(x, context)
        layer.weight.update { $0.assumingMemoryBound(to: Float.self)[0] = 0.123 }
        #expect(layer.weight.precision == .float32)
        let plain = Linear(40, 70, key: .blank)
        plain.weight.set(layer.weight.value)
        if let bias = layer.bias { plain.bias?.set(bias.value) }
        #expect(layer(x, context).isIdentical(to: plain(x, context)))
    }

    @Test func gradientsPassThroughARoundedMatrix() {
        let layer = layer()
        layer.weight.round(to: .int8)
        let plain = Linear(40, 70, key: .blank)
        plain.weight.set(layer.weight.value)
        func gradient(_ layer: Linear) -> Tensor? {
            let tape = Tape()
            defer { tape.clear() }
            let watched = tape.watch(x)
            let loss = sum(square(layer(watched, Context(tape: tape, isTraining: false, key: .blank))))
            return tape.gradients(of: loss)[watched]
        }
        if let bias = layer.bias { plain.bias?.set(bias.value) }
        #expect(gradient(layer)?.floats == gradient(plain)?.floats)
    }
}

extension Tensor {
    fileprivate var rows: [[Double]] { (0..<shape[0]).map { at($0).doubles } }
}
