import CUnrollKernels

/// A scalar that kernels know.
protocol KernelScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    static var tag: unroll_scalar { get }
    /// The largest relative error that a function of one element may have.
    static var tolerance: Double { get }
    /// start + Σ a[i] · b[i · stride] in the order of i. Written for each scalar: the generic form is a hundred times slower in a debug build.
    static func chain(_ start: Self, _ count: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ stride: Int, fused: Bool) -> Self
}

extension Float: KernelScalar {
    static var tag: unroll_scalar { UNROLL_FLOAT32 }
    static var tolerance: Double { 3e-7 }

    static func chain(_ start: Float, _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ stride: Int, fused: Bool)
        -> Float
    {
        var sum = start, i = 0
        while i < count {
            sum = fused ? sum.addingProduct(a[i], b[i &* stride]) : sum + a[i] * b[i &* stride]
            i &+= 1
        }
        return sum
    }
}

extension Double: KernelScalar {
    static var tag: unroll_scalar { UNROLL_FLOAT64 }
    static var tolerance: Double { 1.5e-15 }

    static func chain(_ start: Double, _ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ stride: Int, fused: Bool)
        -> Double
    {
        var sum = start, i = 0
        while i < count {
            sum = fused ? sum.addingProduct(a[i], b[i &* stride]) : sum + a[i] * b[i &* stride]
            i &+= 1
        }
        return sum
    }
}

/// Runs the body under every instruction set that this processor has.
func onEveryInstructionSet(_ body: (_ name: String) throws -> Void) rethrows {
    let before = String(cString: unroll_instruction_set())
    defer { _ = unroll_select_instruction_set(before) }
    for name in ["portable", "avx2", "avx512", "neon"] where unroll_select_instruction_set(name) {
        try body(name)
    }
}

/// Whether products under this set round once per product and sum.
func hasFusedProducts(_ name: String) -> Bool { name != "portable" }

/// A repeatable sequence of numbers in −1 … 1.
struct Numbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(Int64(bitPattern: state)) / 9.3e18
    }

    mutating func array<Scalar: KernelScalar>(_ count: Int, scale: Double = 1, of type: Scalar.Type = Scalar.self) -> [Scalar] {
        (0..<count).map { _ in Scalar(next() * scale) }
    }
}

/// Counts on both sides of every vector width, and one beyond the threshold at which threads share work.
let awkwardCounts = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 129, 1000, 40_003]
