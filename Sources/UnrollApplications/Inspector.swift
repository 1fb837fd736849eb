import Foundation
import UnrollCheckpoints
import UnrollDecoding
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Shows the inside of a model over one example: states, gates and attention, and the loss's gradient at each step.
///
///     let inspector = try Inspector(contentsOf: url)
///     let inspection = try inspector.inspect(.classification(text: "play some jazz", label: "PlayMusic"))
///     print(inspection.recurrences[0].states[0].gradientNorms)
///     try Data(InspectionPage(title: "A look inside", inspection).html.utf8).write(to: page)
///
/// The example goes through the model as in use, without dropout. The traces cost nothing where nobody asks for them: see `RecurrenceTrace`.
public struct Inspector: Sendable {
    /// The model.
    public let model: any StoredModel
    /// The longest sequence, in steps; longer ones are refused, since a page has a column for each.
    public let maximumSteps: Int

    /// Opens a model file of whatever kind.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds no model.
    public init(contentsOf url: URL, maximumSteps: Int = 2_000) throws {
        self.init(try ModelKind.model(contentsOf: url), maximumSteps: maximumSteps)
    }

    /// An inspector of an open model.
    public init(_ model: any StoredModel, maximumSteps: Int = 2_000) {
        self.model = model
        self.maximumSteps = maximumSteps
    }

    /// Looks inside.
    ///
    /// - Parameters:
    ///   - example: of the model's kind.
    ///   - lossStep: the step whose loss alone is differentiated, counted from 1; nil for the mean over all. How far back a model looks is best
    ///     seen from its last step. Of models that speak at every step.
    /// - Throws: `InspectionError` for an example of another kind, without anything in it, too long, or with an answer that the model does not
    ///   know; for a step that is not there; for a loss that is not finite.
    public func inspect(_ example: InspectionExample, lossStep: Int? = nil) throws -> Inspection {
        switch (example, model) {
        case (.translation(let source, let target), let model as TranslationModel):
            return try model.inspection(source: source, target: target, lossStep: lossStep, maximum: maximumSteps)
        case (.text(let text), let model as TextModel):
            return try model.inspection(text: text, lossStep: lossStep, maximum: maximumSteps)
        case (.classification(let text, let label), let model as ClassificationModel):
            return try model.inspection(text: text, label: label, lossStep: lossStep, maximum: maximumSteps)
        case (.tagging(let words, let tags), let model as TaggingModel):
            return try model.inspection(words: words, given: tags, lossStep: lossStep, maximum: maximumSteps)
        case (.regression(let sequence), let model as RegressionModel):
            return try model.inspection(sequence, lossStep: lossStep, maximum: maximumSteps)
        case (.algorithm(let algorithm, let sequence), let model as AlgorithmModel):
            return try model.inspection(algorithm, sequence, lossStep: lossStep, maximum: maximumSteps)
        case (.question(let story, let question, let answer), let model as QuestionAnsweringModel):
            return try model.inspection(story: story, question: question, answer: answer, lossStep: lossStep, maximum: maximumSteps)
        case (.sound(let sound, let label), let model as AudioModel):
            return try model.inspection(sound, label: label, lossStep: lossStep, maximum: maximumSteps)
        default:
            let kind = type(of: model).kind
            throw InspectionError(
                "the model is a \(kind.title), and the example is one of a \(example.kind.title); give it one of its own kind")
        }
    }
}

/// What a network did over one example.
struct Measurement<Extra> {
    let loss: Double
    let extra: Extra
    let recurrences: [InspectedRecurrence]
    /// Where the attentions of Transformer layers looked, as [1, heads, target, source], with the path of names to each, in the order in which they ran.
    let attentions: [(path: [String], weights: Tensor)]
    /// What else was traced, by the part of the network that it belongs to.
    let others: [String: RecurrenceTrace]
    let parameters: [Inspection.Parameter]

