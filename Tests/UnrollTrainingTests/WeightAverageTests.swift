import Foundation
import Testing
import UnrollCheckpoints
import UnrollModels
import UnrollTensors

@testable import UnrollTraining

@Suite("The average of the weights") struct WeightAverageTests {
    private func task(_ decay: Double?) throws -> CopyingTask {
        var task = try CopyingTask(count: 40)
        task.training.average = try decay.map {
            try JSONDecoder().decode(AverageSettings.self, from: Data(#"{"decay": \#($0)}"#.utf8))
        }
        return task
    }

    private func weights(_ folder: URL, _ file: String = "last.safetensors") throws -> [[Double]] {
        try TranslationModel(contentsOf: folder.appendingPathComponent(file)).network.snapshot.map(\.doubles)
    }

    /// The weights after each update, from trainings that end there, averaged by hand.
    @Test(arguments: [0.3, 0.999]) func isWhatTheEquationSays(_ decay: Double) throws {
        let folder = try TemporaryFolder()
        var plain = try task(nil)
        // A schedule that does not depend on the last step.
        plain.training.schedule.kind = .constant
        var expected = plain.makeModel().network.snapshot.map(\.doubles)
        for step in 1...6 {
            plain.training.steps = step
            try plain.run(in: folder.folder("\(step)"))
            let share = min(decay, Double(1 + step) / Double(10 + step))
            expected = zip(expected, try weights(folder.folder("\(step)"))).map { zip($0, $1).map { share * $0 + (1 - share) * $1 } }
        }
        var averaging = try task(decay)
        averaging.training.schedule.kind = .constant
        averaging.training.steps = 6
        try averaging.run(in: folder.folder("average"))
        for (found, wanted) in zip(try weights(folder.folder("average")), expected) {
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        // The training itself goes its way.
        let state = try TensorFile(contentsOf: folder.folder("average").appendingPathComponent("state.safetensors"))
        let raw = try weights(folder.folder("6"))
        for (named, wanted) in zip(averaging.makeModel().network.parameters, raw) {
            #expect(try state.tensor(named.name).doubles == wanted, "\(named.name)")
        }
    }

    @Test func interruptedAndResumed() throws {
        let folder = try TemporaryFolder()
        let task = try task(0.9)
        try task.run(in: folder.folder("whole"))
        let whole = try Output(folder.folder("whole"))
        for step in [1, 4, 6, 11] {
            let parted = folder.folder("\(step)")
            #expect(try task.run(in: parted, until: step) == .interrupted(step: step))
            #expect(try task.run(in: parted, resuming: true) == .finished)
            #expect(try whole.differences(from: Output(parted)) == [], "interrupted at \(step)")
        }
    }

    @Test func anotherDecayIsRefusedWhereATrainingGoesOn() throws {
        let folder = try TemporaryFolder()
        #expect(try task(0.9).run(in: folder.url, until: 3) == .interrupted(step: 3))
        for other in [0.99, nil] {
            let error = #expect(throws: TrainingError.self) { try self.task(other).run(in: folder.url, resuming: true) }
            #expect(try #require(error).description.contains("average.decay 0.9"))
        }
    }

    /// The last checkpoints stay, and the average of them is that of their weights.
    @Test func theLastCheckpointsStay() throws {
        let folder = try TemporaryFolder()
        var task = try task(nil)
        (task.training.keep, task.training.saveEvery) = (2, 3)
        try task.run(in: folder.url)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { $0.hasPrefix("step-") }.sorted()
        #expect(files == ["step-12.safetensors", "step-9.safetensors"])
        let mean = try ModelKind.average(of: files.map { folder.url.appendingPathComponent($0) })
        let (one, other) = (try weights(folder.url, files[0]), try weights(folder.url, files[1]))
        for (found, pair) in zip(mean.network.snapshot, zip(one, other)) {
            let expected = zip(pair.0, pair.1).map { Float(($0 + $1) / 2) }
            #expect(found.floats == expected)
        }
        #expect(one == (try weights(folder.url)))
        #expect(mean.recipe == "copying")
    }
}
