import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModules
import UnrollTensors

/// Trains a task's network: updates, validations, checkpoints, early stopping, and going on after a stop.
///
/// In the output directory: `best.safetensors` and `last.safetensors`, two model files; `state.safetensors`, from which a training goes on to the
/// byte-identical result; `metrics.jsonl`; and, where they are asked for, the last checkpoints, `step-4000.safetensors`.
public final class Trainer<Task: TrainingTask> {
    private let task: Task
    private let configuration: TrainingConfiguration
    private let directory: URL
    private let parameters: [NamedParameter]
    private let optimizer: Optimizer
    private let average: WeightAverage?
    private var state = TrainingState()
    /// What the last item left to the next.
    private var carried: [Tensor]
    private let report: (TrainingEvent) -> Void

    /// A trainer that writes into a directory, which is made if it does not exist.
    public init(
        _ task: Task, _ configuration: TrainingConfiguration, directory: URL, report: @escaping (TrainingEvent) -> Void
    ) {
        self.task = task
        self.configuration = configuration
        self.directory = directory
        self.report = report
        parameters = task.network.parameters
        optimizer = Optimizer(configuration.optimizer, parameters)
        average = configuration.average.map { [parameters] in WeightAverage($0, parameters) }
        carried = task.carriedAtStart
    }

    private var bestURL: URL { directory.appendingPathComponent("best.safetensors") }
    private var lastURL: URL { directory.appendingPathComponent("last.safetensors") }
    private var stateFile: StateFile { StateFile(url: directory.appendingPathComponent("state.safetensors")) }

    private func checkpointURL(_ step: Int) -> URL { directory.appendingPathComponent("step-\(step).safetensors") }

    /// Trains.
    ///
    /// - Parameters:
    ///   - resuming: whether to go on from the state in the directory.
    ///   - isInterrupted: is asked after each update; when true, the state is saved and the run ends.
    /// - Throws: `TrainingError`; what reading data and writing files throw.
    public func run(resuming: Bool = false, isInterrupted: () -> Bool = { false }) throws -> TrainingOutcome {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        if resuming {
            (state, carried) = try stateFile.restore(
                configuration, identity: try task.identity, parameters, optimizer, average, carried: task.carriedAtStart)
            report(.resumed(step: state.step))
            if hasLostPatience { return .stoppedEarly(step: state.step) }
        } else {
            try checkDirectory()
        }
        let metrics = try MetricsFile(directory.appendingPathComponent("metrics.jsonl"), resumingAfter: state.step)
        var items = try task.items(from: state.position)
        var clock = ContinuousClock.now
        let started = (clock: ContinuousClock.now, step: state.step)
        while state.step < configuration.steps {
            try update(&items)
            if state.step % configuration.logEvery == 0 || state.step == configuration.steps {
                let progress = progress(since: clock, started)
                clock = .now
                report(.progress(progress))
                try metrics.write(.init(progress))
                state.window = .init()
            }
            let isLast = state.step == configuration.steps
            let pause = ContinuousClock.now
            if state.step % configuration.validateEvery == 0 || isLast {
                if try validate(metrics) {
                    try save()
                    return .stoppedEarly(step: state.step)
                }
                // What validation and saving take is not the training's pace.
                clock += ContinuousClock.now - pause
            }
            let stops = isInterrupted() && !isLast
            if isLast || stops || state.step % configuration.saveEvery == 0 { try save() }
            if stops { return .interrupted(step: state.step) }
        }
        return .finished
    }

    private func progress(
        since clock: ContinuousClock.Instant, _ started: (clock: ContinuousClock.Instant, step: Int)
    ) -> TrainingProgress {
        let updates = Double(max(1, state.window.updates))
        let total = (ContinuousClock.now - started.clock) / .seconds(1)
        let loss = state.window.loss / updates
        return TrainingProgress(
            step: state.step, totalSteps: configuration.steps, epoch: state.position.epoch + 1, loss: loss,
            metrics: task.metrics(ofLoss: loss),
            tokensPerSecond: Double(state.window.tokens) / max(1e-9, (ContinuousClock.now - clock) / .seconds(1)),
            gradientNorm: state.window.gradientNorm / updates,
            gradientNorms: zip(parameters, state.window.gradientNorms ?? []).map { (name: $0.name, norm: $1 / updates) },
            learningRate: rate(state.step),
            secondsLeft: total / Double(max(1, state.step - started.step)) * Double(configuration.steps - state.step))
    }

    // MARK: - One update

    private func rate(_ step: Int) -> Double {
        configuration.optimizer.learningRate
            * configuration.schedule.factor(
                step: step, totalSteps: configuration.steps, epoch: state.position.epoch + 1, reductions: state.reductions)
    }

