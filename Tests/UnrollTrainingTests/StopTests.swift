import Foundation
import Testing
import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollTraining

@Suite("Stopping at what is not a number") struct StopTests {
    private func failure(_ body: () throws -> Void) -> TrainingError? {
        let error = #expect(throws: TrainingError.self) { try body() }
        #expect(error?.kind == .notFinite)
        return error
    }

    @Test(arguments: [
        ("source_embedding.weight", "the output of layer 'source_embedding'"),
        ("encoder.weight_ih_l0", "the output of layer 'encoder.layer0'"),
        ("decoder.weight_ih_l0", "the output of layer 'decoder.layer0'"),
        ("decoder.embedding.weight", "the output of layer 'decoder.embedding'"),
        ("decoder.readout.weight", "the output of layer 'decoder.readout'"), ("output.bias", "the loss"),
    ])
    func namesTheFirstLayerThatWentWrong(_ parameter: String, _ place: String) throws {
        let folder = try TemporaryFolder()
        let task = try CopyingTask()
        let model = task.makeModel()
        let named = try #require(model.network.parameters.first { $0.name == parameter })
        named.parameter.set(Tensor(repeating: .nan, shape: named.parameter.shape))
        let error = failure { try task.run(in: folder.url, model: model) }
        #expect(
            error?.description.hasPrefix("step 1: \(place) is infinite or not a number; nothing had been saved.") == true, "\(error as Any)"
        )
    }

    @Test func anAbsurdRateStopsAndLeavesTheFilesFromBefore() throws {
        let folder = try TemporaryFolder()
        var task = try CopyingTask()
        task.training.steps = 4
        try task.run(in: folder.url)
        let before = try Output(folder.url)
        #expect(before.files.count == 3)

        task.training.steps = 20
        task.training.saveEvery = 100
        task.training.validateEvery = 100
        task.training.optimizer.learningRate = 1e38
        let error = failure { try task.run(in: folder.url, resuming: true) }
        #expect(error?.description.hasPrefix("step 6: the output of layer '") == true, "\(error as Any)")
        #expect(error?.description.contains("the last saved state is from before it") == true)
        let after = try Output(folder.url)
        #expect(after.files["last.safetensors"] == before.files["last.safetensors"])
        #expect(after.files["state.safetensors"] == before.files["state.safetensors"])

        task.training.optimizer.learningRate = 0.01
        task.training.steps = 8
        #expect(try task.run(in: folder.url, resuming: true) == .finished, "what was saved is sound")
    }

    @Test func infiniteWeightsAreNotSaved() throws {
        let folder = try TemporaryFolder()
        let task = ScriptedTask(start: [0, 1], epoch: [[1, 0]])
        // The second update's gradient is finite, what it makes is not.
        let configuration = ScriptedTask.configuration(steps: 5) {
            $0.optimizer.learningRate = 2e38
            $0.saveEvery = 1
        }
        let error = failure { _ = try Trainer(task, configuration, directory: folder.url) { _ in }.run() }
        #expect(error?.description.hasPrefix("step 2: 'p0' is infinite or not a number") == true, "\(error as Any)")
        let file = try TensorFile(contentsOf: folder.url.appendingPathComponent("state.safetensors"))
        #expect(file.metadata["unroll.training_state"]?.contains(#""step":1,"#) == true)
        #expect(try file.tensor("p0").floats == [-2e38, 1])
    }

    @Test func anInfiniteGradientIsNamed() throws {
        let folder = try TemporaryFolder()
        let task = ScriptedTask(start: [0, 0], epoch: [[1, 1], [1, -.infinity]])
        let error = failure {
            _ = try Trainer(task, ScriptedTask.configuration(steps: 5), directory: folder.url) { _ in }.run()
        }
        #expect(error?.description.hasPrefix("step 2: the output of layer 'products'") == true, "\(error as Any)")
    }

    @Test func aValidationThatIsNotANumberStops() throws {
        let folder = try TemporaryFolder()
        let trainer = Trainer(
            ScriptedTask(validations: [3, .nan]), ScriptedTask.configuration(steps: 5), directory: folder.url
        ) { _ in }
        let error = failure { _ = try trainer.run() }
        #expect(error?.description.hasPrefix("step 2: the validation loss is infinite or not a number") == true, "\(error as Any)")
    }

    /// e^1000 is infinite, and JSON has no number for it.
    @Test func aLossWhosePerplexityIsInfiniteGoesOn() throws {
        let folder = try TemporaryFolder()
        let task = ScriptedTask(start: [1000, 0], epoch: [[1, 0]], validations: [2000, 1])
        #expect(try Trainer(task, ScriptedTask.configuration(steps: 2), directory: folder.url) { _ in }.run() == .finished)
        let metrics = try Output(folder.url).metrics
        #expect(metrics.count == 4)
        #expect(metrics[0].contains(#""loss":1000"#) && !metrics[0].contains("perplexity"))
        #expect(metrics[1] == #"{"step":1,"validation_loss":2000}"#)
    }
}
