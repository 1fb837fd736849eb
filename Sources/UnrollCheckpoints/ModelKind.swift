/// The kinds of model that a file can hold, by the names in its metadata.
public enum ModelKind: String, Sendable, CaseIterable {
    /// Text in, text out: `TranslationModel`.
    case translation = "sequence_to_sequence"
    /// What the next token is: `TextModel`.
    case language = "language_model"
    /// Which class a text belongs to: `ClassificationModel`.
    case classification = "sequence_classifier"
    /// A tag for each word: `TaggingModel`.
    case tagging = "sequence_tagger"
    /// Numbers of a sequence of vectors: `RegressionModel`.
    case regression = "sequence_regressor"
    /// What follows from a story: `QuestionAnsweringModel`.
    case questionAnswering = "memory_network"
    /// Which class a sound belongs to: `AudioModel`.
    case audio = "audio_classifier"
    /// What an algorithm says to what it is shown: `AlgorithmModel`.
    case algorithm = "algorithm_network"

    /// The kind in words.
    public var title: String {
        switch self {
        case .translation: "translation model"
        case .language: "language model"
        case .classification: "classifier"
        case .tagging: "tagger"
        case .regression: "regression model"
        case .questionAnswering: "question answering model"
        case .audio: "classifier of sounds"
        case .algorithm: "model of an algorithm"
        }
    }

    /// The command that uses such a model; for regression the one that measures it.
    public var command: String {
        switch self {
        case .translation: "translate"
        case .language: "generate"
        case .classification: "classify"
        case .tagging: "tag"
        case .regression: "evaluate"
        case .questionAnswering: "answer"
        case .audio: "classify"
        case .algorithm: "solve"
        }
    }

    /// The metadata beside configuration and recipe that a model of this kind cannot do without.
    var parts: [ModelMetadata.Key] {
        switch self {
        case .translation: [.sourceCodec, .targetCodec]
        case .language: [.codec, .textUnit]
        case .classification: [.codec, .labels]
        case .tagging: [.words, .characters, .labels]
        case .regression, .algorithm: [.features, .outputs]
        case .questionAnswering: [.words, .labels]
        case .audio: [.sampleRate, .labels]
        }
    }
}
