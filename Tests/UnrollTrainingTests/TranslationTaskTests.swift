import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollTraining

@Suite("Translation as a task") struct TranslationTaskTests {
    /// The mean over the tokens of a padded batch is the weighted mean of its sentences alone, and so is its gradient.
    @Test(arguments: SequenceToSequenceConfiguration.AttentionChoice.allCases, [0.0, 0.1])
    func paddingChangesNeitherLossNorGradient(_ attention: SequenceToSequenceConfiguration.AttentionChoice, _ smoothing: Double) throws {
        var task = try CopyingTask(count: 6)
        task.model.attention = attention
        task.model.bidirectional = attention != .dot
        task.training.labelSmoothing = smoothing
        task.training.batchSentences = 6
        task.scalarType = .float64
        try checkPadding(task)
    }

    private func checkPadding(_ whole: CopyingTask) throws {
        var task = whole
        let model = task.makeModel()
        let together = try batches(task, model)
        let batch = try #require(together.first)
        #expect(together.count == 1)
        #expect(Set(batch.source.lengths).count > 1, "something is padded")
        let total = gradients(try task.makeTask(model), batch)

        task.training.batchSentences = 1
        let single = try task.makeTask(model)
        var loss = 0.0
        var sums = [[Double]](repeating: [], count: model.network.parameters.count)
        for part in try batches(task, model) {
            let share = Double(part.targetOutput.tokenCount) / Double(batch.targetOutput.tokenCount)
            let found = gradients(single, part)
            loss += share * found.loss
            for (place, values) in found.gradients.enumerated() {
                sums[place] = sums[place].isEmpty ? values.map { share * $0 } : zip(sums[place], values).map { $0 + share * $1 }
            }
        }
        #expect(abs(loss - total.loss) < 1e-12)
        for (place, named) in model.network.parameters.enumerated() {
            expectClose(total.gradients[place], sums[place], tolerance: 1e-12, named.name)
        }
    }

    @Test(arguments: [NormPlacement.pre, .post]) func paddingChangesNothingForATransformer(_ norm: NormPlacement) throws {
        var task = try CopyingTask.withTransformer(count: 6) { $0.norm = norm }
        task.training.batchSentences = 6
        task.scalarType = .float64
        try checkPadding(task)
    }

    private func batches(_ task: CopyingTask, _ model: TranslationModel) throws -> [Batch] {
        let next = try task.makeTask(model).items(from: .init())
        var batches: [Batch] = []
        while let batch = try next() { batches.append(batch) }
        return batches
    }

    private func gradients(_ task: TranslationTask, _ batch: Batch) -> (loss: Double, gradients: [[Double]]) {
        let found = valueAndGradients(of: task.network, isTraining: false) { context in
            let found = task.loss(batch, carried: [], context)
            return (loss: found.loss, extra: found.tokens)
        }
        #expect(found.extra == batch.targetOutput.tokenCount)
        return (found.loss, found.gradients.values.map { $0?.dense.doubles ?? [] })
    }

    @Test func theValidationLossIsTheMeanOverTokens() throws {
        var task = try CopyingTask()
        task.scalarType = .float64
        let model = task.makeModel()
        let each = try task.held.map { pair in
            (try model.meanLoss(on: [pair]), Double(model.targetCodec.encode(pair.target).count + 1))
        }
        let expected = each.reduce(0) { $0 + $1.0 * $1.1 } / each.reduce(0) { $0 + $1.1 }
        let loss = try model.meanLoss(on: task.held)
        #expect(abs(loss - expected) < 1e-12)
    }

    @Test func aValidationSetWithoutTextIsAnError() throws {
        var task = try CopyingTask()
        task.held = []
        #expect(throws: CorpusError.self) { try task.makeTask(task.makeModel()) }
    }

    @Test func validationTranslatesAsManySentencesAsAskedFor() throws {
        var task = try CopyingTask()
        task.training.validationSentences = 3
        let found = try task.makeTask(task.makeModel()).validate()
        let share = try #require(found[.exactMatch])
        #expect([0, 1.0 / 3, 2.0 / 3, 1].contains { abs($0 - share) < 1e-12 })
        #expect(found[.perplexity] == exp(found.loss))
        let (bleu, chrf) = (try #require(found[.bleu]), try #require(found[.chrf]))
        #expect((0...100).contains(bleu) && (0...100).contains(chrf))
    }
}
