import Foundation
import Unroll

/// Which example a model is looked at with: a text, or one of a file, or one of the recipe's validation data.
struct ExampleChoice {
    let text: String?
    let target: String?
    let data: String?
    /// The example's number among those of the data, counted from 1.
    let number: Int
    /// The size of an algorithm's example.
    let sizes: AlgorithmSizes

    /// Characters that are taken of a text that is one piece, from which a model could read on and on.
    private static let stretch = 100

    /// The example for a model.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - path: its file, for messages.
    func example(for model: any StoredModel, path: String) throws -> InspectionExample {
        try sizes.refuse(unless: model is AlgorithmModel, path)
        if let text { return try example(of: text, for: model) }
        func recipe<Sections>(_ sections: (Recipe) -> Sections?) throws -> Sections {
            guard let found = sections(try ModelQuality.recipe(of: model, path)) else { throw ModelQuality.noData(path) }
            return found
        }
        switch model {
        case is TranslationModel:
            guard data == nil else {
                throw Failure.Thrown(
                    code: EX_USAGE,
                    message: "\(path): holds a translation model; give it a sentence with --text, and its translation with --target")
            }
            let pair = try chosen(recipe(\.asTranslation).data.validationPairs(limit: number))
            return .translation(source: pair.source, target: pair.target)
        case let model as TextModel:
            let pieces = try data.map { try model.unit.pieces(ofFile: $0) } ?? recipe(\.asLanguageModel).data.validationPieces()
            return .text(try piece(of: pieces, model))
        case is ClassificationModel:
            let section = try recipe(\.asClassification).data
            let found = try chosen(data.map(section.read) ?? section.examples().validation)
            return .classification(text: found.text, label: found.label)
        case is TaggingModel:
            let section = try recipe(\.asTagging).data
            let found = try chosen(data.map(section.read) ?? section.sentences().validation)
            return .tagging(words: found.words, tags: found.tags)
        case is RegressionModel:
            let corpus = try data.map(RegressionData.read) ?? recipe(\.asRegression).data.validationCorpus()
            guard number <= corpus.count else { throw absent(corpus.count) }
            return .regression(corpus[number - 1])
        case is AlgorithmModel:
            guard data == nil else { throw Self.algorithmIsMade }
            let section = try recipe(\.asAlgorithm).data
            let algorithm = try sizes.applied(to: section.algorithm)
            return .algorithm(algorithm, try AlgorithmGenerator(seed: section.seed, algorithm).sequence(number - 1, stream: 3))
        case is QuestionAnsweringModel:
            let section = try recipe(\.asQuestionAnswering).data
            let tasks = try data.map { try StoryData.read($0) } ?? section.parts().validation
            return try question(of: tasks)
        case let model as AudioModel:
            let section = try recipe(\.asAudio).data
            let recording = try chosen(data.map(AudioData.read) ?? section.examples().validation)
            return .sound(Sound(samples: recording.samples, rate: model.sampleRate), label: recording.label)
        default: throw ModelQuality.noData(path)
        }
    }

    private func example(of text: String, for model: any StoredModel) throws -> InspectionExample {
        switch type(of: model).kind {
        case .translation: return .translation(source: text, target: target)
        case .language:
            guard target == nil else {
                throw Failure.Thrown(code: EX_USAGE, message: "a language model's targets are the text's own tokens; leave out --target")
            }
            return .text(text)
        case .classification: return .classification(text: text, label: target)
        case .tagging: return .tagging(words: Self.words(of: text), tags: target.map(Self.words))
        case .regression: return .regression(try NumberSequence(line: target.map { "\($0)\t\(text)" } ?? text))
        case .audio: return .sound(try Sound(contentsOf: text), label: target)
        case .algorithm: throw Self.algorithmIsMade
        case .questionAnswering:
            var lines = text.split(separator: "\n").map { StoryLine(String($0)) }.filter { !$0.text.isEmpty }
            guard let asked = lines.popLast(), asked.isQuestion else {
                throw Failure.Thrown(
                    code: EX_USAGE, message: "the last line of --text should be a question about the lines before it, and end with '?'")
            }
            let story = lines.filter { !$0.isQuestion }.map(\.text)
            return .question(story: story, question: asked.text, answer: target ?? asked.answer)
        }
    }

    private static var algorithmIsMade: Failure.Thrown {
        Failure.Thrown(
            code: EX_USAGE,
            message: "the examples of an algorithm are made; choose one with --example, and its size with --length and its like")
    }

    private static func words(of text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

    /// The line of that number; of a whole text the stretch of it.
    private func piece(of pieces: [String], _ model: TextModel) throws -> String {
        guard model.unit == .text else { return try chosen(pieces) }
        var stretch = Self.stretch
        if case .transformer(let network) = model.network { stretch = min(stretch, network.configuration.context) }
        let scalars = Array(pieces.joined().unicodeScalars)
        guard (number - 1) * stretch < scalars.count else { throw absent((scalars.count + stretch - 1) / stretch) }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[(number - 1) * stretch..<min(number * stretch, scalars.count)])
        return String(view)
    }

    private func chosen<Example>(_ examples: [Example]) throws -> Example {
        guard number <= examples.count else { throw absent(examples.count) }
        return examples[number - 1]
    }

    /// The question of that number among those of all tasks, with the sentences before it.
    private func question(of tasks: [StoryTask]) throws -> InspectionExample {
        let stories = tasks.flatMap(\.stories)
        let all = stories.flatMap { story in story.questions.map { (story, $0) } }
        let (story, question) = try chosen(all)
        return .question(
            story: Array(story.sentences.prefix(question.sentenceCount)), question: question.text, answer: question.answer)
    }

    private func absent(_ count: Int) -> Failure.Thrown {
        Failure.Thrown(
            code: EX_DATAERR, message: "\(data ?? "the recipe's validation data"): there is no example \(number); there are \(count)")
    }
}
