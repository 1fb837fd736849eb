import Foundation
import Unroll

/// What the translations of lines begin with, from a file that goes along with them.
struct LinePrefixes {
    private let path: String
    private let lines: LineReader

    init(_ path: String) throws {
        self.path = path
        lines = try LineReader(path: path)
    }

    /// Those of the next lines.
    ///
    /// - Throws: where the file has fewer lines than the input, or one is too long to begin with.
    func next(_ count: Int, _ translator: Translator) throws -> [String] {
        var prefixes: [String] = []
        while prefixes.count < count {
            guard let prefix = try lines.next() else {
                throw wrong(
                    "has \(lines.lineNumber.counted("line")), and the input more; give each line one, empty where it begins with nothing")
            }
            do { try translator.checkPrefix(prefix) } catch {
                throw Failure.Thrown(
                    code: EX_DATAERR,
                    message:
                        "\(path):\(lines.lineNumber): \(error.tokenCount) tokens, and a translation can begin with at most \(error.maximum)"
                )
            }
            prefixes.append(prefix)
        }
        return prefixes
    }

    /// Throws where the file has more lines than the input.
    func checkEnd() throws {
        let count = lines.lineNumber
        if try lines.next() != nil { throw wrong("has more lines than the input, which has \(count)") }
    }

    private func wrong(_ message: String) -> Failure.Thrown { Failure.Thrown(code: EX_DATAERR, message: "\(path): \(message)") }
}
