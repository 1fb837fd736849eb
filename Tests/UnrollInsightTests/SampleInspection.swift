@testable import UnrollInsight

enum SampleInspection {
    static func recurrence(_ name: String, sequence: Int = 0, steps: Int, units: Int = 3, isReversed: Bool = false) -> InspectedRecurrence {
        func numbers(_ shift: Int) -> [[Float]] {
            (0..<steps).map { step in (0..<units).map { Float((step * units + $0 + shift) % 10) / 10 } }
        }
        return InspectedRecurrence(
            name: name, sequence: sequence, isReversed: isReversed,
            gates: [
                .init(name: "update gate z", lowest: 0, highest: 1, values: numbers(0)),
                .init(name: "candidate n", lowest: -1, highest: 1, values: numbers(3).map { $0.map { 2 * $0 - 1 } }),
            ],
            states: [.init(name: "hidden", values: numbers(5), gradientNorms: (0..<steps).map { 1 / Double(1 + $0) })])
    }

    static func inspection(tokens: [String] = ["a", "<b>", "c"], text: String = "a <b> & c") -> Inspection {
        Inspection(
            kind: "classifier", equations: "1 × gru", input: text, target: "yes", targetIsOwn: true, loss: 0.25,
            sequences: [.init("text", tokens)], answers: [.init(target: "yes", predicted: "no", loss: 0.25)],
            recurrences: [
                recurrence("layer 1, forward", steps: tokens.count), recurrence("layer 1, backward", steps: tokens.count, isReversed: true),
            ],
            attention: [
                .init("pooling", Alignment(source: tokens, target: ["no"], weights: [tokens.map { _ in 1 / Float(tokens.count) }]))
            ],
            parameters: [
                .init(name: "output.weight", shape: [2, 3], norm: 2, gradientNorm: 0.5),
                .init(name: "output.bias", shape: [2], norm: 0, gradientNorm: 0),
            ],
            training: GradientHistory(steps: [10, 20], names: ["output.bias", "output.weight"], norms: [[0.1, nil], [1, 0.5]]),
            graph: ModelGraph(walks: [
                .init(
                    input: "token x(t)", encoder: "embedding, 4", layers: ["GRU, 3 units"], isBidirectional: true,
                    pooling: "attention pooling",
                    decoder: "output layer", output: "class y", first: "zeros")
            ]))
    }
}
