import Foundation
import Unroll

/// What a model that does not translate reached on its test data.
struct ModelQuality {
    private let validation: Validation
    /// What the numbers are means over, `tokens`, and how many of them there were.
    private let counted: (name: String, count: Int)
    /// The errors of each kind of question, where questions were answered.
    private var tasks: [AnswerQuality.Task] = []

    /// Measures a model.
    ///
    /// - Parameters:
    ///   - model: any but a translation model.
    ///   - path: its file, for messages.
    ///   - data: the test data; where nil, the validation data of the model's recipe.
    ///   - sizes: of an algorithm's examples.
    init(_ model: any StoredModel, path: String, data: String?, sizes: AlgorithmSizes? = nil) throws {
        try sizes?.refuse(unless: model is AlgorithmModel, path)
        func recipe<Sections>(_ sections: (Recipe) -> Sections?) throws -> Sections {
            guard let found = sections(try Self.recipe(of: model, path)) else { throw Self.noData(path) }
            return found
        }
        switch model {
        case let model as TextModel:
            let pieces = try data.map { try model.unit.pieces(ofFile: $0) } ?? recipe(\.asLanguageModel).data.validationPieces()
            let tokens = model.codec.encode(pieces: pieces, unit: model.unit)
            validation = try model.validation(on: tokens)
            counted = ("tokens", tokens.count)
        case let model as ClassificationModel:
            let section = try recipe(\.asClassification).data
            let texts = try data.map(section.read) ?? section.testExamples()
            validation = try model.validation(on: texts)
            counted = ("texts", texts.count)
        case let model as TaggingModel:
            let section = try recipe(\.asTagging).data
            let sentences = try data.map(section.read) ?? section.sentences().validation
            validation = try model.validation(on: sentences)
            counted = ("words", sentences.reduce(0) { $0 + $1.words.count })
        case let model as RegressionModel:
            let sequences = try data.map(RegressionData.read) ?? recipe(\.asRegression).data.validationCorpus()
            validation = try model.validation(on: sequences)
            counted = ("sequences", sequences.count)
        case let model as QuestionAnsweringModel:
            let stories = try data.map(StoryData.read) ?? recipe(\.asQuestionAnswering).data.test()
            let quality = try model.quality(on: stories)
            (validation, tasks) = (quality.validation, quality.tasks)
            counted = ("questions", tasks.reduce(0) { $0 + $1.questions })
        case let model as AudioModel:
            let recordings = try data.map(AudioData.read) ?? recipe(\.asAudio).data.testExamples()
            validation = try model.validation(on: recordings)
            counted = ("recordings", recordings.count)
        case let model as AlgorithmModel:
            guard data == nil else {
                throw Failure.Thrown(code: EX_USAGE, message: "\(path): the examples of an algorithm are made; leave out --data")
            }
            let section = try recipe(\.asAlgorithm).data
            let sequences = try section.examples(stream: 3, of: sizes?.applied(to: section.algorithm) ?? section.algorithm)
            validation = try model.validation(on: sequences)
            counted = ("sequences", sequences.count)
        default: throw Self.noData(path)
        }
    }

    static func recipe(of model: any StoredModel, _ path: String) throws -> Recipe {
        do {
            return try RecipeDecoder().decode(Recipe.self, fromText: model.recipe, name: "the recipe in \(path)")
        } catch {
            throw noData(path)
        }
    }

    static func noData(_ path: String) -> Failure.Thrown {
        Failure.Thrown(code: EX_USAGE, message: "\(path): its recipe does not say what to measure it on; name the data with --data")
    }

    private var metrics: [Metric] { [Metric(.loss, validation.loss)] + validation.metrics }

    var text: String {
        let lines = metrics.map { metric in
            let value = metric.kind.isShare ? metric.value.asPercentage : metric.value.fixed(metric.kind.decimals)
            return "\(metric.kind.title) = \(value)"
        }
        return (table + lines + ["\(counted.name) = \(counted.count)"]).joined(separator: "\n")
    }

    /// A line for each kind of question; those that failed are marked.
    private var table: [String] {
        let width = tasks.map(\.name.count).max() ?? 0
        return tasks.map { task in
            let error = task.error.asPercentage
            return (task.isFailed ? "✗ " : "✓ ") + task.name.padding(toLength: width, withPad: " ", startingAt: 0)
                + String(repeating: " ", count: max(1, 8 - error.count)) + error + " of \(task.questions) wrong"
        }
    }

    func json() throws -> String { try ResultWriter.json(listing) }

    /// What `--json` prints.
    var listing: any Encodable {
        struct Listing: Encodable {
            struct Task: Encodable {
                let name: String
                let questions, wrong: Int
            }
            let numbers: [String: Double]
            let tasks: [Task]

            func encode(to encoder: any Encoder) throws {
                try numbers.encode(to: encoder)
                guard !tasks.isEmpty else { return }
                var values = encoder.container(keyedBy: Key.self)
                try values.encode(tasks, forKey: .tasks)
            }

            private enum Key: CodingKey {
                case tasks
            }
        }
        var numbers: [String: Double] = [counted.name: Double(counted.count)]
        for metric in metrics { numbers[metric.kind.rawValue] = metric.value }
        return Listing(numbers: numbers, tasks: tasks.map { .init(name: $0.name, questions: $0.questions, wrong: $0.wrong) })
    }
}

extension Recipe {
    var asTranslation: TranslationRecipe? { if case .translation(let recipe) = self { recipe } else { nil } }

    var asLanguageModel: LanguageModelRecipe? { if case .languageModel(let recipe) = self { recipe } else { nil } }

    var asClassification: ClassificationRecipe? { if case .classification(let recipe) = self { recipe } else { nil } }

    var asQuestionAnswering: QuestionAnsweringRecipe? {
        if case .questionAnswering(let recipe) = self { recipe } else { nil }
    }

    var asTagging: TaggingRecipe? { if case .tagging(let recipe) = self { recipe } else { nil } }

    var asAudio: AudioRecipe? { if case .audio(let recipe) = self { recipe } else { nil } }

    var asAlgorithm: AlgorithmRecipe? { if case .algorithm(let recipe) = self { recipe } else { nil } }

    var asRegression: RegressionRecipe? { if case .regression(let recipe) = self { recipe } else { nil } }
}
