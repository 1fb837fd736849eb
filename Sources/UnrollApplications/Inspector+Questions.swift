import Foundation
import UnrollCheckpoints
import UnrollDecoding
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

extension QuestionAnsweringModel {
    /// How many of the likeliest answers are told.
    private static let candidates = 8

    func inspection(story: [String], question: String, answer given: String?, lossStep: Int?, maximum: Int) throws -> Inspection {
        try refuseLossStep(lossStep)
        try check(story.count, maximum, "the story")
        let asked = MemoryQuestion(sentences: story.map(tokens(of:)), question: tokens(of: question))
        guard !asked.question.isEmpty else { throw InspectionError("the question has no word; there is nothing to look at") }
        let prediction = predictions(of: [asked], best: Self.candidates)[0]
        let best = words.token(for: prediction.answers[0].token)
        let answer = given?.lowercased() ?? best
        guard let target = token(ofAnswer: answer) else {
            let some = answers.names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
            throw InspectionError("'\(answer)' is no answer that the model can give, such as \(some)")
        }
        let batch = network.batch([asked])
        let measured = try Measurement(network, sequence: { $0 == network.tracedPart ? 1 : nil }) { context in
            let (state, _) = network(batch, context)
            return (network.loss(state, answers: [target], context), ())
        }
        let hops = prediction.hops.indices.map { String($0 + 1) }
        let read = Alignment(
            source: story, target: hops.map { "hop \($0)" }, weights: prediction.hops, sourceText: question, targetText: best)
        var inspection = Inspection(
            measured, of: self, equations: network.configuration.equations, input: question, target: answer, isOwn: given == nil,
            sequences: [.init("story", story), .init("hops", ["question"] + hops)],
            answers: [.init(target: answer, predicted: best, loss: measured.loss)],
            attention: [.init("the hops, over the story's sentences", read, readsDownwards: true)], graph: network.configuration.graph)
        inspection.recurrences = measured.recurrences.map {
            InspectedRecurrence(name: "hops", sequence: $0.sequence, isReversed: false, gates: [], states: $0.states)
        }
        inspection.candidates = prediction.answers.map {
            .init(answer: words.token(for: $0.token), probability: exp($0.logProbability))
        }
        return inspection
    }
}
