import CUnrollKernels
import Testing

/// A product with a matrix of fewer bits is compared, bit by bit, with that of the rounded matrix.
@Suite struct NarrowTests {
    static let shapes = [
        ProductTests.Shape(m: 1, n: 1, k: 1), .init(m: 1, n: 300, k: 170), .init(m: 3, n: 33, k: 1), .init(m: 2, n: 131, k: 0),
        .init(m: 5, n: 64, k: 257), .init(m: 13, n: 290, k: 270), .init(m: 97, n: 130, k: 140), .init(m: 201, n: 41, k: 203),
    ]

    /// The nearest number of the type, as the kernels' documentation has it.
    static func rounded<Scalar: KernelScalar>(_ x: Scalar, _ type: unroll_narrow, scale: Scalar) -> Scalar {
        if type == UNROLL_INT8 {
            return scale > 0 ? min(max((x / scale).rounded(.toNearestOrEven), -127), 127) * scale : 0
        }
        let bits = Float(x).bitPattern
        return Scalar(Float(bitPattern: ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) << 16))
    }

    static func check<Scalar: KernelScalar>(_ shape: ProductTests.Shape, _ type: unroll_narrow, _ set: String, _: Scalar.Type) {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        var numbers = Numbers(UInt64(m * 31 + n * 7 + k))
        let a: [Scalar] = numbers.array(m * k), bias: [Scalar] = numbers.array(n), before: [Scalar] = numbers.array(m * n)
        let b: [Scalar] = numbers.array(k * n)
        // One column of zeros, whose scale is zero too; one that is cut off at 127 scales.
        let scales: [Scalar] = (0..<n).map { $0 == 2 ? 0 : $0 == 3 ? 0.004 : 0.008 }
        let near = b.indices.map { rounded(b[$0], type, scale: scales[$0 % n]) }
        let isByte = type == UNROLL_INT8
        for accumulates in [false, true] {
            var expected = before
            unroll_product(Scalar.tag, m, n, k, a, k, 1, near, n, 1, accumulates ? nil : bias, accumulates, &expected, n)
            for layout in 0..<3 {
                let right = ProductTests.Matrix(k, n, b, layout: layout)
                let bytes = unroll_packed_narrow_bytes(Scalar.tag, type, k, n)
                let packed = unroll_allocate(bytes)
                defer { unroll_release(packed, bytes) }
                scales.withUnsafeBufferPointer { scales in
                    let scales = isByte ? scales.baseAddress : nil
                    unroll_pack_narrow(Scalar.tag, type, k, n, right.storage, right.rowStride, right.columnStride, scales, packed)
                    for threads in [1, 3] {
                        var c = before
                        KernelSettings.with(set, threads: threads) {
                            unroll_product_narrow(
                                Scalar.tag, type, m, n, k, a, k, 1, packed, scales, accumulates ? nil : bias, accumulates, &c, n)
                        }
                        #expect(c == expected, "\(set) \(shape.testDescription) layout \(layout), \(threads) threads")
                    }
                }
            }
        }
    }

    @Test(arguments: shapes, [UNROLL_INT8, UNROLL_BFLOAT16])
    func productsAreThoseOfTheRoundedMatrix(_ shape: ProductTests.Shape, _ type: unroll_narrow) {
        onEveryInstructionSet { set in
            Self.check(shape, type, set, Float.self)
            Self.check(shape, type, set, Double.self)
        }
    }

    @Test func roundingGoesToTheNearestAndToTheEvenOne() {
        let values: [Float] = [1, 1.00390625, 1.01171875, -2.5, 65_504, Float(bitPattern: 0x116c2), .infinity, 0]
        let packed = unroll_allocate(unroll_packed_narrow_bytes(UNROLL_FLOAT32, UNROLL_BFLOAT16, 1, values.count))
        defer { unroll_release(packed, unroll_packed_narrow_bytes(UNROLL_FLOAT32, UNROLL_BFLOAT16, 1, values.count)) }
        unroll_pack_narrow(UNROLL_FLOAT32, UNROLL_BFLOAT16, 1, values.count, values, values.count, 1, nil, packed)
        let halves = (0..<values.count).map { packed!.load(fromByteOffset: 2 * $0, as: UInt16.self) }
        #expect(
            halves.map { Float(bitPattern: UInt32($0) << 16) } == [1, 1, 1.015625, -2.5, 65_536, Float(bitPattern: 0x10000), .infinity, 0])
    }
}
