/// Everything that is wrong with a recipe, each problem with the place where it stands and what to do about it.
///
/// Problems come in the order of the file's lines, those of overrides last.
public struct RecipeError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What sort of problem it is.
    public enum Kind: Sendable, Equatable {
        /// The file cannot be opened, is not UTF-8, or is too large to be a recipe.
        case unreadable
        /// The text is not valid YAML.
        case syntax
        /// A key appears twice in one mapping.
        case duplicateKey
        /// A key that nothing reads.
        case unknownKey
        /// A key that must be there and is not.
        case missingKey
        /// A value of another type than the key asks for.
        case wrongType
        /// A word that is none of the valid choices.
        case invalidChoice
        /// A value of the right type that its owner refuses, such as a number out of its range.
        case invalidValue
        /// An override that cannot be applied.
        case invalidOverride
    }

    /// One problem and its place.
    public struct Problem: Error, CustomStringConvertible, Sendable, Equatable {
        /// What sort of problem it is.
        public let kind: Kind
        /// The file and its line (`recipe.yaml:12`), or the override (`--set training.steps=x`).
        public let place: String
        /// The line, counted from 1; none for overrides and unreadable files.
        public let line: Int?
        /// What is wrong and what to do, without the place.
        public let message: String

        /// The place, a colon, and the message.
        public var description: String { "\(place): \(message)" }
    }

    /// The problems, at least one.
    public let problems: [Problem]

    /// The kind of the first problem.
    public var kind: Kind { problems[0].kind }

    /// One line for each problem, twenty at most.
    public var description: String {
        var lines = problems.prefix(Self.shownProblems).map(\.description)
        if problems.count > Self.shownProblems {
            lines.append("… and \(problems.count - Self.shownProblems) more problems")
        }
        return lines.joined(separator: "\n")
    }

    static let shownProblems = 20

    init(_ problem: Problem) {
        problems = [problem]
    }

    init(sorting found: [Problem]) {
        precondition(!found.isEmpty, "an error needs a problem")
        // The index keeps problems of one line in the order in which they were found.
        problems = found.enumerated()
            .sorted { ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset) }
            .map(\.element)
    }
}
