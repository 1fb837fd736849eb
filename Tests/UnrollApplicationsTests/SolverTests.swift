import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollApplications

@Suite("Algorithms in use, and looked at") struct SolverTests {
    private static let algorithm = Algorithm.copy(bits: 3, lengths: 1...4)

    private static func model(_ configure: (inout TuringMachineConfiguration) -> Void = { _ in }) -> AlgorithmModel {
        var machine = TuringMachineConfiguration()
        (machine.hidden, machine.slots, machine.width) = (6, 9, 4)
        configure(&machine)
        let model = AlgorithmModel(.turingMachine(machine), inputs: 4, outputs: 3, recipe: "", key: RandomKey(seed: 2))
        for (place, named) in model.network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 7).split(place)))
        }
        return model
    }

    private static func recurrent() -> AlgorithmModel {
        var reader = ReaderConfiguration()
        (reader.hidden, reader.layers, reader.bidirectional) = (5, 2, false)
        return AlgorithmModel(.recurrent(reader), inputs: 4, outputs: 3, recipe: "", key: RandomKey(seed: 2))
    }

    private static func examples(_ count: Int) throws -> [AlgorithmSequence] {
        let generator = try AlgorithmGenerator(seed: 1, algorithm)
        return (0..<count).map { generator.sequence($0, stream: 3) }
    }

    @Test(arguments: [model(), model { ($0.readHeads, $0.writeHeads) = (2, 2) }, recurrent()])
    func anExampleComesOutTheSameAloneAndAmongOthers(_ model: AlgorithmModel) throws {
        let examples = try Self.examples(20)
        let solver = Solver(model)
        let together = try solver.solve(examples)
        for (example, solution) in zip(examples, together) {
            #expect(try solver.solve([example]) == [solution])
            let shown = (0..<example.time).map { Array(example.inputs[$0 * 4..<$0 * 4 + 4]) }
            #expect(try Array(solver.probabilities(shown)[example.answers]) == solution.said)
        }
    }

    @Test func aModelFileHoldsItAll() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        let examples = try Self.examples(3)
        for model in [Self.model { $0.initialMemory = .learned }, Self.recurrent()] {
            try model.write(to: url)
            let solver = try Solver(contentsOf: url)
            #expect(solver.model.network.configuration == model.network.configuration)
            #expect(try solver.solve(examples) == Solver(model).solve(examples))
        }
    }

    @Test func vectorsOfAnotherSizeAreRefused() {
        #expect(throws: SequenceError(place: 0, step: 1, count: 2, expected: 4)) {
            try Solver(Self.model()).probabilities([[0, 0, 0, 1], [1, 0]])
        }
    }

    /// What the inspection shows of the memory obeys the equations: M ← M ⊙ (1 − w e) + w a, and r = Σ w M.
    @Test(arguments: [1, 2])
    func theMemoryIsWhatTheEquationsSay(heads: Int) throws {
        let model = Self.model { ($0.readHeads, $0.writeHeads) = (heads, heads) }
        let example = try AlgorithmGenerator(seed: 1, Self.algorithm.resized(length: 4)).sequence(0, stream: 3)
        let inspection = try Inspector(model).inspect(.algorithm(Self.algorithm, example))
        let memory = try #require(inspection.memory)
        #expect((memory.slots, memory.width, memory.values.count) == (9, 4, 9))
        let (writes, reads) = (memory.heads.filter(\.writes), memory.heads.filter { !$0.writes })
        #expect(
            writes.count == heads && reads.count == heads && memory.heads.map(\.writes) == memory.heads.map(\.writes).sorted { $0 && !$1 })
        for step in 1..<9 {
            for slot in 0..<9 {
                for number in 0..<4 {
                    var value = Double(memory.values[step - 1][slot][number])
                    for head in writes { value *= 1 - Double(head.weights[step][slot] * (head.erased?[step][number] ?? 0)) }
                    for head in writes { value += Double(head.weights[step][slot] * head.vectors[step][number]) }
                    #expect(abs(value - Double(memory.values[step][slot][number])) < 1e-5)
                }
            }
            for head in reads {
                for number in 0..<4 {
                    let read = (0..<9).reduce(0.0) { $0 + Double(head.weights[step][$1] * memory.values[step][$1][number]) }
                    #expect(abs(read - Double(head.vectors[step][number])) < 1e-5)
                }
            }
        }
        for head in memory.heads { #expect(head.weights.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-4 }) }
    }

    @Test func whatWasShownAndSaidIsThere() throws {
        let model = Self.model()
        let example = try AlgorithmGenerator(seed: 1, Self.algorithm.resized(length: 4)).sequence(0, stream: 3)
        let inspection = try Inspector(model).inspect(.algorithm(Self.algorithm, example))
        #expect(inspection.firstAnswer == 5 && inspection.answers.count == 4)
        #expect(inspection.signals.map { $0.values.count } == [9, 9, 9])
        #expect(inspection.signals[0].rows == ["bit 1", "bit 2", "bit 3", "mark"])
        let said = try Solver(model).solve([example])[0].said
        for (shown, own) in zip(inspection.signals[2].values[5...], said) {
            #expect(zip(shown, own).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        }
        #expect(abs(inspection.loss - inspection.answers.reduce(0) { $0 + $1.loss } / 4) < 1e-5)
        #expect(inspection.recurrences.map(\.name) == ["controller, layer 1"])
        let norms = try #require(inspection.memory?.gradientNorms)
        #expect(norms.count == 9 && norms.allSatisfy { $0 > 0 })
        let page = InspectionPage(title: "A machine", inspection).html
        #expect(page.contains("<h2>The memory</h2>") && page.contains("read head"))
    }

    /// The gradient with respect to the memory is that of the loss of the steps from there on: none comes back from steps that do not count.
    @Test func theLossOfOneStepReachesNoLaterMemory() throws {
        let example = try AlgorithmGenerator(seed: 1, Self.algorithm.resized(length: 4)).sequence(0, stream: 3)
        let inspector = Inspector(Self.model())
        let one = try inspector.inspect(.algorithm(Self.algorithm, example), lossStep: 7)
        let norms = try #require(one.memory?.gradientNorms)
        #expect(norms[7...].allSatisfy { $0 == 0 } && norms[..<7].allSatisfy { $0 > 0 })
        #expect(abs(one.loss - one.answers[1].loss) < 1e-6)
        #expect(throws: InspectionError.self) { try inspector.inspect(.algorithm(Self.algorithm, example), lossStep: 3) }
        #expect(throws: InspectionError.self) { try inspector.inspect(.algorithm(.ngrams(context: 2, length: 9), example)) }
    }

    @Test func layersWithoutAMemoryHaveNone() throws {
        let inspection = try Inspector(Self.recurrent()).inspect(.algorithm(Self.algorithm, Self.examples(1)[0]))
        #expect(inspection.memory == nil && inspection.recurrences.map(\.name) == ["layer 1", "layer 2"])
        #expect(!InspectionPage(title: "Layers", inspection).html.contains("<h2>The memory</h2>"))
        let feedForward = try Inspector(Self.model { $0.controller = .feedForward }).inspect(
            .algorithm(Self.algorithm, Self.examples(1)[0]))
        #expect(feedForward.recurrences.isEmpty && feedForward.memory != nil)
        #expect(!InspectionPage(title: "Layers", feedForward).html.contains("<h2>Gates and states</h2>"))
    }
}
