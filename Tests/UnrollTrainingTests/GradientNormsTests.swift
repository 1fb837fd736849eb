import Foundation
import Testing
import UnrollInsight
import UnrollModules

@testable import UnrollTraining

@Suite("The gradient norm of each parameter over training") struct GradientNormsTests {
    private func task(_ asksForNorms: Bool) throws -> CopyingTask {
        var task = try CopyingTask()
        task.training.run.gradientNorms = asksForNorms
        return task
    }

    @Test func theyAreWrittenWhereTheyAreAskedForAndChangeNothingElse() throws {
        let folder = try TemporaryFolder()
        let task = try task(true)
        try task.run(in: folder.folder("with"))
        try self.task(false).run(in: folder.folder("without"))
        let (with, without) = (try Output(folder.folder("with")), try Output(folder.folder("without")))
        #expect(with.files["best.safetensors"] == without.files["best.safetensors"])
        #expect(with.files["last.safetensors"] == without.files["last.safetensors"])
        #expect(with.metrics.map { $0.replacing(/,"gradient_norms":\{[^}]*\}/, with: "") } == without.metrics)
        #expect(!without.metrics.joined().contains("gradient_norms"))

        let history = try #require(try GradientHistory(metricsFile: folder.folder("with").appendingPathComponent("metrics.jsonl")))
        let names = task.makeModel().network.parameters.map(\.name)
        #expect(history.names == names.sorted())
        #expect(history.steps == [3, 6, 9, 12])
        #expect(history.norms.allSatisfy { $0.count == 4 && $0.allSatisfy { ($0 ?? -1) >= 0 } })
        #expect(try GradientHistory(metricsFile: folder.folder("without").appendingPathComponent("metrics.jsonl")) == nil)
    }

    /// Of one update, the norms' squares sum up to that of the whole gradient.
    @Test func togetherTheyAreTheWholeGradients() throws {
        let folder = try TemporaryFolder()
        var task = try task(true)
        task.training.logEvery = 1
        var found: [(Double, Double)] = []
        try task.run(in: folder.folder("run")) { event in
            guard case .progress(let progress) = event else { return }
            found.append((progress.gradientNorm, progress.gradientNorms.reduce(0) { $0 + $1.norm * $1.norm }.squareRoot()))
        }
        #expect(found.count == 12)
        for (whole, together) in found { #expect(abs(whole - together) < 1e-6 * whole) }
    }

    @Test func aResumedTrainingWritesTheSame() throws {
        let folder = try TemporaryFolder()
        let task = try task(true)
        try task.run(in: folder.folder("whole"))
        try task.run(in: folder.folder("parts"), until: 5)
        try task.run(in: folder.folder("parts"), resuming: true)
        #expect(try Output(folder.folder("whole")) == Output(folder.folder("parts")))
    }

    @Test func aFileThatIsNoneIsRefused() throws {
        let folder = try TemporaryFolder()
        let url = folder.folder("metrics.jsonl")
        let absent = #expect(throws: TrainingError.self) { try GradientHistory(metricsFile: url) }
        #expect(absent?.kind == .unreadable)
        try Data("{\"step\": 1, \"gradient_norms\": {\"a\": 1}}\nnonsense\n".utf8).write(to: url)
        let wrong = #expect(throws: TrainingError.self) { try GradientHistory(metricsFile: url) }
        #expect(wrong?.kind == .malformed)
        #expect(wrong?.description.contains("metrics.jsonl:2: is no line of metrics") == true)
    }
}
