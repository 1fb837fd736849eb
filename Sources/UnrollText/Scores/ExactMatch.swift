/// The share of lines that equal their reference, scalar by scalar: nothing is trimmed or normalised.
public struct ExactMatch: Sendable, Codable, Equatable, CustomStringConvertible {
    /// Lines that equal their reference.
    public private(set) var matches = 0
    /// All lines.
    public private(set) var total = 0

    /// The count of no line.
    public init() {}

    /// The count of lines against their references.
    ///
    /// - Throws: `TextError` where there is nothing to score or the numbers of lines differ.
    public init(of hypotheses: [String], against references: [String]) throws {
        try ScoredLines.checkCounts(hypotheses: hypotheses, references: [references])
        for (hypothesis, reference) in zip(hypotheses, references) { add(hypothesis, against: reference) }
    }

    /// Counts one more line, and tells whether it equals its reference.
    @discardableResult
    public mutating func add(_ hypothesis: String, against reference: String) -> Bool {
        let isEqual = hypothesis.hasSameBytes(as: reference)
        matches += isEqual ? 1 : 0
        total += 1
        return isEqual
    }

    /// The share of equal lines, from 0 to 1; 0 of no line.
    public var share: Double { total == 0 ? 0 : Double(matches) / Double(total) }

    /// The share and the number of lines, as `98.7% of 2000`.
    public var description: String { "\(ScoreSignature.fixed(100 * share, decimals: 1))% of \(total)" }
}
