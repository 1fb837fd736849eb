import Foundation
import Testing
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollApplications

@Suite("Looking inside a memory network") struct QuestionInspectionTests {
    private static let story = ["Mary went to the garden.", "John went to the office."]
    private static let example = InspectionExample.question(story: story, question: "Where is Mary?", answer: "Garden")

    @Test(arguments: MemoryTying.allCases, SentenceEncoding.allCases)
    func hopsAreTheStepsOfARecurrence(_ tying: MemoryTying, _ encoding: SentenceEncoding) throws {
        let model = AnswererTests.answerer { ($0.tying, $0.encoding, $0.temporal) = (tying, encoding, tying == .adjacent) }.model
        let inspection = try Inspector(model).inspect(Self.example)
        let recurrence = try #require(inspection.recurrences.first)
        #expect(inspection.recurrences.count == 1 && recurrence.name == "hops" && recurrence.gates.isEmpty)
        let state = try #require(recurrence.states.first)
        #expect(state.values.count == 4 && state.values[0].count == 7)
        #expect(state.gradientNorms.count == 4 && state.gradientNorms.allSatisfy { $0 > 0 })
        #expect(inspection.sequences == [.init("story", Self.story), .init("hops", ["question", "1", "2", "3"])])
        #expect(inspection.graph.walks.map(\.sharesWeights) == [tying == .layerWise])
        // What meets the output layer is the last state: its gradient is that of the loss alone.
        let question = MemoryQuestion(sentences: Self.story.map(model.tokens(of:)), question: model.tokens(of: "Where is Mary?"))
        let (last, _) = model.network(model.network.batch([question]), .inference())
        #expect(last.floats == state.values[3])
        let tape = Tape()
        let watched = tape.watch(last)
        let loss = model.network.loss(
            watched, answers: [try #require(model.token(ofAnswer: "garden"))],
            Context(tape: tape, isTraining: false, key: RandomKey(seed: 0)))
        let expected = try #require(tape.gradients(of: loss)[watched]).sumOfSquares.squareRoot()
        #expect(abs(state.gradientNorms[3] - expected) < 1e-5 * expected)
        #expect(abs(inspection.loss - loss.scalar) < 1e-5)
    }

    @Test func whatWasReadAndAnsweredIsThatOfTheAnswerer() throws {
        let answerer = AnswererTests.answerer { $0.deviation = 0.2 }
        let said = try answerer.answer("Where is Mary?", about: Self.story, best: 8)
        let inspection = try Inspector(answerer.model).inspect(.question(story: Self.story, question: "Where is Mary?", answer: nil))
        #expect(inspection.targetIsOwn && inspection.target == said.answer)
        #expect(inspection.candidates == said.candidates.map { .init(answer: $0.answer, probability: $0.probability) })
        #expect(inspection.attention.map(\.alignment.weights) == [said.hops.map(\.weights)])
        // One of the three slots is empty, and has its share.
        for hop in said.hops { #expect(hop.weights.reduce(0, +) < 0.9999) }
        #expect(inspection.parameters.map(\.name) == answerer.model.network.parameters.map(\.name))
        let page = InspectionPage(title: "t", inspection).html
        #expect(page.contains("<bdi>John went to the office.</bdi>") && page.contains("<h2>The gradient through time</h2>"))
    }

    @Test func whatCannotBeShownIsSaid() {
        func said(_ story: [String], _ question: String, _ answer: String?, lossStep: Int? = nil) -> String {
            do {
                _ = try Inspector(AnswererTests.answerer().model).inspect(
                    .question(story: story, question: question, answer: answer), lossStep: lossStep)
                return ""
            } catch { return String(describing: error) }
        }
        #expect(said([], "Where is Mary?", nil) == "the story is empty; there is nothing to look at")
        #expect(said(Self.story, "?", nil) == "the question has no word; there is nothing to look at")
        #expect(said(Self.story, "Where is Mary?", "moon").hasPrefix("'moon' is no answer that the model can give, such as 'apple,milk', "))
        #expect(said(Self.story, "Where is Mary?", nil, lossStep: 1).contains("speaks once, at the end"))
        #expect(said(Self.story + ["Mary is there."], "Where is Mary?", "apple,milk") == "")
    }
}
