/// A sequence of vectors and the numbers that belong to it as a whole.
public struct NumberSequence: Sendable, Equatable {
    /// The vectors one after the other, `[time, features]`.
    public let values: [Float]
    /// Numbers of a vector.
    public let features: Int
    /// What is to be said of the sequence.
    public let targets: [Float]

    /// A sequence from its numbers.
    public init(values: [Float], features: Int, targets: [Float]) {
        precondition(features > 0 && values.count % features == 0, "\(values.count) numbers in vectors of \(features)")
        self.values = values
        self.features = features
        self.targets = targets
    }

    /// Steps.
    public var time: Int { values.count / features }

    /// The sequence as a line of a file: targets, a tab, vectors; blanks between targets and between vectors, commas inside a vector.
    public var line: String {
        let steps = (0..<time).map { step in
            values[step * features..<(step + 1) * features].map(\.description).joined(separator: ",")
        }
        return targets.map(\.description).joined(separator: " ") + "\t" + steps.joined(separator: " ")
    }

    /// Reads the sequences of a file, plain or gzip, one on each line as `line` writes it. Empty lines are passed over.
    ///
    /// - Throws: `CorpusError`, with the line: what `LineReader` throws; what is no number; vectors, or lists of targets, of different sizes.
    public static func read(_ path: String) throws -> [NumberSequence] {
        let table = try TableReader(path, columns: [("list of targets", 1), ("list of steps", 2)])
        var sequences: [NumberSequence] = []
        while let row = try table.next() {
            let sequence = try NumberSequence(targets: row[0], steps: row[1], features: sequences.first?.features) {
                table.failure(.malformed, $0)
            }
            if let first = sequences.first, first.targets.count != sequence.targets.count {
                throw table.failure(
                    .malformed,
                    "there are \(sequence.targets.count) targets where \(first.targets.count) were expected; each line has as many.")
            }
            sequences.append(sequence)
        }
        return sequences
    }

    /// Reads a line as `line` writes it.
    ///
    /// - Throws: `CorpusError` for a text that is no such line.
    public init(line: String) throws {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isBlank else { throw CorpusError(.malformed, "a sequence is \(Self.form).") }
        try self.init(targets: parts[0], steps: parts[1], features: nil) { CorpusError(.malformed, $0) }
    }

    private static let form = "targets, a tab, and steps such as 0.5,1 0.25,0"

    private init(targets: String, steps: String, features: Int?, failure: (String) -> CorpusError) throws {
        func number(_ text: Substring) throws -> Float {
            guard let value = Float(text), value.isFinite else {
                throw failure("'\(text.prefix(40))' is not a number; a line is \(Self.form).")
            }
            return value
        }
        let targets = try targets.split(separator: " ").map(number)
        let steps = try steps.split(separator: " ").map { try $0.split(separator: ",", omittingEmptySubsequences: false).map(number) }
        let features = features ?? steps[0].count
        if let step = steps.firstIndex(where: { $0.count != features }) {
            throw failure("step \(step + 1) has \(steps[step].count) numbers where \(features) were expected; each has as many.")
        }
        self.init(values: Array(steps.joined()), features: features, targets: targets)
    }
}
