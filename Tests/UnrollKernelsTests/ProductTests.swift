import CUnrollKernels
import Testing

/// Every element of a product is one chain of multiplications and additions in the order of k, so the kernels are compared bit by bit
/// with that chain written out.
@Suite struct ProductTests {
    struct Shape: CustomTestStringConvertible {
        var m, n, k: Int
        var testDescription: String { "\(m)×\(k)·\(k)×\(n)" }
    }

    enum Start: CaseIterable { case zero, bias, accumulate }

    static let shapes = [
        Shape(m: 1, n: 1, k: 1), Shape(m: 1, n: 1, k: 0), Shape(m: 3, n: 40, k: 0), Shape(m: 1, n: 300, k: 70), Shape(m: 2, n: 131, k: 33),
        Shape(m: 3, n: 129, k: 600), Shape(m: 4, n: 97, k: 300), Shape(m: 5, n: 64, k: 31), Shape(m: 6, n: 33, k: 257),
        Shape(m: 7, n: 15, k: 9),
        Shape(m: 12, n: 16, k: 256), Shape(m: 13, n: 17, k: 255), Shape(m: 25, n: 200, k: 513), Shape(m: 64, n: 66, k: 40),
        Shape(m: 197, n: 35, k: 30), Shape(m: 200, n: 135, k: 17), Shape(m: 13, n: 290, k: 270),
    ]

    /// A dense matrix laid out anew with its rows and columns at given distances; what lies between is NaN.
    struct Matrix<Scalar: KernelScalar> {
        var rowStride, columnStride: Int
        var storage: [Scalar]

        init(_ rows: Int, _ columns: Int, _ values: [Scalar], layout: Int) {
            switch layout {
            case 0: (rowStride, columnStride) = (columns + 3, 1)
            case 1: (rowStride, columnStride) = (1, rows + 5)
            default: (rowStride, columnStride) = (2 * columns + 1, 2)
            }
            storage = [Scalar](repeating: .nan, count: rows * rowStride + columns * columnStride + 1)
            for i in 0..<rows { for j in 0..<columns { storage[i * rowStride + j * columnStride] = values[i * columns + j] } }
        }
    }

