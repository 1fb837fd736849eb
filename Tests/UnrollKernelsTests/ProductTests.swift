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
        Shape(m: 3, n: 129, k: 600), Shape(m: 4, n: 97, k: 300), Shape(m: 5, n: 64, k: 31), Shape(m: 6, n: 33, k: 257), Shape(m: 7, n: 15, k: 9),
        Shape(m: 12, n: 16, k: 256), Shape(m: 13, n: 17, k: 255), Shape(m: 25, n: 200, k: 513), Shape(m: 64, n: 66, k: 40),
        Shape(m: 197, n: 35, k: 30), Shape(m: 210, n: 290, k: 270),
    ]

    /// A matrix with its rows and columns at given distances; what lies between is NaN.
    struct Matrix<Scalar: KernelScalar> {
        var rows, columns, rowStride, columnStride: Int
        var storage: [Scalar]

        init(_ rows: Int, _ columns: Int, layout: Int, numbers: inout Numbers) {
            self.rows = rows
            self.columns = columns
            switch layout {
            case 0: (rowStride, columnStride) = (columns + 3, 1)
            case 1: (rowStride, columnStride) = (1, rows + 5)
            default: (rowStride, columnStride) = (2 * columns + 1, 2)
            }
            storage = [Scalar](repeating: .nan, count: rows * rowStride + columns * columnStride + 1)
            for i in 0 ..< rows { for j in 0 ..< columns { self[i, j] = Scalar(numbers.next()) } }
        }

        subscript(i: Int, j: Int) -> Scalar {
            get { storage[i * rowStride + j * columnStride] }
            set { storage[i * rowStride + j * columnStride] = newValue }
        }
    }

    static func expected<Scalar: KernelScalar>(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>, start: (Int, Int) -> Scalar, fused: Bool) -> [Scalar] {
        var c: [Scalar] = []
        for i in 0 ..< a.rows {
            for j in 0 ..< b.columns {
                var sum = start(i, j)
                for k in 0 ..< a.columns { sum = fused ? sum.addingProduct(a[i, k], b[k, j]) : sum + a[i, k] * b[k, j] }
                c.append(sum)
            }
        }
        return c
    }

    static func check<Scalar: KernelScalar>(_ type: Scalar.Type, _ shape: Shape, _ aLayout: Int, _ bLayout: Int, _ start: Start, _ set: String) {
        var numbers = Numbers(UInt64(shape.m * 31 + shape.n * 7 + shape.k))
        let a = Matrix<Scalar>(shape.m, shape.k, layout: aLayout, numbers: &numbers)
        let b = Matrix<Scalar>(shape.k, shape.n, layout: bLayout, numbers: &numbers)
        let bias: [Scalar] = numbers.array(shape.n)
        let stride = shape.n + 2
        let before: [Scalar] = numbers.array(shape.m * stride)
        let reference = expected(
            a, b,
            start: { i, j in
                switch start {
                case .zero: 0
                case .bias: bias[j]
                case .accumulate: before[i * stride + j]
                }
            }, fused: hasFusedProducts(set))

        let packed = unroll_allocate(unroll_packed_bytes(Scalar.tag, shape.k, shape.n))
        defer { unroll_release(packed, unroll_packed_bytes(Scalar.tag, shape.k, shape.n)) }
        unroll_pack(Scalar.tag, shape.k, shape.n, b.storage, b.rowStride, b.columnStride, packed)
        for isPacked in [true, false] {
            var c = before
            let accumulate = start == .accumulate
            bias.withUnsafeBufferPointer { pointer in
                let biasPointer = start == .bias ? pointer.baseAddress : nil
                if isPacked {
                    unroll_product_packed(
                        Scalar.tag, shape.m, shape.n, shape.k, a.storage, a.rowStride, a.columnStride, packed, biasPointer, accumulate, &c, stride)
                } else {
                    unroll_product(
                        Scalar.tag, shape.m, shape.n, shape.k, a.storage, a.rowStride, a.columnStride, b.storage, b.rowStride, b.columnStride,
                        biasPointer, accumulate, &c, stride)
                }
            }
            var wrong = 0
            for i in 0 ..< shape.m {
                for j in 0 ..< stride {
                    let wanted = j < shape.n ? reference[i * shape.n + j] : before[i * stride + j]
                    if c[i * stride + j] != wanted { wrong += 1 }
                }
            }
            #expect(wrong == 0, "\(set) \(type) \(shape) layouts \(aLayout) \(bLayout), start \(start), packed \(isPacked)")
        }
    }

    @Test(arguments: shapes)
    func everyElementIsSummedInOrder(_ shape: Shape) {
        onEveryInstructionSet { set in
            for aLayout in 0 ..< 3 {
                for bLayout in 0 ..< 3 {
                    let start = Start.allCases[(aLayout + bLayout) % 3]
                    Self.check(Float.self, shape, aLayout, bLayout, start, set)
                    Self.check(Double.self, shape, aLayout, bLayout, start, set)
                }
            }
        }
    }

    @Test func threadsChangeNoBit() {
        var numbers = Numbers(5)
        let (m, n, k) = (97, 530, 311)
        let a: [Float] = numbers.array(m * k), b: [Float] = numbers.array(k * n)
        let threads = unroll_threads()
        defer { unroll_set_threads(threads) }
        onEveryInstructionSet { set in
            var results: [[Float]] = []
            for count in [1, 2, 3, 4, 7] {
                unroll_set_threads(count)
                var c = [Float](repeating: 0, count: m * n)
                unroll_product(UNROLL_FLOAT32, m, n, k, a, k, 1, b, n, 1, nil, false, &c, n)
                results.append(c)
            }
            for result in results { #expect(result == results[0], "\(set)") }
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
                unroll_product(UNROLL_FLOAT32, 1, n, k, Array(a[row * k ..< (row + 1) * k]), k, 1, b, n, 1, nil, false, &alone, n)
                #expect(alone == Array(whole[row * n ..< (row + 1) * n]), "\(set)")
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3, 33])
    func batchedProductsAreThoseOfEachElement(_ batch: Int) {
        let (m, n, k) = (9, 40, 50)
        var numbers = Numbers(7)
        let a: [Double] = numbers.array(batch * m * k + 1), b: [Double] = numbers.array(batch * k * n + 1), before: [Double] = numbers.array(batch * m * n)
        onEveryInstructionSet { set in
            var c = before
            unroll_product_batched(UNROLL_FLOAT64, batch, m, n, k, a, m * k, 1, m, b, k * n, 1, k, true, &c, m * n, n)
            var expected = before
            for index in 0 ..< batch {
                var part = Array(before[index * m * n ..< (index + 1) * m * n])
                unroll_product(
                    UNROLL_FLOAT64, m, n, k, Array(a[(index * m * k)...]), 1, m, Array(b[(index * k * n)...]), 1, k, nil, true, &part, n)
                expected.replaceSubrange(index * m * n ..< (index + 1) * m * n, with: part)
            }
            #expect(c == expected, "\(set)")
        }
    }
}