    /// Runs a network over one example, in a batch of its own, and walks back from the loss.
    ///
    /// - Parameters:
    ///   - network: the network.
    ///   - sequence: which sequence the recurrences of a part of the network walk, by the part's name (`encoder`); nil leaves them out.
    ///   - run: computes the loss.
    init(
        _ network: some Module, sequence: (_ part: String) -> Int?, run: (Context) throws -> (loss: Tensor, extra: Extra)
    ) throws {
        let tape = Tape(tracesRecurrences: true)
        defer { tape.clear() }
        var attentions: [(path: [String], weights: Tensor)] = []
        let context = Context(tape: tape, isTraining: false, key: RandomKey(seed: 0)) { path, value in
            if ["self_attn", "multihead_attn"].contains(path.last) { attentions.append((path, value.detached())) }
        }
        let (loss, extra) = try run(context)
        let named = network.parameters
        guard loss.scalar.isFinite else {
            let broken = named.first { !$0.parameter.value.isFinite }.map { "'\($0.name)' is infinite or not a number" }
            throw InspectionError(
                "the loss is not finite: \(broken ?? "the numbers grow too large on the way"); there is nothing to look at")
        }
        let gradients = tape.gradients(of: loss)
        self.loss = loss.scalar
        self.extra = extra
        self.attentions = attentions
        parameters = named.map { named in
            Inspection.Parameter(
                name: named.name, shape: named.parameter.shape.array, norm: named.parameter.value.sumOfSquares.squareRoot(),
                gradientNorm: gradients[named.parameter]?.sumOfSquares.squareRoot() ?? 0)
        }
        let names = Dictionary(uniqueKeysWithValues: named.map { (ObjectIdentifier($0.parameter), $0.name) })
        var others: [String: RecurrenceTrace] = [:]
        let traces = tape.recurrenceTraces.compactMap { trace -> (place: RecurrencePlace, trace: RecurrenceTrace, sequence: Int)? in
            guard let name = trace.owner.flatMap({ names[ObjectIdentifier($0)] }) else { return nil }
            let place = RecurrencePlace(parameter: name)
            guard let walked = sequence(place.part) else {
                others[place.part] = trace
                return nil
            }
            return (place, trace, walked)
        }
        self.others = others
        recurrences = traces.map { place, trace, sequence in
            let isBothWays = traces.contains { $0.place.isTwin(of: place) }
            return InspectedRecurrence(trace, name: place.title(isBothWays: isBothWays), sequence: sequence)
        }
        let norms = parameters.map(\.gradientNorm) + recurrences.flatMap { $0.states.flatMap(\.gradientNorms) }
        guard norms.allSatisfy(\.isFinite) else {
            throw InspectionError("the gradient is infinite or not a number on its way back; there is nothing to look at")
        }
    }
}

/// Where a recurrence stands, as its parameter's name tells: `encoder.weight_hh_l0_reverse`, or of a Transformer's layer `encoder.layers.0.norm2.weight`.
private struct RecurrencePlace {
    let part: String
    let layer: Int
    let isReversed: Bool
    let isHyper: Bool

    init(parameter: String) {
        var pieces = parameter.split(separator: ".").map(String.init)
        var name = pieces.popLast() ?? ""
        let layers = pieces.firstIndex(of: "layers")
        part = pieces[..<(layers ?? pieces.count)].joined(separator: ".")
        isReversed = name.hasSuffix("_reverse")
        if isReversed { name.removeLast("_reverse".count) }
        layer =
            layers.flatMap { Int(pieces[$0 + 1]) }
            ?? name.range(of: "_l", options: .backwards).flatMap { Int(name[$0.upperBound...]) } ?? 0
        isHyper = name.hasPrefix("hyper_")
    }

    /// Whether the other one walks the same layer the other way.
    func isTwin(of other: Self) -> Bool {
        part == other.part && layer == other.layer && isHyper == other.isHyper && isReversed != other.isReversed
    }

    func title(isBothWays: Bool) -> String {
        var words = ["recurrence", "transformer"].contains(part) ? [] : [part]
        words.append("layer \(layer + 1)")
        if isHyper { words.append("small network") }
        if isBothWays { words.append(isReversed ? "backward" : "forward") }
        return words.joined(separator: ", ")
    }
}

extension InspectedRecurrence {
    fileprivate init(_ trace: RecurrenceTrace, name: String, sequence: Int) {
        func steps(_ values: Tensor) -> [[Float]] {
            let (time, units) = (values.shape[0], values.shape[2])
            let floats = values.floats
            return (0..<time).map { Array(floats[$0 * units..<($0 + 1) * units]) }
        }
        self.init(
            name: name, sequence: sequence, isReversed: trace.isReversed,
            gates: trace.gates.map { gate in
                let (lowest, highest): (Double, Double?) =
                    switch gate.nonlinearity {
                    case .sigmoid: (0, 1)
                    case .tanh: (-1, 1)
                    case .relu: (0, nil)
                    }
                return Gate(name: gate.name, lowest: lowest, highest: highest, values: steps(gate.values))
            },
            states: trace.states.map { state in
                let norms = (0..<state.gradient.shape[0]).map { state.gradient.at($0).sumOfSquares.squareRoot() }
                return State(
                    name: state.name.replacing("hyper_", with: ""), values: steps(state.values), gradientNorms: norms)
            })
    }
}
