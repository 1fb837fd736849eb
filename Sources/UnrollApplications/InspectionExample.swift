import UnrollCheckpoints
import UnrollData

/// What a model is looked at with: an example of its kind. Where the right answer is left out, the model's own is taken for it.
public enum InspectionExample: Sendable, Equatable {
    /// A sentence, and its translation.
    case translation(source: String, target: String?)
    /// A piece of text.
    case text(String)
    /// A text, and its class.
    case classification(text: String, label: String?)
    /// The words of a sentence, and a tag for each.
    case tagging(words: [String], tags: [String]?)
    /// A sequence of vectors, and the numbers that belong to it.
    case regression(NumberSequence)
    /// An example of an algorithm.
    case algorithm(Algorithm, AlgorithmSequence)
    /// A sound, and its class.
    case sound(Sound, label: String?)
    /// The sentences of a story, a question about it, and the answer.
    case question(story: [String], question: String, answer: String?)

    /// The kind of model that reads such examples.
    public var kind: ModelKind {
        switch self {
        case .translation: .translation
        case .text: .language
        case .classification: .classification
        case .tagging: .tagging
        case .regression: .regression
        case .algorithm: .algorithm
        case .sound: .audio
        case .question: .questionAnswering
        }
    }
}

/// Why a model cannot be looked at with an example.
public struct InspectionError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What is wrong, and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