    /// One product in every layout of its operands, packed and not.
    static func check<Scalar: KernelScalar>(_ type: Scalar.Type, _ shape: Shape, _ start: Start, _ set: String) {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        var numbers = Numbers(UInt64(m * 31 + n * 7 + k))
        let a: [Scalar] = numbers.array(m * k), b: [Scalar] = numbers.array(k * n), bias: [Scalar] = numbers.array(n)
        // Two columns of c beyond the last must stay as they are.
        let stride = n + 2
        let before: [Scalar] = numbers.array(m * stride)
        var expected = before
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                for i in 0..<m {
                    for j in 0..<n {
                        let first = start == .zero ? 0 : start == .bias ? bias[j] : before[i * stride + j]
                        expected[i * stride + j] =
                            k == 0
                            ? first : .chain(first, k, a.baseAddress! + i * k, b.baseAddress! + j, n, fused: hasFusedProducts(set))
                    }
                }
            }
        }
        for layouts in 0..<9 {
            let left = Matrix(m, k, a, layout: layouts / 3), right = Matrix(k, n, b, layout: layouts % 3)
            let packed = unroll_allocate(unroll_packed_bytes(Scalar.tag, k, n))
            unroll_pack(Scalar.tag, k, n, right.storage, right.rowStride, right.columnStride, packed)
            var fromPacked = before, direct = before
            bias.withUnsafeBufferPointer { bias in
                let bias = start == .bias ? bias.baseAddress : nil
                unroll_product_packed(
                    Scalar.tag, m, n, k, left.storage, left.rowStride, left.columnStride, packed, bias, start == .accumulate, &fromPacked,
                    stride)
                unroll_product(
                    Scalar.tag, m, n, k, left.storage, left.rowStride, left.columnStride, right.storage, right.rowStride,
                    right.columnStride, bias,
                    start == .accumulate, &direct, stride)
            }
            unroll_release(packed, unroll_packed_bytes(Scalar.tag, k, n))
            #expect(fromPacked == expected, "\(set) \(type) \(shape.testDescription) layouts \(layouts), start \(start), packed")
            #expect(direct == expected, "\(set) \(type) \(shape.testDescription) layouts \(layouts), start \(start), not packed")
        }
    }

    @Test(arguments: shapes, Start.allCases)
    func everyElementIsSummedInOrder(_ shape: Shape, _ start: Start) {
        onEveryInstructionSet { set in
            Self.check(Float.self, shape, start, set)
            Self.check(Double.self, shape, start, set)
        }
    }

    /// Products that threads share in pieces of rows, in pieces of columns with many and with few rows, and that they need not share.
    static let sharedShapes = [
        Shape(m: 97, n: 530, k: 311), Shape(m: 501, n: 41, k: 603), Shape(m: 131, n: 2_090, k: 531), Shape(m: 20, n: 810, k: 203),
        Shape(m: 1, n: 1_500, k: 300), Shape(m: 9, n: 20, k: 40),
    ]

    @Test(arguments: sharedShapes)
    func threadsChangeNoBit(_ shape: Shape) {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        var numbers = Numbers(5)
        let a: [Float] = numbers.array(m * k), b: [Float] = numbers.array(k * n)
        onEveryInstructionSet { set in
            var expected: [Float]?
            for layouts in 0..<9 {
                let left = Matrix(m, k, a, layout: layouts / 3), right = Matrix(k, n, b, layout: layouts % 3)
                for threads in [1, 2, 3, 7] {
                    var c = [Float](repeating: 0, count: m * n)
                    KernelSettings.with(set, threads: threads) {
                        unroll_product(
                            UNROLL_FLOAT32, m, n, k, left.storage, left.rowStride, left.columnStride, right.storage, right.rowStride,
                            right.columnStride, nil, false, &c, n)
                    }
                    if let expected { #expect(c == expected, "\(set) layouts \(layouts), \(threads) threads") }
                    expected = expected ?? c
                }
            }
            for (i, j) in [(0, 0), (m - 1, n - 1), (m / 2, n / 3), (m / 3, n - 1)] {
                let chain = a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        Float.chain(0, k, a.baseAddress! + i * k, b.baseAddress! + j, n, fused: hasFusedProducts(set))
                    }
                }
                #expect(expected?[i * n + j] == chain, "\(set) element \(i), \(j)")
            }
        }
    }

    @Test func aRowAloneHasTheBitsItHasInABatch() {
        var numbers = Numbers(6)
        let (m, n, k) = (64, 200, 333)
        let a: [Float] = numbers.array(m * k), b: [Float] = numbers.array(k * n)
        onEveryInstructionSet { set in
            var whole = [Float](repeating: 0, count: m * n)
            unroll_product(UNROLL_FLOAT32, m, n, k, a, k, 1, b, n, 1, nil, false, &whole, n)
            for row in [0, 1, 31, 63] {
                var alone = [Float](repeating: 0, count: n)
                unroll_product(UNROLL_FLOAT32, 1, n, k, Array(a[row * k..<(row + 1) * k]), k, 1, b, n, 1, nil, false, &alone, n)
                #expect(alone == Array(whole[row * n..<(row + 1) * n]), "\(set)")
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3, 33])
    func batchedProductsAreThoseOfEachElement(_ batch: Int) {
        let (m, n, k) = (9, 40, 50)
        var numbers = Numbers(7)
        let a: [Double] = numbers.array(batch * m * k + 1), b: [Double] = numbers.array(batch * k * n + 1),
            before: [Double] = numbers.array(batch * m * n)
        onEveryInstructionSet { set in
            var c = before
            unroll_product_batched(UNROLL_FLOAT64, batch, m, n, k, a, m * k, 1, m, b, k * n, 1, k, true, &c, m * n, n)
            var expected = before
            for index in 0..<batch {
                var part = Array(before[index * m * n..<(index + 1) * m * n])
                unroll_product(
                    UNROLL_FLOAT64, m, n, k, Array(a[(index * m * k)...]), 1, m, Array(b[(index * k * n)...]), 1, k, nil, true, &part, n)
                expected.replaceSubrange(index * m * n..<(index + 1) * m * n, with: part)
            }
            #expect(c == expected, "\(set)")
        }
    }
}
