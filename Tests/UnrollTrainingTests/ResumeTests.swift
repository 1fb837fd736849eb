import Foundation
import Testing
import UnrollModels
import UnrollTensors

@testable import UnrollTraining

@Suite("What may be resumed, and where") struct ResumeTests {
    private let folder: TemporaryFolder
    private let task: CopyingTask

    /// A training that was stopped after two updates.
    init() throws {
        folder = try TemporaryFolder()
        task = try CopyingTask()
        try task.run(in: folder.folder("run"), until: 2)
    }

    /// What the error says when the training goes on with something changed; the files must stay as they were.
    private func refusal(
        kind: TrainingError.Kind = .wrongState, _ sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout CopyingTask) -> Void
    ) throws -> String {
        var changed = task
        change(&changed)
        let run = folder.folder("run")
        let before = try Output(run)
        let error = #expect(throws: TrainingError.self, sourceLocation: sourceLocation) { try changed.run(in: run, resuming: true) }
        #expect(error?.kind == kind, sourceLocation: sourceLocation)
        #expect(try Output(run) == before, sourceLocation: sourceLocation)
        #expect(error?.description.hasPrefix(run.appendingPathComponent("state.safetensors").path) == true, sourceLocation: sourceLocation)
        return error?.description ?? ""
    }

    @Test func anotherModelIsRefused() throws {
        #expect(try refusal { $0.model.hidden = 16 }.contains("another model"))
        #expect(try refusal { $0.model.attention = .none }.contains("another model"))
        #expect(try refusal { $0.model.encoderLayers = 2 }.contains("another model"))
        #expect(try refusal { $0.model.reverseSource = true }.contains("another model"), "its weights have the same shapes")
        #expect(try refusal { $0.pairs[0] = .init(source: "zz", target: "zz", lineNumber: 1) }.contains("another source vocabulary"))
        // Each symbol once more leaves the vocabulary as it is.
        #expect(
            try refusal { $0.pairs.append(.init(source: "a b c d e", target: "a b c d e", lineNumber: 61)) }.contains(
                "another training data"))
    }

    @Test func anotherOptimizerIsRefused() throws {
        #expect(try refusal { $0.training.optimizer.kind = .sgd }.contains("training.optimizer.kind adam, the recipe has sgd"))
        #expect(try refusal { $0.training.optimizer.kind = .adamw }.contains("training.optimizer.kind adam, the recipe has adamw"))
        #expect(try refusal { $0.training.optimizer.kind = .adadelta }.contains("training.optimizer.kind adam, the recipe has adadelta"))
    }

    @Test func anotherOrderOfTheDataIsRefused() throws {
        #expect(try refusal { $0.training.seed = 9 }.contains("training.seed 7, the recipe has 9"))
        #expect(try refusal { $0.training.batchSentences = nil }.contains("training.batch_sentences 8, the recipe has absent"))
        #expect(try refusal { $0.training.maximumLength = 3 }.contains("training.maximum_length 100, the recipe has 3"))
        #expect(try refusal { $0.training.best = .bleu }.contains("training.best loss, the recipe has bleu"))
    }

    @Test(arguments: [(0.0, 0.9, "lacks 'optimizer.0.p0'"), (0.9, 0.0, "holds 'optimizer.0.p0'")])
    func momentumNeedsItsMemory(_ before: Double, _ after: Double, _ message: String) throws {
        let folder = try TemporaryFolder()
        let configuration = { (momentum: Double) in ScriptedTask.configuration(steps: 3) { $0.optimizer.momentum = momentum } }
        _ = try Trainer(ScriptedTask(), configuration(before), directory: folder.url) { _ in }.run { true }
        let error = #expect(throws: TrainingError.self) {
            try Trainer(ScriptedTask(), configuration(after), directory: folder.url) { _ in }.run(resuming: true)
        }
        #expect(error?.kind == .wrongState)
        #expect(error?.description.contains(message) == true, "\(error as Any)")
    }

    @Test func anotherShapeIsRefused() throws {
        let folder = try TemporaryFolder()
        let configuration = ScriptedTask.configuration(steps: 3)
        _ = try Trainer(ScriptedTask(start: [1, 2]), configuration, directory: folder.url) { _ in }.run { true }
        let larger = ScriptedTask(start: [1, 2, 3])
        let error = #expect(throws: TrainingError.self) {
            try Trainer(larger, configuration, directory: folder.url) { _ in }.run(resuming: true)
        }
        #expect(error?.kind == .wrongState)
        #expect(error?.description.contains("has 'p0' as F32 [2], the recipe's model as float32 [3]") == true, "\(error as Any)")
        #expect(larger.weights == [1, 2, 3])
    }

    @Test func theRestMayChange() throws {
        var changed = task
        changed.training.steps = 4
        changed.training.logEvery = 1
        changed.training.saveEvery = 1
        changed.training.validateEvery = 2
        changed.training.optimizer.learningRate = 0.001
        changed.training.patience = 9
        #expect(try changed.run(in: folder.folder("run"), resuming: true) == .finished)
        #expect(try Output(folder.folder("run")).steps == [3, 4, 4])
    }

    @Test func aFolderThatHoldsATrainingIsNotOverwritten() throws {
        let run = folder.folder("run")
        let before = try Output(run)
        let error = #expect(throws: TrainingError.self) { try task.run(in: run) }
        #expect(error?.kind == .directory)
        #expect(error?.description.contains("go on with --resume") == true)
        #expect(try Output(run) == before)

        try FileManager.default.removeItem(at: run.appendingPathComponent("state.safetensors"))
        let modelOnly = #expect(throws: TrainingError.self) { try task.run(in: run) }
        #expect(modelOnly?.kind == .directory)
        #expect(modelOnly?.description.contains("last.safetensors") == true)
        #expect(modelOnly?.description.contains("--resume") == false)
    }

    @Test func anEmptyFolderHasNothingToResume() throws {
        let error = #expect(throws: TrainingError.self) { try task.run(in: folder.folder("nothing"), resuming: true) }
        #expect(error?.kind == .wrongState)
        #expect(error?.description.contains("no training to resume") == true)
    }

    @Test func aStateOfAnotherKindIsRefused() throws {
        let run = folder.folder("run")
        let state = run.appendingPathComponent("state.safetensors")
        try FileManager.default.removeItem(at: state)
        try FileManager.default.copyItem(at: run.appendingPathComponent("last.safetensors"), to: state)
        #expect(try refusal { _ in }.contains("is not a training state"))
    }
}
