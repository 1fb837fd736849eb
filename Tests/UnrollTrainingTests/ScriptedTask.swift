import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollTraining

/// A task of which every number is known: the loss is item · w, so that the gradient is the item; the validations are given.
final class ScriptedTask: TrainingTask {
    let network: Table
    var identity: [String: String] = ["task": "scripted"]
    private let epoch: [[Float]]
    private var losses: [Double]

    init(start: [Float] = [1, 2], epoch: [[Float]] = [[1, 1]], validations: [Double] = []) {
        network = Table([Tensor(start, shape: [start.count])])
        self.epoch = epoch
        losses = validations.reversed()
    }

    var weights: [Float] { network.named[0].parameter.value.floats }

    func items(from position: BatchPosition) throws -> () throws -> [Float]? {
        var rest = epoch.dropFirst(position.batch)
        return { rest.popFirst() }
    }

    func loss(_ item: [Float], carried: [Tensor], _ context: Context) -> ItemLoss {
        let products = context[network.named[0].parameter] * Tensor(item, shape: [item.count])
        context.report("products", products)
        return ItemLoss(sum(products), tokens: item.count)
    }

    func metrics(ofLoss loss: Double) -> [Metric] { [Metric(.perplexity, exp(loss))] }

    func validate() throws -> Validation { Validation(loss: losses.popLast() ?? 1) }

    func writeModel(to url: URL) throws { try TensorFile.save(network, to: url) }

    /// Plain gradient descent.
    static func configuration(steps: Int, _ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.steps = steps
        configuration.optimizer.kind = .sgd
        configuration.optimizer.learningRate = 1
        configuration.logEvery = 1
        configuration.validateEvery = 1
        change(&configuration)
        return configuration
    }
}
