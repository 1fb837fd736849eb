import Foundation
import Testing
import UnrollCheckpoints
import UnrollDecoding
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollTraining

@Suite("Trainer") struct TrainerTests {
    @Test func learnsToCopy() throws {
        let folder = try TemporaryFolder()
        var task = try CopyingTask(count: 300, symbols: 4, longest: 3)
        task.model.hidden = 24
        task.model.dropout = 0
        task.training.steps = 150
        task.training.batchSentences = 20
        task.training.validateEvery = 75
        task.training.logEvery = 30
        task.training.optimizer.learningRate = 0.02
        task.training.schedule.kind = .cosine
        task.training.schedule.warmup = 10
        task.training.best = .exactMatch
        let model = task.makeModel()
        var losses: [Double] = []
        var validations: [Validation] = []
        let outcome = try task.run(in: folder.url, model: model) { event in
            switch event {
            case .progress(let progress): losses.append(progress.loss)
            case .validated(_, let validation, _, _): validations.append(validation)
            case .resumed: Issue.record("nothing was resumed")
            }
        }
        #expect(outcome == .finished)
        #expect(losses.count == 5)
        #expect(validations.count == 2)
        let last = try #require(validations.last)
        #expect(last.loss < 0.1)
        #expect(last[.exactMatch] == 1)
        #expect(losses[0] > 10 * losses[4])
        let texts = ["a b c", "d", "b b a"]
        #expect(model.translations(of: texts, SearchOptions()).map { $0[0].text } == texts)
    }

    @Test func aTransformerLearnsToCopy() throws {
        let folder = try TemporaryFolder()
        var task = try CopyingTask.withTransformer(count: 300, symbols: 4, longest: 3) {
            ($0.width, $0.feedForward, $0.dropout, $0.attentionDropout, $0.activationDropout) = (32, 64, 0, 0, 0)
        }
        (task.training.steps, task.training.batchSentences, task.training.validateEvery) = (200, 20, 200)
        task.training.optimizer.learningRate = 0.005
        task.training.schedule.kind = .inverseSquareRoot
        task.training.schedule.warmup = 30
        let model = task.makeModel()
        var last: Validation?
        let outcome = try task.run(in: folder.url, model: model) {
            if case .validated(_, let validation, _, _) = $0 { last = validation }
        }
        #expect(outcome == .finished)
        #expect(try #require(last)[.exactMatch] ?? 0 > 0.7, "by chance it would be far below 0.1")
        let texts = ["a b c", "d", "b b a", "c a a"]
        let found = model.translations(of: texts, SearchOptions()).map { $0[0] }
        // Written and read, it says the same.
        let read = try TranslationModel(contentsOf: folder.url.appendingPathComponent("last.safetensors"))
        let again = read.translations(of: texts, SearchOptions()).map { $0[0] }
        #expect(again.map(\.text) == found.map(\.text) && again.map(\.hypothesis.score) == found.map(\.hypothesis.score))
        #expect(read.network.configuration == model.network.configuration)
        #expect(read.summary.last?.contains("pre-norm") == true)
    }

    @Test func oneUpdateFollowsTheMeanOfItsParts() throws {
        let folder = try TemporaryFolder()
        let task = ScriptedTask(start: [1, 2], epoch: [[4, 0], [2, -8], [0, 1], [6, 1]])
        let configuration = ScriptedTask.configuration(steps: 2) {
            $0.accumulate = 2
            $0.optimizer.learningRate = 0.5
        }
        let outcome = try Trainer(task, configuration, directory: folder.url) { _ in }.run()
        #expect(outcome == .finished)
        // 1 − (4 + 2)/4 − (0 + 6)/4 and 2 − (0 − 8)/4 − (1 + 1)/4
        #expect(task.weights == [-2, 3.5])
    }

