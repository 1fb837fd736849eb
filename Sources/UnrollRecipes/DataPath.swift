import Foundation

extension String {
    /// The path that a recipe's path stands for: `$UNROLL_DATA` at its start is the folder that the environment variable names, or
    /// `../shared/data` without it.
    var asDataPath: String {
        let variable = "$UNROLL_DATA"
        guard hasPrefix(variable) else { return self }
        return (ProcessInfo.processInfo.environment["UNROLL_DATA"] ?? "../shared/data") + dropFirst(variable.count)
    }
}
