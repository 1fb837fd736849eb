/// A whole experiment: data, text, model and training. Written in YAML; stored in the model file that it leads to.
///
/// The key `task` says which sections and keys there are: each task has a recipe type of its own.
public enum Recipe: Codable, Sendable, Equatable {
    /// Text in, text out.
    case translation(TranslationRecipe)
    /// What the next token is.
    case languageModel(LanguageModelRecipe)
    /// Which class a text belongs to.
    case classification(ClassificationRecipe)
    /// A tag for each word.
    case tagging(TaggingRecipe)
    /// Numbers of a sequence of vectors.
    case regression(RegressionRecipe)
    /// What follows from a story.
    case questionAnswering(QuestionAnsweringRecipe)
    /// Which class a sound belongs to.
    case audio(AudioRecipe)
    /// What an algorithm says to what it is shown.
    case algorithm(AlgorithmRecipe)

    /// The tasks that can be learnt, as the key `task` names them.
    public enum Task: String, Codable, Sendable, CaseIterable, DecidesTheRest {
        /// Text in, text out.
        case translation
        /// What the next token is.
        case languageModel = "language_model"
        /// Which class a text belongs to.
        case classification
        /// A tag for each word.
        case tagging
        /// Numbers of a sequence of vectors.
        case regression
        /// What follows from a story.
        case questionAnswering = "question_answering"
        /// Which class a sound belongs to.
        case audio
        /// What an algorithm says to what it is shown.
        case algorithm
    }

    private enum CodingKeys: CodingKey {
        case task
    }

    /// What is learnt.
    public var task: Task {
        switch self {
        case .translation: .translation
        case .languageModel: .languageModel
        case .classification: .classification
        case .tagging: .tagging
        case .regression: .regression
        case .questionAnswering: .questionAnswering
        case .audio: .audio
        case .algorithm: .algorithm
        }
    }

    private var sections: any Encodable {
        switch self {
        case .translation(let recipe): recipe
        case .languageModel(let recipe): recipe
        case .classification(let recipe): recipe
        case .tagging(let recipe): recipe
        case .regression(let recipe): recipe
        case .questionAnswering(let recipe): recipe
        case .audio(let recipe): recipe
        case .algorithm(let recipe): recipe
        }
    }

    /// Reads the task, and then the sections that it has.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Task.self, forKey: .task) {
        case .translation: self = .translation(try TranslationRecipe(from: decoder))
        case .languageModel: self = .languageModel(try LanguageModelRecipe(from: decoder))
        case .classification: self = .classification(try ClassificationRecipe(from: decoder))
        case .tagging: self = .tagging(try TaggingRecipe(from: decoder))
        case .regression: self = .regression(try RegressionRecipe(from: decoder))
        case .questionAnswering: self = .questionAnswering(try QuestionAnsweringRecipe(from: decoder))
        case .audio: self = .audio(try AudioRecipe(from: decoder))
        case .algorithm: self = .algorithm(try AlgorithmRecipe(from: decoder))
        }
    }

    /// Writes the task and all sections with all of their keys.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(task, forKey: .task)
        try sections.encode(to: encoder)
    }

    /// Reads the data, learns vocabularies and draws the network.
    ///
    /// - Throws: `CorpusError` for data that cannot be used; `RecipeError` if the recipe cannot be written back as text, or its network would not
    ///   fit into the machine.
    public func prepared() throws -> any PreparedTraining {
        switch self {
        case .translation(let recipe): try PreparedTranslation(recipe)
        case .languageModel(let recipe): try PreparedLanguageModel(recipe)
        case .classification(let recipe): try PreparedClassification(recipe)
        case .tagging(let recipe): try PreparedTagging(recipe)
        case .regression(let recipe): try PreparedRegression(recipe)
        case .questionAnswering(let recipe): try PreparedQuestionAnswering(recipe)
        case .audio(let recipe): try PreparedAudio(recipe)
        case .algorithm(let recipe): try PreparedAlgorithm(recipe)
        }
    }
}
