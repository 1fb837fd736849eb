import CUnrollKernels
import Testing

/// Packed matrices give their columns back, to the bit, and are the same when they were packed a few panels at a time.
@Suite struct UnpackingTests {
    static let shapes = [(k: 1, n: 1), (3, 33), (170, 1), (257, 64), (31, 131), (12, 200), (0, 5)]

    /// The ways of packing: what a matrix takes, how it is packed, and how its columns come back.
    private struct Form<Scalar: KernelScalar> {
        let name: String
        let bytes: (_ k: Int, _ n: Int) -> Int
        let pack:
            (_ k: Int, _ n: Int, _ rows: UnsafePointer<Scalar>, _ scales: UnsafePointer<Scalar>, _ to: UnsafeMutableRawPointer) -> Void
        let unpack: (_ k: Int, _ columns: Range<Int>, _ from: UnsafeRawPointer, _ scales: UnsafePointer<Scalar>) -> [Scalar]

        private static func elements(_ count: Int, _ body: (UnsafeMutablePointer<Scalar>) -> Void) -> [Scalar] {
            // One more than none, so that there is an address.
            var result = [Scalar](repeating: 7, count: count + 1)
            result.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
            #expect(result[count] == 7)
            return Array(result.dropLast())
        }

        static var all: [Form] {
            let whole = Form(
                name: "whole", bytes: { unroll_packed_bytes(Scalar.tag, $0, $1) },
                pack: { k, n, rows, _, to in unroll_pack(Scalar.tag, k, n, rows, 1, k, to) },
                unpack: { k, columns, from, _ in
                    elements(k * columns.count) { unroll_unpack(Scalar.tag, k, columns.lowerBound, columns.count, from, $0) }
                })
            let narrow = [UNROLL_INT8, UNROLL_BFLOAT16].map { type in
                Form(
                    name: "\(type)", bytes: { unroll_packed_narrow_bytes(Scalar.tag, type, $0, $1) },
                    pack: { k, n, rows, scales, to in unroll_pack_narrow(Scalar.tag, type, k, n, rows, 1, k, scales, to) },
                    unpack: { k, columns, from, scales in
                        elements(k * columns.count) {
                            unroll_unpack_narrow(Scalar.tag, type, k, columns.lowerBound, columns.count, from, scales, $0)
                        }
                    })
            }
            let integers = Form(
                name: "integers", bytes: { unroll_packed_integer_bytes(Scalar.tag, $0, $1) },
                pack: { k, n, rows, scales, to in unroll_pack_integers(Scalar.tag, k, n, rows, 1, k, scales, to) },
                unpack: { k, columns, from, scales in
                    elements(k * columns.count) {
                        unroll_unpack_integers(Scalar.tag, k, columns.lowerBound, columns.count, from, scales, $0)
                    }
                })
            return [whole] + narrow + [integers]
        }
    }

    private static func check<Scalar: KernelScalar>(_ k: Int, _ n: Int, _ set: String, _: Scalar.Type) {
        var numbers = Numbers(UInt64(k * 31 + n))
        let scales: [Scalar] = (0..<n).map { $0 == 2 ? 0 : 0.0078125 }
        // Integers times a factor that is a power of two, of few enough bits for the upper half of a number: every form holds them exactly.
        let drawn: [Scalar] = numbers.array(k * n)
        let rows = drawn.indices.map { (drawn[$0] * 127).rounded(.toNearestOrEven) * scales[$0 / k] }
        for form in Form<Scalar>.all {
            let bytes = form.bytes(k, n)
            let packed: UnsafeMutableRawPointer = unroll_allocate(bytes), pieces: UnsafeMutableRawPointer = unroll_allocate(bytes)
            defer {
                unroll_release(packed, bytes)
                unroll_release(pieces, bytes)
            }
            KernelSettings.with(set, threads: 2) {
                (rows + [0]).withUnsafeBufferPointer { rows in
                    form.pack(k, n, rows.baseAddress!, scales, packed)
                    for first in stride(from: 0, to: n, by: 64) {
                        let place = pieces + form.bytes(k, first)
                        form.pack(k, min(64, n - first), rows.baseAddress! + first * k, Array(scales[first...]), place)
                    }
                }
                #expect(form.unpack(k, 0..<n, packed, scales) == rows, "\(set) \(form.name) \(k)×\(n)")
                let some = n / 3..<n - n / 4
                #expect(
                    form.unpack(k, some, packed, scales) == Array(rows[some.lowerBound * k..<some.upperBound * k]), "\(set) \(form.name)")
            }
            let (one, other) = (UnsafeRawBufferPointer(start: packed, count: bytes), UnsafeRawBufferPointer(start: pieces, count: bytes))
            #expect(one.elementsEqual(other), "\(set) \(form.name) \(k)×\(n) in pieces")
        }
    }

    @Test(arguments: shapes) func columnsComeBack(k: Int, n: Int) {
        onEveryInstructionSet { set in
            Self.check(k, n, set, Float.self)
            Self.check(k, n, set, Double.self)
        }
    }
}
