import CUnrollKernels
import Foundation

/// A scalar type that the kernels are compiled for.
protocol KernelScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    static var tag: unroll_scalar { get }
}

extension Float: KernelScalar {
    static var tag: unroll_scalar { UNROLL_FLOAT32 }
}

extension Double: KernelScalar {
    static var tag: unroll_scalar { UNROLL_FLOAT64 }
}

/// The instruction set and the number of threads hold for the whole process, so tests that choose them take turns.
enum KernelSettings {
    private static let turn = NSRecursiveLock()

    /// Every instruction set that this processor can run.
    static let instructionSets: [String] = {
        turn.lock()
        defer { turn.unlock() }
        let current = String(cString: unroll_instruction_set())
        defer { _ = unroll_select_instruction_set(current) }
        return ["portable", "avx2", "avx512", "neon"].filter { unroll_select_instruction_set($0) }
    }()

    /// Runs `body` under an instruction set (the best one if nil) and a number of threads, then restores both.
    static func with<Result>(_ instructions: String? = nil, threads: Int = 2, _ body: () throws -> Result) rethrows -> Result {
        turn.lock()
        defer { turn.unlock() }
        let previous = (String(cString: unroll_instruction_set()), unroll_threads())
        defer {
            _ = unroll_select_instruction_set(previous.0)
            unroll_set_threads(previous.1)
        }
        if let instructions { _ = unroll_select_instruction_set(instructions) }
        unroll_set_threads(threads)
        return try body()
    }
}
