import UnrollModules
import UnrollTensors
import UnrollTraining

/// Where the time of a training step went.
public struct TrainingPhases: Sendable {
    /// Until the loss was known. The loss of an output layer over a vocabulary computes that layer's gradients as well.
    public let forward: Duration
    /// From the loss to all gradients.
    public let backward: Duration
    /// Clipping and the optimiser's update.
    public let update: Duration
}

/// A training as anyone would write it: loss and gradients, clipping by global norm, an update.
struct TrainingLoop<Model: Module> {
    private let model: Model
    private let optimizer: Optimizer
    private let clipNorm: Double
    private let rate: Double

    init(_ model: Model, _ kind: OptimizerSettings.Kind, rate: Double, clipNorm: Double) {
        self.model = model
        self.clipNorm = clipNorm
        self.rate = rate
        var settings = OptimizerSettings()
        settings.kind = kind
        optimizer = Optimizer(settings, model.parameters)
    }

    /// One step; whatever else the loss found out is passed through.
    func step<Extra>(_ loss: (Context) -> (loss: Tensor, extra: Extra)) -> (step: WorkloadStep, extra: Extra) {
        let clock = ContinuousClock()
        let start = clock.now
        var forwardEnd = start
        let (value, gradients, extra) = valueAndGradients(of: model) { context in
            let result = loss(context)
            forwardEnd = clock.now
            return result
        }
        let backwardEnd = clock.now
        optimizer.update(gradients, rate: rate, scale: gradients.clippingFactor(limit: clipNorm))
        let phases = TrainingPhases(forward: forwardEnd - start, backward: backwardEnd - forwardEnd, update: clock.now - backwardEnd)
        return (WorkloadStep(phases: phases) { value }, extra)
    }
}
