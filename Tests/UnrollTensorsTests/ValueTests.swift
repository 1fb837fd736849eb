import Testing
import UnrollKernels
import UnrollTensors

/// What operations compute, against loops over indices; the catalogue proves only that derivatives belong to the values.
@Suite struct ValueTests {
    /// The place of an element by its index along each axis.
    private func place(_ index: [Int], _ shape: [Int]) -> Int { zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } }

    /// Every index of a shape, in row-major order.
    private func indices(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { found, extent in found.flatMap { head in (0..<extent).map { head + [$0] } } }
    }

    /// 1, 2, 3 …, so that every element is its own.
    private func counted(_ shape: Shape) -> Tensor { Tensor((0..<shape.count).map { Double($0 + 1) }, shape: shape) }

    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func permutedMovesEveryElement(_ axes: [Int]) {
        let x = counted([2, 3, 5])
        let y = x.permuted(axes)
        let shape = axes.map { [2, 3, 5][$0] }
        #expect(y.shape.array == shape)
        for index in indices(shape) {
            var source = [0, 0, 0]
            for (axis, from) in axes.enumerated() { source[from] = index[axis] }
            #expect(y.doubles[place(index, shape)] == x.doubles[place(source, [2, 3, 5])])
        }
    }

    @Test func transposedExchangesTheLastTwoAxes() {
        #expect(counted([2, 2, 3]).transposed().doubles == [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12])
    }

    @Test func slicesTakeTheirRange() {
        let x = counted([2, 3, 2])
        #expect(x.sliced(1..<2, axis: 0).doubles == [7, 8, 9, 10, 11, 12])
        #expect(x.sliced(1..<3, axis: 1).doubles == [3, 4, 5, 6, 9, 10, 11, 12])
        #expect(x.sliced(1..<2, axis: -1).doubles == [2, 4, 6, 8, 10, 12])
        #expect(x.sliced(1..<1, axis: 1).shape == [2, 0, 2])
        #expect(x.at(1).sliced(2..<3, axis: 0).doubles == [11, 12])
        #expect(x.at(2, axis: 1).doubles == [5, 6, 11, 12])
        #expect(x.at(-1 + 2, axis: -1).shape == [2, 3])
        #expect(x.split(into: 3, axis: 1).map(\.doubles) == [[1, 2, 7, 8], [3, 4, 9, 10], [5, 6, 11, 12]])
    }

    @Test func partsJoinInOrder() {
        let a = counted([2, 1])
        let b = counted([2, 2]) * 10
        #expect(concatenated([a, b], axis: 1).doubles == [1, 10, 20, 2, 30, 40])
        #expect(concatenated([b, b], axis: 0).doubles == [10, 20, 30, 40, 10, 20, 30, 40])
        #expect(concatenated([counted([0, 2]), b], axis: 0).doubles == [10, 20, 30, 40])
        #expect(stacked([a, a * 2]).shape == [2, 2, 1])
        #expect(stacked([a, a * 2]).doubles == [1, 2, 2, 4])
    }

    @Test(arguments: [
        ([2, 3, 5], [5]), ([2, 3, 5], [2, 1, 5]), ([2, 1, 3, 1], [4, 1, 5]), ([1, 5], [3, 1]), ([], [2, 2]), ([2, 3, 4], [2, 3, 4]),
        ([3, 1, 1, 2], [1, 4, 1, 2]), ([1], [1, 1]), ([2, 0], [1]),
    ])
    func shapesMeetElementByElement(_ shapeA: [Int], _ shapeB: [Int]) {
        let (a, b) = (counted(Shape(shapeA)), counted(Shape(shapeB)) * 100)
        let rank = max(shapeA.count, shapeB.count)
        let (wideA, wideB) = (
            [Int](repeating: 1, count: rank - shapeA.count) + shapeA, [Int](repeating: 1, count: rank - shapeB.count) + shapeB
        )
        let shape = zip(wideA, wideB).map { $0 == 1 ? $1 : $0 }
        let sum = a + b
        let difference = a - b
        #expect(sum.shape.array == shape)
        for (element, index) in indices(shape).enumerated() {
            let left = a.doubles[place(zip(index, wideA).map { $1 == 1 ? 0 : $0 }, wideA)]
            let right = b.doubles[place(zip(index, wideB).map { $1 == 1 ? 0 : $0 }, wideB)]
            #expect(sum.doubles[element] == left + right)
            #expect(difference.doubles[element] == left - right)
        }
    }

    @Test(arguments: [0, 1, 2])
    func sumsRunAlongTheirAxis(_ axis: Int) {
        let x = counted([2, 3, 4])
        var shape = [2, 3, 4]
        shape[axis] = 1
        var expected = [Double](repeating: 0, count: 24 / [2, 3, 4][axis])
        for (element, index) in indices([2, 3, 4]).enumerated() {
            var kept = index
            kept[axis] = 0
            expected[place(kept, shape)] += x.doubles[element]
        }
        #expect(sum(x, axis: axis).doubles == expected)
        #expect(sum(x, axis: axis - 3, keepsAxis: true).shape.array == shape)
        #expect(mean(x, axis: axis).doubles == (sum(x, axis: axis) / Double([2, 3, 4][axis])).doubles)
    }

    @Test func emptySumsAreZero() {
        #expect(sum(Tensor([Double](), shape: [0])).doubles == [0])
        #expect(sum(Tensor([Double](), shape: [0, 3]), axis: 0).doubles == [0, 0, 0])
        #expect(sum(Tensor([Double](), shape: [3, 0]), axis: 0).shape == [0])
        #expect(sum(counted([3, 4])).doubles == [78])
        #expect(mean(counted([3, 4])).doubles == [6.5])
    }

    @Test func argmaxTakesTheFirstOfEquals() {
        let x = Tensor([1.0, 3, 3, -2, -1, -5, 0, 0, 0], shape: [3, 3])
        #expect(x.argmax().tokens == [1, 1, 0])
        #expect(x.reshaped(to: [1, 3, 3]).argmax().shape == [1, 3])
    }

    @Test func selectionTakesFromTheRightSide() {
        let (a, b) = (counted([2, 2]), counted([2, 2]) * 10)
        #expect(select([true, false, false, true], a, b).doubles == [1, 20, 30, 4])
        #expect(selectRows([false, true], a, b).doubles == [10, 20, 3, 4])
    }

    @Test func dropoutKeepsTheExpectedShareAndIsTheSameInBothPrecisions() {
        let ones = Tensor(repeating: 1, shape: [10_000], scalarType: .float64)
        let y = dropout(ones, probability: 0.25, key: RandomKey(seed: 3)).doubles
        let kept = y.filter { $0 != 0 }
        #expect(kept.allSatisfy { abs($0 - 4.0 / 3) < 1e-15 })
        #expect(abs(kept.count - 7500) < 200)
        let single = dropout(ones.converted(to: .float32), probability: 0.25, key: RandomKey(seed: 3)).floats
        #expect(single.map { $0 != 0 } == y.map { $0 != 0 })
        #expect(dropout(ones, probability: 0.25, key: RandomKey(seed: 4)).doubles != y)
    }

    @Test func aPaddedSoftmaxIsZeroBehindItsLength() {
        let y = softmax(Tensor([0.0, 0, 9, 1, 1, 1], shape: [2, 3]), lengths: [2, 0]).doubles
        #expect(y == [0.5, 0.5, 0, 0, 0, 0])
    }

    @Test func gatheringCopiesRows() {
        let table = counted([3, 2])
        #expect(gathered(table, Tensor([2, 0, 2, 1] as [Int32], shape: [2, 2])).doubles == [5, 6, 1, 2, 5, 6, 3, 4])
        #expect(gathered(table, Tensor([2, 0] as [Int32], shape: [2]), untrained: 2).doubles == [5, 6, 1, 2])
    }

    @Test func conversionsRound() {
        let x = Tensor([0.1, -2.5, 1e300], shape: [3])
        #expect(x.converted(to: .float32).floats == [0.1, -2.5, .infinity])
        #expect(!x.converted(to: .float32).isFinite && x.isFinite)
        #expect(x.converted(to: .float32).converted(to: .float64).doubles[0] == Double(Float(0.1)))
    }
}