    /// The rows of an embedding and every other gradient.
    @Test func accumulatingTwoBatchesIsTheMeanOfBothGradients() throws {
        var task = try CopyingTask(count: 16)
        task.model.dropout = 0
        task.scalarType = .float64
        let model = task.makeModel()
        let translation = try task.makeTask(model)
        let next = try translation.items(from: .init())
        let batches = [try #require(try next()), try #require(try next())]
        let before = model.network.snapshot
        let gradients = batches.map { batch in
            valueAndGradients(of: model.network) { (loss: translation.loss(batch, carried: [], $0).loss, extra: ()) }.gradients
        }
        task.training.steps = 1
        task.training.accumulate = 2
        task.training.clipNorm = nil
        task.training.optimizer.kind = .sgd
        task.training.optimizer.learningRate = 1
        let folder = try TemporaryFolder()
        try task.run(in: folder.url, model: model)
        for (index, named) in model.network.parameters.enumerated() {
            let parts = gradients.map { $0.values[index]?.dense.doubles ?? [] }
            let expected = before[index].doubles.enumerated().map { place, old in old - (parts[0][place] + parts[1][place]) / 2 }
            expectClose(named.parameter.value.doubles, expected, tolerance: 1e-12, named.name)
            #expect(named.parameter.value.doubles != before[index].doubles, "\(named.name)")
        }
    }

    @Test func clipsByValueAndThenByTheNormOfTheRest() throws {
        let folder = try TemporaryFolder()
        let task = ScriptedTask(start: [0, 0], epoch: [[300, -4]])
        let configuration = ScriptedTask.configuration(steps: 1) {
            $0.clipValue = 3
            $0.clipNorm = 1
        }
        _ = try Trainer(task, configuration, directory: folder.url) { _ in }.run()
        let part = Float(0.5).squareRoot()
        #expect(abs(task.weights[0] + part) < 1e-6)
        #expect(abs(task.weights[1] - part) < 1e-6)
    }

    @Test func trainsOnASinglePair() throws {
        var task = try CopyingTask()
        task.pairs = [.init(source: "ja", target: "ja", lineNumber: 1)]
        task.held = task.pairs
        task.model.dropout = 0
        task.training.steps = 60
        task.training.validateEvery = 60
        task.training.optimizer.learningRate = 0.05
        let folder = try TemporaryFolder()
        var last: Validation?
        let outcome = try task.run(in: folder.url) { if case .validated(_, let validation, _, _) = $0 { last = validation } }
        #expect(outcome == .finished)
        #expect(last?[.exactMatch] == 1)
        #expect(last.map { $0.loss < 0.1 } == true)
    }

    @Test func noDataIsAnError() throws {
        let folder = try TemporaryFolder()
        let trainer = Trainer(ScriptedTask(epoch: []), ScriptedTask.configuration(steps: 3), directory: folder.url) { _ in }
        let error = #expect(throws: TrainingError.self) { try trainer.run() }
        #expect(error?.kind == .noData)
        #expect(error?.description.contains("no batch") == true)
    }

    @Test func stopsWhenPatienceIsLost() throws {
        let folder = try TemporaryFolder()
        let losses = [5.0, 4, 4.5, 4, 3, 3.5, 3, 3.1, 2]
        let configuration = ScriptedTask.configuration(steps: 20) { $0.patience = 3 }
        var best: [Int] = []
        let report = { (event: TrainingEvent) in
            if case .validated(let step, _, true, _) = event { best.append(step) }
        }
        let outcome = try Trainer(ScriptedTask(validations: losses), configuration, directory: folder.url, report: report).run()
        #expect(outcome == .stoppedEarly(step: 8))
        #expect(best == [1, 2, 5])
        #expect(try Output(folder.url).steps == (1...8).flatMap { [$0, $0] })

        let again = Trainer(ScriptedTask(validations: losses), configuration, directory: folder.url) { _ in }
        #expect(try again.run(resuming: true) == .stoppedEarly(step: 8), "what has stopped stays stopped")
        let patient = ScriptedTask.configuration(steps: 20) { $0.patience = 4 }
        let later = Trainer(ScriptedTask(validations: [2.5, 2.6, 2.6, 2.6, 2.6]), patient, directory: folder.url) { _ in }
        #expect(try later.run(resuming: true) == .stoppedEarly(step: 13), "more patience goes on")
    }

    @Test func reducesOnAPlateauAsPyTorchDoes() throws {
        let folder = try TemporaryFolder()
        let golden = try ScheduleTests.golden("plateau")
        let losses = try #require(golden.options.losses)
        let base = golden.options.base
        let configuration = ScriptedTask.configuration(steps: losses.count) {
            $0.optimizer.learningRate = base
            $0.schedule.kind = .plateau
            $0.schedule.factor = golden.options.factor ?? 0
            $0.schedule.patience = golden.options.patience ?? 0
            $0.schedule.minimum = (golden.options.minimum ?? 0) / base
        }
        var rates: [Double] = []
        let task = ScriptedTask(epoch: [[0, 0]], validations: losses)
        _ = try Trainer(task, configuration, directory: folder.url) { if case .progress(let now) = $0 { rates.append(now.learningRate) } }
            .run()
        // The rate after a measured loss is the next update's.
        #expect(rates.count == losses.count)
        expectClose(Array(rates.dropFirst()), Array(golden.rates.dropLast()), tolerance: 1e-15, "plateau")
    }
}
