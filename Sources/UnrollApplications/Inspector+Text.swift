import UnrollCheckpoints
import UnrollDecoding
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

extension TranslationModel {
    func inspection(source: String, target given: String?, lossStep: Int?, maximum: Int) throws -> Inspection {
        let maximum = min(maximum, self.network.longestSequence ?? .max)
        let sourceTokens = source.allSatisfy(\.isWhitespace) ? [] : sourceCodec.tokens(in: source)
        try check(sourceTokens.count, maximum, "the source")
        let target = given ?? translations(of: [source], SearchOptions())[0][0].text
        let targetTokens = targetCodec.tokenizer.tokens(in: target)
        try check(targetTokens.count + 1, maximum, "the target", least: given == nil ? 0 : 1)
        let sourceIDs = sourceTokens.isEmpty ? [] : sourceCodec.encode(source)
        let targetIDs = targetCodec.vocabulary.ids(for: targetTokens)
        let network: SequenceToSequence
        switch self.network {
        case .recurrent(let recurrent): network = recurrent
        case .transformer(let network):
            return try inspection(
                network, source: .init(text: source, tokens: sourceTokens, ids: sourceIDs),
                target: .init(text: target, tokens: targetTokens, ids: targetIDs), isOwn: given == nil, lossStep: lossStep)
        }
        let wanted = targetIDs + [Vocabulary.end]
        let (start, end) = (targetCodec.vocabulary.token(for: Vocabulary.start), targetCodec.vocabulary.token(for: Vocabulary.end))
        let steps = try Steps(wanted, lossStep)
        let isReversed = network.configuration.reverseSource
        let read = isReversed ? Array(sourceTokens.reversed()) : sourceTokens

        let measured = try Measurement(network, sequence: { $0 == "encoder" ? 0 : $0 == "decoder" ? 1 : nil }) { context in
            let state = network.encode(
                Tensor(sourceIDs, shape: [sourceIDs.count, 1]), lengths: [Int32(sourceIDs.count)], context)
            let fed = Tensor([Vocabulary.start] + targetIDs, shape: [wanted.count, 1])
            let (features, _, weights) = context.within("decoder") { network.decoder(fed, state, context) }
            return (steps.loss(network.output, features, context), (features.detached(), weights.map(\.floats)))
        }
        let (features, weights) = measured.extra
        let names = { (id: Int) in targetCodec.vocabulary.token(for: Int32(id)) }
        let alignment =
            weights.isEmpty
            ? nil
            : Alignment(
                source: sourceTokens, target: targetTokens + [end], weights: isReversed ? weights.map { $0.reversed() } : weights,
                sourceText: source, targetText: target)
        return Inspection(
            measured, of: self, equations: network.configuration.equations, input: source, target: target, isOwn: given == nil,
            lossStep: lossStep, sequences: [.init("source", read), .init("target", [start] + targetTokens)],
            answers: steps.answers(network.output, features, targets: targetTokens + [end], names: names),
            attention: alignment.map { [.init("the decoder, over the source", $0)] } ?? [], graph: network.configuration.graph)
    }
}

extension TextModel {
    func inspection(text: String, lossStep: Int?, maximum: Int) throws -> Inspection {
        var pieces = codec.tokenizer.tokens(in: text)
        if unit == .line { pieces.append(codec.vocabulary.token(for: Vocabulary.end)) }
        try check(pieces.count, maximum, "the text", least: unit == .line ? 2 : 1)
        let tokens = codec.encode(pieces: [text], unit: unit)
        if case .transformer(let network) = network { try check(pieces.count, min(maximum, network.configuration.context), "the text") }
        let steps = try Steps(tokens, lossStep)
        let fed = [first] + tokens.dropLast()
        let measured = try Measurement(network, sequence: { ["recurrence", "transformer"].contains($0) ? 0 : nil }) { context in
            let features = network.features(Tensor(fed, shape: [tokens.count, 1]), context)
            return (steps.loss(network.output, features, context), features.detached())
        }
        let shown = [codec.vocabulary.token(for: first)] + pieces.dropLast()
        let answers = steps.answers(network.output, measured.extra, targets: pieces) { codec.vocabulary.token(for: Int32($0)) }
        return Inspection(
            measured, of: self, equations: network.configuration.equations, input: text, target: "each token after those before it",
            isOwn: false, lossStep: lossStep, sequences: [.init("text", shown)], answers: answers,
            attention: measured.attentions(over: shown), graph: network.configuration.graph)
    }
}

