import Foundation
import Testing
import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollApplications

@Suite("Answering questions") struct AnswererTests {
    static func answerer(_ configure: (inout MemoryNetworkConfiguration) -> Void = { _ in }) -> Answerer {
        var configuration = MemoryNetworkConfiguration()
        (configuration.embedding, configuration.memorySize, configuration.deviation) = (7, 3, 0.8)
        configure(&configuration)
        var counter = TokenCounter()
        counter.add(["mary", "john", "went", "to", "the", "garden", "office", "where", "is", "apple,milk"])
        return Answerer(
            QuestionAnsweringModel(
                configuration, words: Vocabulary(counter), answers: LabelSet(["garden", "office", "apple,milk"]), recipe: "drawn at random",
                key: RandomKey(seed: 1)))
    }

    private static let story = ["Mary went to the garden.", "John went to the office.", "Mary is there."]
    private static let questions = [
        ("Where is Mary?", story), ("Where is John?", Array(story.prefix(2))),
        ("Where is the tiger?", story + ["Mary went to the office."]),
    ]

    @Test(arguments: MemoryTying.allCases)
    func aQuestionIsTheSameAloneAndAmongOthers(_ tying: MemoryTying) throws {
        for content in MemoryContent.allCases {
            let answerer = Self.answerer { ($0.tying, $0.content) = (tying, content) }
            let together = try answerer.answers(to: Self.questions, best: 3)
            for (question, answer) in zip(Self.questions, together) {
                #expect(try answerer.answer(question.0, about: question.1, best: 3) == answer)
            }
        }
    }

    @Test func answersAreProbabilitiesWithWhatWasRead() throws {
        let answer = try Self.answerer().answer("Where is Mary?", about: Self.story, best: 100)
        #expect(answer.candidates.count == 10)
        #expect(abs(answer.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
        #expect(zip(answer.candidates, answer.candidates.dropFirst()).allSatisfy { $0.probability >= $1.probability })
        #expect((answer.answer, answer.probability) == (answer.candidates[0].answer, answer.candidates[0].probability))
        #expect(answer.hops.count == 3)
        for hop in answer.hops {
            #expect(abs(hop.weights.reduce(0, +) - 1) < 1e-5)
            let place = try #require(hop.place)
            #expect(hop.sentence == Self.story[place] && hop.weight == hop.weights.max() && hop.weights[place] == hop.weight)
        }
        #expect(answer.unknownWords == ["there"] && answer.forgottenSentences == 0)
    }

    @Test func unknownWordsAndForgottenSentencesAreTold() throws {
        let answer = try Self.answerer().answer("Where is the tiger, tiger?", about: ["A lion sat."] + Self.story)
        // The lion's sentence is no longer read.
        #expect(answer.unknownWords == ["there", "tiger"])
        #expect(answer.forgottenSentences == 1)
        #expect(answer.hops.allSatisfy { $0.weights.count == 4 && $0.weights[0] == 0 })
    }

    @Test func whatCannotBeAnsweredIsRefused() {
        let answerer = Self.answerer()
        #expect(throws: StoryError(kind: .emptyStory, place: 0)) { try answerer.answer("Where?", about: []) }
        #expect(throws: StoryError(kind: .emptyStory, place: 0)) { try answerer.answer("Where?", about: ["..."]) }
        #expect(throws: StoryError(kind: .emptyQuestion, place: 1)) {
            try answerer.answers(to: [("Where?", Self.story), ("?", Self.story)])
        }
    }

    @Test(arguments: SentenceEncoding.allCases)
    func aFileHoldsAllOfIt(_ encoding: SentenceEncoding) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-answerer-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        let answerer = Self.answerer { ($0.encoding, $0.content) = (encoding, .windows) }
        try answerer.model.write(to: url)
        let opened = try Answerer(contentsOf: url)
        #expect(opened.model.summary == answerer.model.summary)
        #expect(try opened.answers(to: Self.questions) == answerer.answers(to: Self.questions))
        #expect(try ModelKind.model(contentsOf: url) is QuestionAnsweringModel)
        #expect(throws: CheckpointError.self) { try Classifier(contentsOf: url) }
    }
}