    private func update(_ items: inout () throws -> Task.Item?) throws {
        let step = state.step + 1
        let key = RandomKey(seed: configuration.seed).split(1).split(step)
        var sum: ModelGradients?
        for part in 0..<configuration.accumulate {
            let item = try nextItem(&items)
            let call = { (context: Context) in
                let found = self.task.loss(item, carried: self.carried, context)
                return (loss: found.loss, extra: found)
            }
            let result = valueAndGradients(of: task.network, key: key.split(part), loss: call)
            guard result.loss.isFinite else { throw notFinite(item, key.split(part), result.gradients, step: step) }
            state.window.loss += result.loss / (result.extra.factor * Double(configuration.accumulate))
            state.window.tokens += result.extra.tokens
            let left = result.extra.carried
            sum = sum?.adding(result.gradients) ?? result.gradients
            if part == configuration.accumulate - 1, let total = sum {
                let gradients = configuration.accumulate == 1 ? total : total.scaled(by: 1 / Double(configuration.accumulate))
                let norm = gradients.norm
                guard norm.isFinite else { throw notFinite(item, key.split(part), gradients, step: step) }
                state.window.gradientNorm += norm
                if configuration.gradientNorms {
                    let norms = gradients.values.map { ($0?.sumOfSquares ?? 0).squareRoot() }
                    state.window.gradientNorms = state.window.gradientNorms.map { zip($0, norms).map(+) } ?? norms
                }
                apply(gradients, norm: norm, rate: rate(step))
            }
            carried = left
        }
        average?.update(step)
        state.step = step
        state.window.updates += 1
    }

    /// Clips by value, then by the norm of what is left.
    private func apply(_ gradients: ModelGradients, norm: Double, rate: Double) {
        let clipped = configuration.clipValue.map { gradients.clipped(value: $0) }
        let scale = configuration.clipNorm.map { limit in
            clipped?.clippingFactor(limit: limit) ?? gradients.clippingFactor(limit: limit, norm: norm)
        }
        optimizer.update(clipped ?? gradients, rate: rate, scale: scale ?? 1)
    }

    private func nextItem(_ items: inout () throws -> Task.Item?) throws -> Task.Item {
        if let item = try items() {
            state.position.batch += 1
            return item
        }
        state.position = BatchPosition(epoch: state.position.epoch + 1)
        carried = task.carriedAtStart
        items = try task.items(from: state.position)
        guard let item = try items() else {
            throw TrainingError(.noData, "the training data gives no batch; check its files and the maximum length")
        }
        state.position.batch += 1
        return item
    }

    /// Runs the call again with a probe, to name the first layer that went wrong; else the first parameter whose gradient did.
    private func notFinite(_ item: Task.Item, _ key: RandomKey, _ gradients: ModelGradients, step: Int) -> TrainingError {
        var place: String?
        let context = Context(tape: nil, isTraining: true, key: key) { path, value in
            if place == nil, !value.isFinite { place = "the output of layer '\(path.joined(separator: "."))'" }
        }
        let loss = task.loss(item, carried: carried, context).loss
        if place == nil, !loss.isFinite { place = "the loss" }
        if place == nil {
            let index = gradients.values.firstIndex { $0.map { !$0.isFinite } ?? false }
            place = index.map { "the gradient of '\(parameters[$0].name)'" } ?? "the norm of the gradient"
        }
        return notFinite(place ?? "the loss", step: step)
    }

    private func notFinite(_ place: String, step: Int) -> TrainingError {
        let saved = stateFile.exists ? "the last saved state is from before it" : "nothing had been saved"
        return TrainingError(
            .notFinite,
            "step \(step): \(place) is infinite or not a number; \(saved). "
                + "Try a smaller learning_rate, a clip_norm, or more schedule.warmup")
    }

    // MARK: - Validation and files

    /// Returns whether the training should stop early.
    private func validate(_ metrics: MetricsFile) throws -> Bool {
        let clock = ContinuousClock.now
        let validation = try averaged { try task.validate() }
        guard validation.loss.isFinite else { throw notFinite("the validation loss", step: state.step) }
        let quality = validation.quality(configuration.best)
        let isBest = state.bestQuality.map { quality > $0 } ?? true
        if isBest {
            state.bestQuality = quality
            (state.sinceBest, state.sincePlateau) = (0, 0)
            try averaged { try task.writeModel(to: bestURL) }
        } else {
            state.sinceBest += 1
            state.sincePlateau += 1
            if state.sincePlateau > configuration.schedule.patience {
                state.reductions += 1
                state.sincePlateau = 0
            }
        }
        report(.validated(step: state.step, validation, isBest: isBest, seconds: (ContinuousClock.now - clock) / .seconds(1)))
        try metrics.write(.init(step: state.step, validation))
        return hasLostPatience
    }

    private var hasLostPatience: Bool { configuration.patience.map { state.sinceBest >= $0 } ?? false }

    private func save() throws {
        if let broken = parameters.first(where: { !$0.parameter.value.isFinite }) {
            throw notFinite("'\(broken.name)'", step: state.step)
        }
        try averaged { try task.writeModel(to: lastURL) }
        if configuration.keep > 0, state.step % configuration.saveEvery == 0 {
            try averaged { try task.writeModel(to: checkpointURL(state.step)) }
            try? FileManager.default.removeItem(at: checkpointURL(state.step - configuration.keep * configuration.saveEvery))
        }
        try stateFile.write(state, configuration, identity: try task.identity, parameters, optimizer, average, carried: carried)
    }

    /// Calls `body` with the network's weights as they are measured and written: their average, where there is one.
    private func averaged<Result>(_ body: () throws -> Result) rethrows -> Result { try average?.inUse(body) ?? body() }

    /// What an earlier training has left must not be overwritten by mistake.
    private func checkDirectory() throws {
        for url in [stateFile.url, lastURL, bestURL] where FileManager.default.fileExists(atPath: url.path) {
            let advice =
                stateFile.exists ? "go on with --resume, or choose another directory with --out" : "choose another directory with --out"
            throw TrainingError(.directory, "\(directory.path) holds a training already (\(url.lastPathComponent)); \(advice)")
        }
    }
}
