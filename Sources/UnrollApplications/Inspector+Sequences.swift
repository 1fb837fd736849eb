import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

extension ClassificationModel {
    func inspection(text: String, label given: String?, lossStep: Int?, maximum: Int) throws -> Inspection {
        try refuseLossStep(lossStep)
        let tokens = text.allSatisfy(\.isWhitespace) ? [] : codec.tokenizer.tokens(in: text)
        try check(tokens.count, min(maximum, network.configuration.reader.longestSequence ?? .max), "the text")
        let ids = codec.vocabulary.ids(for: tokens)
        let label = given ?? labels.names[predictions(ofTokens: [ids])[0].best]
        let target = try labels.knownID(of: label, "class")
        let measured = try Measurement(network, sequence: { ["recurrence", "transformer"].contains($0) ? 0 : nil }) { context in
            let (features, weights) = network(Tensor(ids, shape: [ids.count, 1]), lengths: [Int32(ids.count)], context)
            return (network.output.loss(features, targets: [target], context), (features.detached(), weights?.floats))
        }
        let (features, weights) = measured.extra
        let values = network.output.logProbabilities(features, .inference()).doubles
        let best = labels.names[values.firstOfLargest]
        let pooling = weights.map {
            Inspection.Attention(
                "pooling, with a learnt query",
                Alignment(source: tokens, target: [best], weights: [$0], sourceText: text, targetText: best))
        }
        return Inspection(
            measured, of: self, equations: network.configuration.equations, input: text, target: label, isOwn: given == nil,
            sequences: [.init("text", tokens)], answers: [.init(target: label, predicted: best, loss: -values[Int(target)])],
            attention: measured.attentions(over: tokens) + [pooling].compactMap { $0 }, graph: network.configuration.graph)
    }
}

extension RegressionModel {
    func inspection(_ sequence: NumberSequence, lossStep: Int?, maximum: Int) throws -> Inspection {
        try refuseLossStep(lossStep)
        try check(sequence.time, maximum, "the sequence")
        guard sequence.features == features, sequence.targets.count == outputs else {
            throw InspectionError(
                "the sequence has \(sequence.features) numbers a step and \(sequence.targets.count) targets, and the model reads \(features) and says \(outputs)"
            )
        }
        let measured = try Measurement(network, sequence: { $0 == "recurrence" ? 0 : nil }) { context in
            let said = network(Tensor(sequence.values, shape: [sequence.time, 1, features]), context)
            return (mean(square(said - Tensor(sequence.targets, shape: [1, outputs]))), said.doubles)
        }
        let steps = (0..<sequence.time).map { step in
            sequence.values[step * features..<(step + 1) * features].map(Self.number).joined(separator: ", ")
        }
        let (target, said) = (sequence.targets.map(Self.number).joined(separator: ", "), measured.extra.map { Self.number(Float($0)) })
        return Inspection(
            measured, of: self, equations: network.configuration.equations,
            input: "\(sequence.time) vectors of \(features) numbers", target: target, isOwn: false, sequences: [.init("sequence", steps)],
            answers: [.init(target: target, predicted: said.joined(separator: ", "), loss: measured.loss)],
            graph: network.configuration.graph)
    }

    private static func number(_ value: Float) -> String { String(format: "%.3g", Double(value)) }
}

extension StoredModel {
    func refuseLossStep(_ step: Int?) throws {
        guard step == nil else {
            throw InspectionError("a \(Self.kind.title) speaks once, at the end: there is no step whose loss could be taken alone")
        }
    }
}

extension Inspection {
    init<Extra>(
        _ measured: Measurement<Extra>, of model: some StoredModel, equations: String, input: String, target: String, isOwn: Bool,
        lossStep: Int? = nil, sequences: [Sequence], answers: [Answer], attention: [Attention] = [], graph: ModelGraph
    ) {
        self.init(
            kind: type(of: model).kind.title, equations: equations, input: input, target: target, targetIsOwn: isOwn, loss: measured.loss,
            lossStep: lossStep, sequences: sequences, answers: answers, recurrences: measured.recurrences, attention: attention,
            parameters: measured.parameters, graph: graph)
    }
}
