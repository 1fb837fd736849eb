import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors

extension AlgorithmModel {
    func inspection(_ algorithm: Algorithm, _ sequence: AlgorithmSequence, lossStep: Int?, maximum: Int) throws -> Inspection {
        try check(sequence.time, maximum, "the sequence")
        guard algorithm.inputs == inputs, algorithm.outputs == outputs else {
            throw InspectionError(
                "the sequence has \(algorithm.inputs) numbers a step and asks for \(algorithm.outputs), and the model is shown \(inputs) and says \(outputs)"
            )
        }
        if let lossStep, !sequence.answers.contains(lossStep - 1) {
            let (first, last) = (sequence.answers.lowerBound + 1, sequence.answers.upperBound)
            throw InspectionError("the loss of step \(lossStep) cannot be taken: what is said counts from step \(first) to step \(last)")
        }
        let counted = lossStep.map { $0 - 1..<$0 } ?? sequence.answers
        let targets = Tensor(sequence.targets, shape: [sequence.time, 1, outputs]).sliced(counted, axis: 0)
        let measured = try Measurement(network, sequence: { ["recurrence", "controller"].contains($0) ? 0 : nil }) { context in
            var steps: [TuringMachine.Step] = []
            let shown = Tensor(sequence.inputs, shape: [sequence.time, 1, inputs])
            let said = network.machine?(shown, context) { steps.append($0) } ?? network(shown, context)
            let part = said.sliced(counted, axis: 0)
            return (mean(softplus(part) - part * targets), (said.floats, steps))
        }
        let (said, steps) = measured.extra
        let shown = vectors(sequence.inputs, inputs)
        let probabilities = vectors(said.map { (y: Float) -> Float in 1 / (1 + exp(-y)) }, outputs)
        let wanted = vectors(sequence.targets, outputs)
        var inspection = Inspection(
            measured, of: self, equations: network.configuration.equations,
            input: "\(algorithm.name): \(sequence.time) vectors of \(inputs) numbers",
            target: "\(sequence.answers.count) vectors of \(outputs) bits, from step \(sequence.answers.lowerBound + 1) on", isOwn: false,
            lossStep: lossStep, sequences: [.init("sequence", shown.map(Self.label))],
            answers: sequence.answers.map { step -> Inspection.Answer in
                let losses = zip(said[step * outputs..<(step + 1) * outputs], wanted[step]).map { y, target -> Double in
                    let logit = Double(y)
                    return max(logit, 0) + log1p(exp(-abs(logit))) - logit * Double(target)
                }
                return Inspection.Answer(
                    target: Self.label(wanted[step]), predicted: Self.label(probabilities[step].map { $0 > 0.5 ? 1 : 0 }),
                    loss: losses.reduce(0, +) / Double(outputs))
            }, graph: network.configuration.graph)
        inspection.firstAnswer = sequence.answers.lowerBound
        inspection.signals = [
            .init("what was shown", rows: algorithm.inputNames, values: shown),
            .init("what was to be said", rows: algorithm.outputNames, values: wanted),
            .init("what was said: the probability of a 1", rows: algorithm.outputNames, values: probabilities),
        ]
        inspection.memory = steps.isEmpty ? nil : InspectedMemory(steps, trace: measured.others["heads"])
        return inspection
    }

    private func vectors(_ numbers: [Float], _ width: Int) -> [[Float]] {
        stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
    }

    /// Bits one after the other, other numbers behind a blank.
    private static func label(_ vector: [Float]) -> String {
        vector.map { $0 == 0 ? "0" : $0 == 1 ? "1" : " " + String(format: "%.2g", Double($0)) }.joined()
    }
}

extension InspectedMemory {
    /// - Parameters:
    ///   - steps: with one sequence in the batch.
    ///   - trace: of the memory, for the gradient that came back to it.
    fileprivate init(_ steps: [TuringMachine.Step], trace: RecurrenceTrace?) {
        let (slots, width) = (steps[0].memory.shape[1], steps[0].memory.shape[2])
        func head(_ name: String, _ place: Int, of count: Int) -> String { count == 1 ? name : "\(name) \(place + 1)" }
        let writes = steps[0].writes.indices.map { place in
            Head(
                name: head("write head", place, of: steps[0].writes.count), writes: true, weights: steps.map { $0.writes[place].floats },
                vectors: steps.map { $0.added[place].floats }, erased: steps.map { $0.erased[place].floats })
        }
        let reads = steps[0].reads.indices.map { place in
            Head(
                name: head("read head", place, of: steps[0].reads.count), writes: false, weights: steps.map { $0.reads[place].floats },
                vectors: steps.map { Array($0.read.floats[place * width..<(place + 1) * width]) })
        }
        let gradient: [Double]? = trace.map { trace in steps.indices.map { trace.states[0].gradient.at($0).sumOfSquares.squareRoot() } }
        self.init(
            slots: slots, width: width,
            values: steps.map { step in
                let floats = step.memory.floats
                return (0..<slots).map { Array(floats[$0 * width..<($0 + 1) * width]) }
            }, heads: writes + reads, gradientNorms: gradient ?? [])
    }
}
