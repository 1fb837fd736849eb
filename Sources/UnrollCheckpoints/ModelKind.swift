/// The kinds of model that a file can hold, by the names in its metadata.
public enum ModelKind: String, Sendable, CaseIterable {
    /// Text in, text out: `TranslationModel`.
    case translation = "sequence_to_sequence"
    /// What the next token is: `TextModel`.
    case language = "language_model"

    /// The kind in words.
    public var title: String {
        switch self {
        case .translation: "translation model"
        case .language: "language model"
        }
    }

    /// The command that uses such a model.
    public var command: String {
        switch self {
        case .translation: "translate"
        case .language: "generate"
        }
    }

    /// The metadata beside configuration and recipe that a model of this kind cannot do without.
    var parts: [ModelMetadata.Key] {
        switch self {
        case .translation: [.sourceCodec, .targetCodec]
        case .language: [.codec, .textUnit]
        }
    }
}
