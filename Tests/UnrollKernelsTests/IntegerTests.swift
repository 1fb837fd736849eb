import CUnrollKernels
import Testing

/// Products of integers are compared, bit by bit, with what their documentation says, one number at a time.
@Suite struct IntegerTests {
    static let shapes = [
        ProductTests.Shape(m: 1, n: 1, k: 1), .init(m: 1, n: 300, k: 170), .init(m: 3, n: 33, k: 1), .init(m: 2, n: 131, k: 0),
        .init(m: 4, n: 16, k: 4), .init(m: 5, n: 64, k: 257), .init(m: 13, n: 290, k: 270), .init(m: 97, n: 130, k: 140),
    ]

    /// A row as integers, and what they are multiplied by.
    static func rounded<Scalar: KernelScalar>(_ row: ArraySlice<Scalar>) -> (integers: [Int], scale: Scalar) {
        let most = row.map(abs).max() ?? 0
        let factor = most > 0 ? 63 / most : 0
        return (row.map { Int(($0 * factor).rounded(.toNearestOrEven)) }, most / 63)
    }

    static func check<Scalar: KernelScalar>(_ shape: ProductTests.Shape, _ set: String, _: Scalar.Type) {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        var numbers = Numbers(UInt64(m * 31 + n * 7 + k))
        var a: [Scalar] = numbers.array(m * k)
        let bias: [Scalar] = numbers.array(n), before: [Scalar] = numbers.array(m * n), b: [Scalar] = numbers.array(k * n)
        // A row of zeros among others.
        if m > 2 { for p in 0..<k { a[k + p] = 0 } }
        // One column of zeros, whose scale is zero too; one that is cut off at 127 scales.
        let scales: [Scalar] = (0..<n).map { $0 == 2 ? 0 : $0 == 3 ? 0.004 : 0.008 }
        let integers = b.indices.map { place in
            let scale = scales[place % n]
            return scale > 0 ? Int(min(max((b[place] / scale).rounded(.toNearestOrEven), -127), 127)) : 0
        }
        for accumulates in [false, true] {
            var expected = before
            for i in 0..<m {
                let row = rounded(a[i * k..<(i + 1) * k])
                for j in 0..<n {
                    let sum = (0..<k).reduce(0) { $0 + row.integers[$1] * integers[$1 * n + j] }
                    expected[i * n + j] = Scalar(sum) * (row.scale * scales[j]) + (accumulates ? before[i * n + j] : bias[j])
                }
            }
            for layout in 0..<3 {
                let right = ProductTests.Matrix(k, n, b, layout: layout)
                let bytes = unroll_packed_integer_bytes(Scalar.tag, k, n)
                let packed = unroll_allocate(bytes)
                defer { unroll_release(packed, bytes) }
                KernelSettings.with(set, threads: 2) {
                    unroll_pack_integers(Scalar.tag, k, n, right.storage, right.rowStride, right.columnStride, scales, packed)
                }
                for threads in [1, 3] {
                    var c = before
                    KernelSettings.with(set, threads: threads) {
                        unroll_product_integers(Scalar.tag, m, n, k, a, k, packed, scales, accumulates ? nil : bias, accumulates, &c, n)
                    }
                    #expect(c == expected, "\(set) \(shape.testDescription) layout \(layout), \(threads) threads")
                }
            }
        }
    }

    @Test(arguments: shapes) func productsAreThoseOfTheIntegers(_ shape: ProductTests.Shape) {
        onEveryInstructionSet { set in
            Self.check(shape, set, Float.self)
            Self.check(shape, set, Double.self)
        }
    }

    /// The product of a, [m, k], and b, [k, n], packed, on one thread; 1 where nothing is written.
    private static func product(
        _ m: Int, _ n: Int, _ k: Int, _ a: [Float], _ b: [Float], _ scales: [Float], _ set: String
    ) -> [Float] {
        let bytes = unroll_packed_integer_bytes(UNROLL_FLOAT32, k, n)
        let packed = unroll_allocate(bytes)
        defer { unroll_release(packed, bytes) }
        var c = [Float](repeating: 1, count: m * n)
        KernelSettings.with(set, threads: 1) {
            unroll_pack_integers(UNROLL_FLOAT32, k, n, b, n, 1, scales, packed)
            unroll_product_integers(UNROLL_FLOAT32, m, n, k, a, k, packed, scales, nil, false, &c, n)
        }
        return c
    }

    /// The largest integers on both sides, whose sums must not run over.
    @Test func theLargestNumbersDoNotRunOver() {
        let (k, n) = (64, 40)
        onEveryInstructionSet { set in
            for sign in [Float(1), -1] {
                let a = [Float](repeating: sign, count: k), b = [Float](repeating: 127, count: k * n)
                let scales = [Float](repeating: 1, count: n)
                let c = Self.product(1, n, k, a, b, scales, set)
                let expected = Float(Int(sign) * 63 * 127 * k) * (Float(1) / 63 * 1)
                #expect(c == [Float](repeating: expected, count: n), "\(set)")
            }
        }
    }

    @Test func aRowOfTheSmallestNumbersGivesNothing() {
        let (n, k) = (17, 6)
        let a = (0..<k).map { $0 == 1 ? 0 : Float.leastNonzeroMagnitude * Float($0 + 1) }
        let b = [Float](repeating: 0.5, count: k * n), scales = [Float](repeating: 0.01, count: n)
        onEveryInstructionSet { set in
            #expect(Self.product(1, n, k, a, b, scales, set) == [Float](repeating: 0, count: n), "\(set)")
        }
    }

    @Test func aRowWithANumberThatIsNoneGivesNoneAndTheOthersStay() {
        let (m, n, k) = (3, 17, 6)
        var numbers = Numbers(5)
        var a: [Float] = numbers.array(m * k)
        let b: [Float] = numbers.array(k * n), scales = [Float](repeating: 0.01, count: n)
        onEveryInstructionSet { set in
            let good = Self.product(m, n, k, a, b, scales, set)
            for wrong in [Float.nan, .infinity, -.infinity] {
                let kept = a[k + 2]
                a[k + 2] = wrong
                let c = Self.product(m, n, k, a, b, scales, set)
                #expect(c[n..<2 * n].allSatisfy(\.isNaN) && Array(c[..<n] + c[(2 * n)...]) == Array(good[..<n] + good[(2 * n)...]))
                a[k + 2] = kept
            }
        }
    }
}
