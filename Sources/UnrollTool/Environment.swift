import Foundation
import UnrollKernels

/// The environment variables that the kernels read at start-up, where nobody could be told of a mistake.
enum Environment {
    /// Throws if one of them was set to what cannot be had.
    static func check(_ variables: [String: String] = ProcessInfo.processInfo.environment) throws {
        if let text = variables["UNROLL_THREADS"], !(Int(text).map { (1...1_024).contains($0) } ?? false) {
            throw failure("UNROLL_THREADS is '\(text)', which is no number of threads from 1 to 1024; change it, or unset it")
        }
        if let name = variables["UNROLL_INSTRUCTIONS"], name != Processor.instructionSet {
            throw failure(
                "UNROLL_INSTRUCTIONS is '\(name)', which this processor or build does not have; "
                    + "unset it for the best one here, \(Processor.instructionSet)")
        }
    }

    private static func failure(_ message: String) -> Failure.Thrown {
        Failure.Thrown(code: EX_USAGE, message: message)
    }
}
