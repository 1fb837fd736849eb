/// The files that a score compares line by line.
enum ScoredLines {
    /// Checks that there is something to score and that every reference file has a line for each hypothesis.
    static func checkCounts(hypotheses: [String], references: [[String]]) throws {
        guard !hypotheses.isEmpty else {
            throw TextError(.nothingToScore, "there is no hypothesis to score; the file of hypotheses is empty")
        }
        guard !references.isEmpty else {
            throw TextError(.nothingToScore, "there is no reference to score against; give at least one file")
        }
        for (index, lines) in references.enumerated() where lines.count != hypotheses.count {
            throw TextError(
                .unequalLineCounts,
                "there are \(hypotheses.count) hypotheses, but reference \(index + 1) of \(references.count) has \(lines.count) lines; "
                    + "line n of each must belong to the same sentence")
        }
    }
}
