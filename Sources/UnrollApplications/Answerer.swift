import Foundation
import UnrollCheckpoints
import UnrollDecoding
import UnrollModels
import UnrollText

/// Answers questions about stories, with a memory network's file.
///
///     let answerer = try Answerer(contentsOf: url)
///     let result = try answerer.answer("Where is Mary?", about: ["Mary went to the garden.", "John went to the office."])
///     print(result.answer, result.hops[0].sentence ?? "")
///
/// An answerer never changes: any number of tasks may call it at once. A question comes out the same alone and among others.
public struct Answerer: Sendable {
    /// The model.
    public let model: QuestionAnsweringModel

    /// Opens a model file.
    ///
    /// - Parameter url: the file, as `unroll train` writes it.
    /// - Throws: `CheckpointError` for a file that cannot be read or answers no questions.
    public init(contentsOf url: URL) throws { self.init(try QuestionAnsweringModel(contentsOf: url)) }

    /// An answerer of an open model.
    public init(_ model: QuestionAnsweringModel) { self.model = model }

    /// The answer to one question.
    ///
    /// - Parameters:
    ///   - question: the question.
    ///   - story: the sentences that it is about, oldest first.
    ///   - best: how many answers are given.
    /// - Throws: `StoryError` for a story without a sentence, or a question without a word.
    public func answer(_ question: String, about story: [String], best: Int = 1) throws -> Answer {
        try answers(to: [(question, story)], best: best)[0]
    }

    /// The answers to several questions, in their order, computed together.
    ///
    /// - Throws: `StoryError`, with the place of the question. Nothing is answered then.
    public func answers(to questions: [(question: String, story: [String])], best: Int = 1) throws -> [Answer] {
        let asked = try questions.enumerated().map { place, asked in
            let question = model.tokens(of: asked.question)
            if question.isEmpty { throw StoryError(kind: .emptyQuestion, place: place) }
            let sentences = asked.story.map(model.tokens(of:))
            if sentences.allSatisfy(\.isEmpty) { throw StoryError(kind: .emptyStory, place: place) }
            return MemoryQuestion(sentences: sentences, question: question)
        }
        return zip(questions, model.predictions(of: asked, best: max(1, best))).map { asked, prediction in
            Answer(question: asked.question, story: asked.story, prediction, model)
        }
    }
}

/// What an answerer says to a question.
public struct Answer: Sendable, Codable, Equatable {
    /// An answer and its probability.
    public struct Candidate: Sendable, Codable, Equatable {
        /// The answer; several words are joined by commas.
        public let answer: String
        /// Its probability.
        public let probability: Double
    }

    /// What one reading of the memory looked at.
    public struct Hop: Sendable, Codable, Equatable {
        /// The sentence that was read most; nil where the memory was empty.
        public let sentence: String?
        /// Its place in the story, counted from 0.
        public let place: Int?
        /// Its weight.
        public let weight: Float
        /// The weight of each sentence of the story.
        public let weights: [Float]
    }

    /// The question.
    public let question: String
    /// Answers, likeliest first.
    public let candidates: [Candidate]
    /// What was read, hop by hop.
    public let hops: [Hop]
    /// Words of the question and of the sentences in the memory that the model does not know, each once, in their order: they say nothing to it.
    public let unknownWords: [String]
    /// How many of the story's sentences, the oldest ones, no longer fitted into the memory.
    public let forgottenSentences: Int

    init(question: String, story: [String], _ prediction: QuestionAnsweringModel.Prediction, _ model: QuestionAnsweringModel) {
        self.question = question
        candidates = prediction.answers.map { Candidate(answer: model.words.token(for: $0.token), probability: exp($0.logProbability)) }
        hops = prediction.hops.map { weights in
            let most = weights.indices.max { (weights[$0], $1) < (weights[$1], $0) }.flatMap { weights[$0] > 0 ? $0 : nil }
            return Hop(sentence: most.map { story[$0] }, place: most, weight: most.map { weights[$0] } ?? 0, weights: weights)
        }
        let configuration = model.network.configuration
        forgottenSentences = configuration.content == .sentences ? max(0, story.count - configuration.memorySize) : 0
        var unknown: [String] = []
        for text in story.dropFirst(forgottenSentences) + [question] {
            for word in SentenceWords.words(in: text) where model.words.id(of: word) == Vocabulary.unknown && !unknown.contains(word) {
                unknown.append(word)
            }
        }
        unknownWords = unknown
    }

    /// The likeliest answer.
    public var answer: String { candidates[0].answer }

    /// Its probability.
    public var probability: Double { candidates[0].probability }
}

/// A story or a question that nothing can be made of.
public struct StoryError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What is missing.
    public enum Kind: Sendable, Equatable {
        /// The story has no sentence with a word.
        case emptyStory
        /// The question has no word.
        case emptyQuestion
    }

    /// What is missing.
    public let kind: Kind
    /// The question's place among those given, counted from 0.
    public let place: Int

    /// What to do.
    public var description: String {
        switch kind {
        case .emptyStory: "question \(place + 1) is about a story without a sentence; tell at least one first"
        case .emptyQuestion: "question \(place + 1) has no word; ask something"
        }
    }
}
