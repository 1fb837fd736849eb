import Foundation
import Testing
import UnrollCheckpoints
import UnrollKernels
import UnrollModels
import UnrollTensors

@testable import UnrollTraining

/// Equal results, byte for byte, whatever interrupts a training and however many threads it has.
@Suite("The same bytes again") struct RepeatTests {
    private func output(_ task: CopyingTask, _ folder: URL) throws -> Output {
        try task.run(in: folder)
        return try Output(folder)
    }

    @Test func theSameSeedGivesTheSameFiles() throws {
        let folder = try TemporaryFolder()
        var task = try CopyingTask()
        let first = try output(task, folder.folder("1"))
        #expect(first.files.count == 3)
        #expect(first.steps == [3, 5, 6, 9, 10, 12, 12])
        let second = try output(task, folder.folder("2"))
        #expect(first.differences(from: second) == [])
        task.training.seed = 8
        let other = try output(task, folder.folder("3"))
        #expect(first.differences(from: other) == ["best.safetensors", "last.safetensors", "state.safetensors", "metrics"])
    }

    private func expectTheSameFiles(_ task: CopyingTask) throws {
        let folder = try TemporaryFolder()
        let before = Processor.threads
        defer { Processor.threads = before }
        var outputs: [Output] = []
        for threads in [1, 2, 5] {
            Processor.threads = threads
            outputs.append(try output(task, folder.folder("\(threads)")))
        }
        #expect(outputs[0].differences(from: outputs[1]) == [])
        #expect(outputs[0].differences(from: outputs[2]) == [])
    }

    /// Large enough that the work is shared.
    @Test func anyNumberOfThreadsGivesTheSameFiles() throws {
        var task = try CopyingTask(count: 64, symbols: 20, longest: 6)
        task.model.embedding = 96
        task.model.hidden = 160
        task.model.cell = .lstm
        task.training.batchSentences = 32
        task.training.steps = 3
        task.training.validateEvery = 3
        task.training.saveEvery = 3
        try expectTheSameFiles(task)
    }

    @Test func anyNumberOfThreadsGivesTheSameTransformer() throws {
        var task = try CopyingTask.withTransformer(count: 64, symbols: 20, longest: 9) { ($0.width, $0.feedForward) = (96, 200) }
        task.training.batchSentences = 32
        (task.training.steps, task.training.validateEvery, task.training.saveEvery) = (3, 3, 3)
        try expectTheSameFiles(task)
    }

    @Test func aTransformerInterruptedAndResumed() throws {
        let folder = try TemporaryFolder()
        let task = try CopyingTask.withTransformer(count: 40)
        let whole = try output(task, folder.folder("whole"))
        for step in [1, 4, 7] {
            let parted = folder.folder("\(step)")
            #expect(try task.run(in: parted, until: step) == .interrupted(step: step))
            #expect(try task.run(in: parted, resuming: true) == .finished)
            #expect(try whole.differences(from: Output(parted)) == [], "interrupted at \(step)")
        }
    }

    private func resumable() throws -> CopyingTask {
        var task = try CopyingTask(count: 40)
        task.training.accumulate = 2
        task.training.optimizer.kind = .adamw
        task.training.optimizer.weightDecay = 0.01
        task.training.schedule.kind = .plateau
        task.training.schedule.patience = 0
        return task
    }

    @Test func interruptedAnywhereAndResumed() throws {
        let folder = try TemporaryFolder()
        let task = try resumable()
        let whole = try output(task, folder.folder("whole"))
        for step in 1..<task.training.steps {
            let parted = folder.folder("\(step)")
            #expect(try task.run(in: parted, until: step) == .interrupted(step: step))
            var resumedAt: Int?
            let outcome = try task.run(in: parted, resuming: true) { if case .resumed(let step) = $0 { resumedAt = step } }
            #expect(outcome == .finished)
            #expect(resumedAt == step)
            #expect(try whole.differences(from: Output(parted)) == [], "interrupted at \(step)")
        }
    }

    /// The folder as it is at every report, which may be between two saves, with a line of metrics that was cut off.
    @Test func killedAnywhereAndResumed() throws {
        let folder = try TemporaryFolder()
        let task = try resumable()
        var copies: [URL] = []
        let whole = folder.folder("whole")
        try task.run(in: whole) { _ in
            guard FileManager.default.fileExists(atPath: whole.appendingPathComponent("state.safetensors").path) else { return }
            let copy = folder.folder("copy\(copies.count)")
            #expect(throws: Never.self) { try FileManager.default.copyItem(at: whole, to: copy) }
            copies.append(copy)
        }
        let expected = try Output(whole)
        // After 4 updates the first state is saved; reports follow at 5, 6, 9, 10, 12 and 12.
        #expect(copies.count == 6)
        for (place, copy) in copies.enumerated() {
            let metrics = try FileHandle(forWritingTo: copy.appendingPathComponent("metrics.jsonl"))
            try metrics.seekToEnd()
            try metrics.write(contentsOf: Data(#"{"epoch":1,"gradient_no"#.utf8))
            try metrics.close()
            #expect(try task.run(in: copy, resuming: true) == .finished)
            #expect(try expected.differences(from: Output(copy)) == [], "killed at report \(place)")
        }
    }

    @Test func aFinishedTrainingStaysAsItIs() throws {
        let folder = try TemporaryFolder()
        let task = try CopyingTask()
        let before = try output(task, folder.url)
        #expect(try task.run(in: folder.url, resuming: true) == .finished)
        #expect(try before.differences(from: Output(folder.url)) == [])
    }
}