extension TaggingModel {
    func inspection(words given: [String], given tagsGiven: [String]?, lossStep: Int?, maximum: Int) throws -> Inspection {
        try check(given.count, min(maximum, network.configuration.reader.longestSequence ?? .max), "the sentence")
        if let tagsGiven, tagsGiven.count != given.count {
            throw InspectionError("there are \(given.count) words and \(tagsGiven.count) tags; each word needs one")
        }
        let right = tagsGiven ?? logProbabilities(of: [given])[0].map { tags.names[$0.firstOfLargest] }
        let wanted = try right.map { try tags.knownID(of: $0, "tag") }
        let steps = try Steps(wanted, lossStep)
        let measured = try Measurement(network, sequence: { ["recurrence", "transformer"].contains($0) ? 0 : nil }) { context in
            let features = network(input([given]), context)
            return (steps.loss(network.output, features, context), features.detached())
        }
        return Inspection(
            measured, of: self, equations: network.configuration.equations, input: given.joined(separator: " "),
            target: right.joined(separator: " "), isOwn: tagsGiven == nil, lossStep: lossStep, sequences: [.init("sentence", given)],
            answers: steps.answers(network.output, measured.extra, targets: right) { tags.names[$0] },
            attention: measured.attentions(over: given), graph: network.configuration.graph)
    }
}

/// The right answers of a model that speaks at every step.
struct Steps {
    private let targets: [Int32]
    private let step: Int?

    init(_ targets: [Int32], _ step: Int?) throws {
        if let step, !(1...targets.count).contains(step) {
            throw InspectionError("the loss of step \(step) cannot be taken: there are \(targets.count) steps, counted from 1")
        }
        self.targets = targets
        self.step = step
    }

    /// The mean cross entropy, or that of one step. features: [time, 1, features].
    func loss(_ output: OutputLayer, _ features: Tensor, _ context: Context) -> Tensor {
        guard let step else { return output.loss(features, targets: targets, scale: 1 / Double(targets.count), context) }
        return output.loss(features, targets: targets.indices.map { $0 == step - 1 ? targets[$0] : -1 }, context)
    }

    /// What was to be said at each step beside what was likeliest.
    func answers(_ output: OutputLayer, _ features: Tensor, targets names: [String], names name: (Int) -> String) -> [Inspection.Answer] {
        let rows = output.logProbabilities(features.reshaped(to: [targets.count, features.shape[2]]), .inference())
        return targets.indices.map { step in
            let values = rows.at(step).doubles
            return Inspection.Answer(target: names[step], predicted: name(values.firstOfLargest), loss: -values[Int(targets[step])])
        }
    }
}

/// Throws for a sequence that is too short or too long to be looked at.
func check(_ steps: Int, _ maximum: Int, _ what: String, least: Int = 1) throws {
    if steps < least { throw InspectionError("\(what) is empty; there is nothing to look at") }
    if steps > maximum { throw InspectionError("\(what) has \(steps) steps, and at most \(maximum) are shown; shorten it") }
}

extension LabelSet {
    /// The number of a label that must be one of these.
    func knownID(of label: String, _ what: String) throws -> Int32 {
        guard let id = id(of: label) else {
            let some = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
            throw InspectionError("the model knows no \(what) '\(label)'; it knows \(some)\(count > 8 ? " and \(count - 8) more" : "")")
        }
        return id
    }
}
