import CUnrollKernels
import Testing

@Suite struct ReductionTests {
    func check<Scalar: KernelScalar>(_ type: Scalar.Type, _ outer: Int, _ axis: Int, _ inner: Int, _ set: String) {
        var numbers = Numbers(21)
        let x: [Scalar] = numbers.array(outer * axis * inner)
        var sums = [Scalar](repeating: .nan, count: outer * inner), maxima = sums
        unroll_reduce(Scalar.tag, UNROLL_SUM, outer, axis, inner, x, &sums)
        unroll_reduce(Scalar.tag, UNROLL_MAX, outer, axis, inner, x, &maxima)
        for o in 0..<outer {
            for i in 0..<inner {
                let column = (0..<axis).map { x[(o * axis + $0) * inner + i] }
                let sum = column.reduce(0.0) { $0 + Double($1) }
                let size = column.reduce(0.0) { $0 + abs(Double($1)) }
                if abs(Double(sums[o * inner + i]) - sum) > size * Double(Scalar.ulpOfOne)
                    * (inner == 1 ? 8 : Double(axis).squareRoot() * 4)
                {
                    Issue.record("\(set) sum [\(outer), \(axis), \(inner)] at \(o), \(i): \(sums[o * inner + i]), expected \(sum)")
                }
                #expect(maxima[o * inner + i] == column.max() ?? -.infinity, "\(set)")
            }
        }
    }

    @Test(arguments: [
        (1, 1, 1), (1, 0, 1), (2, 0, 3), (0, 4, 2), (3, 5, 1), (3, 64, 1), (4, 67, 1), (2, 1000, 1), (200, 300, 1), (1, 50_001, 1),
        (1, 7, 5), (1, 90, 600),
        (3, 4, 17), (2, 3, 5000), (60, 20, 40),
    ])
    func sumsAndMaxima(_ outer: Int, _ axis: Int, _ inner: Int) {
        onEveryInstructionSet { set in
            check(Float.self, outer, axis, inner, set)
            check(Double.self, outer, axis, inner, set)
        }
    }

    @Test func aSumOverAnOuterAxisRunsInIndexOrder() {
        onEveryInstructionSet { set in
            var numbers = Numbers(22)
            let (axis, inner) = (101, 37)
            let x: [Float] = numbers.array(axis * inner)
            var sums = [Float](repeating: 0, count: inner)
            unroll_reduce(UNROLL_FLOAT32, UNROLL_SUM, 1, axis, inner, x, &sums)
            let expected: [Float] = (0..<inner).map { i in (0..<axis).reduce(Float(0)) { $0 + x[$1 * inner + i] } }
            #expect(sums == expected, "\(set)")
        }
    }

    @Test func threadsChangeNoBit() {
        let threads = unroll_threads()
        defer { unroll_set_threads(threads) }
        var numbers = Numbers(23)
        let x: [Float] = numbers.array(180_000)
        for (outer, axis, inner) in [(300, 600, 1), (1, 300, 600), (10, 300, 60)] {
            var results: [[Float]] = []
            for count in [1, 2, 5] {
                unroll_set_threads(count)
                var y = [Float](repeating: 0, count: outer * inner)
                unroll_reduce(UNROLL_FLOAT32, UNROLL_SUM, outer, axis, inner, x, &y)
                results.append(y)
            }
            #expect(results[0] == results[1] && results[0] == results[2])
        }
    }

    @Test func maximumPassesNaNOn() {
        onEveryInstructionSet { set in
            for position in [0, 5, 64, 99] {
                var x = [Float](repeating: 1, count: 100)
                x[position] = .nan
                var y: [Float] = [0]
                unroll_reduce(UNROLL_FLOAT32, UNROLL_MAX, 1, 100, 1, x, &y)
                #expect(y[0].isNaN, "\(set) \(position)")
            }
        }
    }

    @Test(arguments: awkwardCounts)
    func squaresAndFiniteness(_ count: Int) {
        onEveryInstructionSet { set in
            var numbers = Numbers(24)
            let x: [Float] = numbers.array(count), wide: [Double] = x.map { Double($0) }
            let expected = wide.reduce(0) { $0 + $1 * $1 }
            #expect(abs(unroll_sum_of_squares(UNROLL_FLOAT32, count, x) - expected) <= 1e-13 * expected, "\(set)")
            #expect(abs(unroll_sum_of_squares(UNROLL_FLOAT64, count, wide) - expected) <= 1e-13 * expected, "\(set)")
            #expect(unroll_all_finite(UNROLL_FLOAT32, count, x), "\(set)")
            for position in Set([0, count / 2, count - 1]).sorted() where position >= 0 && position < count {
                for bad in [Float.nan, .infinity, -.infinity] {
                    var spoilt = x
                    spoilt[position] = bad
                    #expect(!unroll_all_finite(UNROLL_FLOAT32, count, spoilt), "\(set) \(bad) at \(position) of \(count)")
                    #expect(!unroll_all_finite(UNROLL_FLOAT64, count, spoilt.map { Double($0) }), "\(set)")
                }
            }
            #expect(unroll_all_finite(UNROLL_FLOAT32, count, x.map { $0 * Float.greatestFiniteMagnitude }), "\(set)")
        }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 40, 1000])
    func firstLargest(_ columns: Int) {
        onEveryInstructionSet { set in
            var numbers = Numbers(25)
            let rows = 50
            // Few distinct values, so that there are ties.
            let x: [Double] = (0..<rows * columns).map { _ in (numbers.next() * 3).rounded() }
            var y = [Int32](repeating: -1, count: rows), narrow = y
            unroll_argmax(UNROLL_FLOAT64, rows, columns, x, &y)
            unroll_argmax(UNROLL_FLOAT32, rows, columns, x.map { Float($0) }, &narrow)
            for r in 0..<rows {
                let row = Array(x[r * columns..<(r + 1) * columns])
                #expect(Int(y[r]) == row.firstIndex(of: row.max()!), "\(set)")
            }
            #expect(narrow == y, "\(set)")
            var lowest: [Int32] = [7]
            unroll_argmax(UNROLL_FLOAT32, 1, columns, [Float](repeating: -.infinity, count: columns), &lowest)
            #expect(lowest == [0], "\(set)")
        }
    }
}
