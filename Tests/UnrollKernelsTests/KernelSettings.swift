import CUnrollKernels
import Foundation

/// The number of threads holds for the whole process, so tests that choose it take turns.
enum KernelSettings {
    private static let turn = NSRecursiveLock()

    /// Every instruction set that this processor can run.
    static let instructionSets: [String] = {
        var names: [String] = []
        onEveryInstructionSet { names.append($0) }
        return names
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
