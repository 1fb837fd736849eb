import Foundation

/// The lines of an input that are too long: each gets a warning and an empty line in its place, and the command fails at its end.
struct RefusedLines {
    private let input: String?
    private let unit: String
    private let advice: String
    private var numbers: [Int] = []

    /// - Parameters:
    ///   - input: the file; nil for standard input.
    ///   - unit: what lengths are counted in.
    ///   - advice: what to do about a line.
    init(input: String?, unit: String, advice: String) {
        (self.input, self.unit, self.advice) = (input, unit, advice)
    }

    /// Whether a line is short enough; else it is noted, with a warning.
    mutating func keeps(_ line: InputBatches.Line, length: Int, maximum: Int) -> Bool {
        guard length > maximum else { return true }
        Terminal.note("unroll: \(input ?? "standard input"):\(line.number): \(length) \(unit), at most \(maximum) are taken; \(advice)")
        numbers.append(line.number)
        return false
    }

    /// Whether a line was too long.
    func has(_ line: InputBatches.Line) -> Bool { numbers.last.map { $0 >= line.number } == true && numbers.contains(line.number) }

    /// - Throws: `Failure.Thrown` if a line was too long.
    func finish(_ done: String) throws {
        guard !numbers.isEmpty else { return }
        throw Failure.Thrown(code: EX_DATAERR, message: "\(numbers.count.counted("line")) too long to be \(done); left empty")
    }
}
