import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollTraining

@Suite("Algorithms as a task") struct AlgorithmTaskTests {
    private static let copy = Algorithm.copy(bits: 2, lengths: 1...3)

    private static var machine: AlgorithmNetworkConfiguration {
        var machine = TuringMachineConfiguration()
        (machine.hidden, machine.slots, machine.width) = (12, 7, 5)
        return .turingMachine(machine)
    }

    private func task(
        _ algorithm: Algorithm = copy, _ configuration: AlgorithmNetworkConfiguration = machine, batch: Int = 4
    ) throws -> AlgorithmTask {
        let generator = try AlgorithmGenerator(seed: 1, algorithm)
        let model = AlgorithmModel(
            configuration, inputs: algorithm.inputs, outputs: algorithm.outputs, recipe: "", key: RandomKey(seed: 1))
        var options = AlgorithmOptions()
        options.batchSequences = batch
        return AlgorithmTask(model, training: generator, validation: (0..<30).map { generator.sequence($0, stream: 2) }, options: options)
    }

    private func run(steps: Int) -> TrainingConfiguration {
        var run = TrainingConfiguration()
        (run.steps, run.validateEvery, run.logEvery, run.saveEvery) = (steps, 4, 2, 3)
        (run.optimizer.kind, run.optimizer.learningRate, run.optimizer.momentum, run.clipValue) = (.rmsprop, 0.003, 0.9, 10)
        return run
    }

    @Test func interruptedAnywhereAndResumed() throws {
        let folder = try TemporaryFolder()
        func train(_ name: String, resuming: Bool = false, until step: Int = .max) throws -> Output {
            var made = 0
            _ = try Trainer(try task(), run(steps: 7), directory: folder.folder(name)) { _ in }.run(resuming: resuming) {
                made += 1
                return made >= step
            }
            return try Output(folder.folder(name))
        }
        let whole = try train("whole")
        #expect(whole.files.count == 3)
        for step in 1..<7 {
            _ = try train("\(step)", until: step)
            #expect(try whole.differences(from: train("\(step)", resuming: true)) == [], "interrupted at \(step)")
        }
    }

    @Test func noExampleIsLearntFromTwice() throws {
        let task = try task()
        let next = task.items(from: BatchPosition())
        let later = task.items(from: BatchPosition(epoch: 0, batch: 2))
        let items = try (0..<4).map { _ in try #require(try next()) }
        #expect(try [later(), later()] == [items[2], items[3]])
        #expect(items[0] != items[1] && items[1] != items[2])
    }

    /// The loss is the mean over the sequences of the sum over their bits; what is told is the mean over the bits, as in validation.
    @Test func theLossIsThatOfTheBitsThatCount() throws {
        let task = try task(batch: 3)
        let generator = try AlgorithmGenerator(seed: 1, Self.copy)
        let sequences = (0..<3).map { generator.sequence($0, stream: 1) }
        let item = try #require(try task.items(from: BatchPosition())())
        let loss = task.loss(item, carried: [], .inference())
        let bits = sequences.reduce(0) { $0 + $1.answers.count * 2 }
        #expect(loss.tokens == bits)
        var expected = 0.0
        let model = AlgorithmModel(Self.machine, inputs: 3, outputs: 2, recipe: "", key: RandomKey(seed: 1))
        for (sequence, said) in zip(sequences, model.outputs(of: sequences.map(\.inputs))) {
            for place in sequence.answers.lowerBound * 2..<sequence.answers.upperBound * 2 {
                let p = 1 / (1 + exp(-Double(said[place])))
                expected -= log(sequence.targets[place] == 1 ? p : 1 - p)
            }
        }
        #expect(abs(loss.loss.scalar - expected / 3) < 1e-5)
        #expect(abs(loss.loss.scalar / loss.factor - expected / Double(bits)) < 1e-6)
        let validation = try model.validation(on: sequences)
        #expect(abs(validation.loss - expected / Double(bits)) < 1e-6)
        #expect(abs((validation[.bitsPerSequence] ?? 0) - expected / 3 / log(2)) < 1e-5)
        let wrong = try #require(validation[.wrongBits])
        #expect(abs((validation[.accuracy] ?? 0) - (1 - wrong * 3 / Double(bits))) < 1e-12)
        #expect(validation[.optimalBits] == nil)
    }

    /// A Turing machine learns to copy in seconds what is short enough, and a network that has learnt nothing has every second bit wrong.
    @Test func aMachineLearnsToCopy() throws {
        let task = try task()
        let before = try task.validate()
        #expect((0.3...0.7).contains(try #require(before[.accuracy])))
        var run = run(steps: 1500)
        (run.validateEvery, run.logEvery, run.saveEvery) = (1500, 500, 1500)
        _ = try Trainer(task, run, directory: TemporaryFolder().url) { _ in }.run()
        let after = try task.validate()
        #expect(try #require(after[.accuracy]) > 0.95)
        #expect(after.loss < before.loss / 3)
    }

    @Test func ngramsAreMeasuredAgainstTheOptimum() throws {
        var reader = ReaderConfiguration()
        (reader.hidden, reader.bidirectional) = (6, false)
        let task = try task(.ngrams(context: 2, length: 20), .recurrent(reader))
        let found = try task.validate()
        #expect(found.metrics.map(\.kind) == [.wrongBits, .bitsPerSequence, .optimalBits, .accuracy])
        #expect(try #require(found[.optimalBits]) < #require(found[.bitsPerSequence]))
    }

    @Test func sequencesOfAnotherAlgorithmAreRefused() throws {
        let model = AlgorithmModel(Self.machine, inputs: 3, outputs: 2, recipe: "", key: RandomKey(seed: 1))
        let other = try AlgorithmGenerator(seed: 1, .copy(bits: 4, lengths: 2...2)).sequence(0, stream: 1)
        #expect(throws: CorpusError.self) { try model.validation(on: [other]) }
        #expect(throws: CorpusError.self) { try model.validation(on: []) }
    }
}
