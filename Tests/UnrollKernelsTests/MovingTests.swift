import CUnrollKernels
import Testing

@Suite struct MovingTests {
    static let permutations: [([Int], [Int])] = [
        ([], []), ([5], [0]), ([3, 4], [0, 1]), ([3, 4], [1, 0]), ([37, 53], [1, 0]), ([300, 170], [1, 0]), ([2, 3, 4], [2, 0, 1]),
        ([2, 3, 4], [1, 0, 2]), ([5, 1, 7], [2, 1, 0]), ([3, 20, 2, 18], [0, 2, 1, 3]), ([3, 20, 2, 18], [3, 1, 0, 2]),
        ([2, 3, 2, 3, 2], [4, 2, 0, 3, 1]), ([2, 1, 3, 2, 2, 1, 2, 3], [7, 5, 3, 1, 6, 4, 2, 0]), ([40, 0, 3], [2, 1, 0]),
        ([100, 60, 9], [2, 1, 0]),
    ]

    func permuted<Element>(_ x: [Element], _ shape: [Int], _ axes: [Int]) -> [Element] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        var y: [Element] = []
        func walk(_ depth: Int, _ offset: Int) {
            if depth == axes.count {
                y.append(x[offset])
            } else {
                for index in 0..<shape[axes[depth]] { walk(depth + 1, offset + index * strides[axes[depth]]) }
            }
        }
        walk(0, 0)
        return y
    }

    @Test(arguments: permutations)
    func permutationsOfAxes(_ shape: [Int], _ axes: [Int]) {
        let count = shape.reduce(1, *)
        let narrow = (0..<count).map { Float($0) }, wide = (0..<count).map { Double($0) }
        var narrowResult = [Float](repeating: -1, count: count), wideResult = [Double](repeating: -1, count: count)
        unroll_permute(4, shape.count, shape, axes, narrow, &narrowResult)
        unroll_permute(8, shape.count, shape, axes, wide, &wideResult)
        let expected = count == 0 ? [] : permuted(narrow, shape, axes)
        #expect(narrowResult == expected)
        #expect(wideResult == expected.map { Double($0) })
    }

    @Test(arguments: [(0, 4), (3, 0), (1, 5), (7, 9), (500, 700)])
    func rowsAreCopiedBetweenStrides(_ rows: Int, _ bytes: Int) {
        let x = (0..<rows * (bytes + 3)).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var y = [UInt8](repeating: 1, count: rows * (bytes + 5))
        unroll_copy_rows(rows, bytes, x, bytes + 3, &y, bytes + 5)
        for r in 0..<rows {
            #expect(y[r * (bytes + 5)..<r * (bytes + 5) + bytes].elementsEqual(x[r * (bytes + 3)..<r * (bytes + 3) + bytes]))
            #expect(y[r * (bytes + 5) + bytes..<(r + 1) * (bytes + 5)].allSatisfy { $0 == 1 })
        }
    }

    @Test(arguments: [(0, 3), (1, 1), (5, 17), (40, 1000), (3000, 33)])
    func gatherAndScatter(_ count: Int, _ width: Int) {
        onEveryInstructionSet { set in
            var numbers = Numbers(8)
            let rows = 11
            let table: [Float] = numbers.array(rows * width), x: [Float] = numbers.array(count * width)
            let indices = (0..<count).map { Int32(($0 * $0 + 3) % rows) }
            var gathered = [Float](repeating: 0, count: count * width)
            unroll_gather_rows(UNROLL_FLOAT32, count, width, table, indices, &gathered)
            var scattered = table, expected = table
            unroll_scatter_add_rows(UNROLL_FLOAT32, count, width, x, indices, &scattered)
            for i in 0..<count {
                let row = Int(indices[i]) * width
                #expect(gathered[i * width..<(i + 1) * width] == table[row..<row + width], "\(set)")
                for c in 0..<width { expected[row + c] += x[i * width + c] }
            }
            #expect(scattered == expected, "\(set)")
        }
    }
}
