import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollTraining

@Suite("Clipping") struct ClippingTests {
    struct Case: Decodable {
        let name: String
        let kind: String
        let limit: Double
        let totalNorm: Double?
        let gradients: [GoldenTensor]
        let clipped: [GoldenTensor]
    }

    @Test(arguments: [ScalarType.float64, .float32])
    func clipsAsPyTorchDoes(_ type: ScalarType) throws {
        let cases = try GoldenFile<Case>.cases("clipping")
        #expect(cases.map(\.kind) == ["norm", "norm", "value"])
        for golden in cases {
            let gradients = ModelGradients(values: golden.gradients.map { .dense($0.tensor(type)) })
            let clipped: ModelGradients
            if golden.kind == "norm" {
                let norm = gradients.norm
                #expect(abs(norm - golden.totalNorm!) < 1e-6)
                clipped = gradients.scaled(by: gradients.clippingFactor(limit: golden.limit))
            } else {
                clipped = gradients.clipped(value: golden.limit)
            }
            // PyTorch divides by the norm plus 1e-6.
            for (place, expected) in golden.clipped.enumerated() {
                expectClose(clipped.values[place]!.dense.doubles, expected.numbers, tolerance: 6e-7, "\(golden.name), gradient \(place)")
            }
        }
    }

    @Test func onlyWhatIsBeyondTheLimitIsClipped() {
        let gradients = ModelGradients(values: [.dense(Tensor([3, -4] as [Float], shape: [2])), nil])
        #expect(gradients.norm == 5)
        #expect(gradients.clippingFactor(limit: 5) == 1)
        #expect(gradients.clippingFactor(limit: 2.5) == 0.5)
        #expect(gradients.clippingFactor(limit: 2.5, norm: 10) == 0.25)
        #expect(gradients.clipped(value: 3.5).values[0]!.dense.floats == [3, -3.5])
        #expect(gradients.clipped(value: 3.5).values[1] == nil)
    }

    @Test func rowsThatOccurTwiceCountOnce() {
        let rows = RowGradient(indices: [2, 0, 2], values: Tensor([1, 0, 5, 5, 2, 4] as [Float], shape: [3, 2]), shape: [4, 2])
        #expect(ModelGradients(values: [.rows(rows)]).norm == 75.0.squareRoot())
        let gradients = ModelGradients(values: [Gradient.rows(rows).merged])
        #expect(gradients.norm == 75.0.squareRoot())
        #expect(gradients.values[0]!.dense.floats == [5, 5, 0, 0, 3, 4, 0, 0])
        #expect(gradients.clipped(value: 4).values[0]!.dense.floats == [4, 4, 0, 0, 3, 4, 0, 0])
    }

    @Test func gradientsOfTwoCallsAreAdded() {
        let row = { (index: Int32, value: Double) in
            Gradient.rows(RowGradient(indices: [index], values: Tensor(repeating: value, shape: [1, 2]), shape: [3, 2]))
        }
        let dense = { (value: Double) in Gradient.dense(Tensor(repeating: value, shape: [3, 2])) }
        let first = ModelGradients(values: [dense(1), row(0, 1), row(0, 1), nil, dense(7), nil])
        let second = ModelGradients(values: [dense(2), row(0, 2), dense(3), row(2, 4), nil, nil])
        let sum: [[Float]?] = first.adding(second).values.map { $0?.dense.floats }
        let expected: [[Float]?] = [
            [3, 3, 3, 3, 3, 3], [3, 3, 0, 0, 0, 0], [4, 4, 3, 3, 3, 3], [0, 0, 0, 0, 4, 4], [7, 7, 7, 7, 7, 7], nil,
        ]
        #expect(sum == expected)
    }
}
