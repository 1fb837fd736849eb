import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModules
import UnrollTensors

/// Trains a task's network: updates, validations, checkpoints, early stopping, and going on after a stop.
///
/// In the output directory: `best.safetensors` and `last.safetensors`, two model files; `state.safetensors`, from which a training goes on to the
/// byte-identical result; `metrics.jsonl`.
public final class Trainer<Task: TrainingTask> {
    private let task: Task
    private let configuration: TrainingConfiguration
    private let directory: URL
    private let parameters: [NamedParameter]
    private let optimizer: Optimizer
    private var state = TrainingState()
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
    }

    /// How a run ended.
    public enum Outcome: Sendable, Equatable {
        /// All updates were made.
        case finished
        /// The validation had not improved for long enough.
        case stoppedEarly(step: Int)
        /// It was asked to stop; `resuming` goes on from here.
        case interrupted(step: Int)
    }

    private var bestURL: URL { directory.appendingPathComponent("best.safetensors") }
    private var lastURL: URL { directory.appendingPathComponent("last.safetensors") }
    private var stateURL: URL { directory.appendingPathComponent("state.safetensors") }

    /// Trains.
    ///
    /// - Parameters:
    ///   - resuming: whether to go on from the state in the directory.
    ///   - isInterrupted: is asked after each update; when true, the state is saved and the run ends.
    /// - Throws: `TrainingError`; what reading data and writing files throw.
    public func run(resuming: Bool = false, isInterrupted: () -> Bool = { false }) throws -> Outcome {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        if resuming {
            try restore()
            report(.resumed(step: state.step))
        } else if FileManager.default.fileExists(atPath: stateURL.path) {
            throw TrainingError(
                .directory, "\(directory.path) holds a training already; go on with --resume, or choose another directory with --out")
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
                try metrics.write(
                    .init(
                        step: progress.step, epoch: progress.epoch, loss: progress.loss, perplexity: exp(progress.loss),
                        gradientNorm: progress.gradientNorm, learningRate: progress.learningRate, tokensPerSecond: progress.tokensPerSecond)
                )
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
        return TrainingProgress(
            step: state.step, totalSteps: configuration.steps, epoch: state.position.epoch + 1, loss: state.window.loss / updates,
            tokensPerSecond: Double(state.window.tokens) / max(1e-9, (ContinuousClock.now - clock) / .seconds(1)),
            gradientNorm: state.window.gradientNorm / updates, learningRate: rate(state.step),
            secondsLeft: total / Double(max(1, state.step - started.step)) * Double(configuration.steps - state.step))
    }

    // MARK: - One update

    private func rate(_ step: Int) -> Double {
        configuration.optimizer.learningRate
            * configuration.schedule.factor(step: step, totalSteps: configuration.steps, reductions: state.reductions)
    }

    private func update(_ items: inout () throws -> Task.Item?) throws {
        let step = state.step + 1
        let key = RandomKey(seed: configuration.seed).split(1).split(step)
        var sum: ModelGradients?
        for part in 0..<configuration.accumulate {
            let item = try nextItem(&items)
            let call = { (context: Context) in
                let (loss, tokens) = self.task.loss(item, context)
                return (loss: loss, extra: tokens)
            }
            let result = valueAndGradients(of: task.network, key: key.split(part), loss: call)
            guard result.loss.isFinite else { throw notFinite(item, key.split(part), result.gradients, step: step) }
            state.window.loss += result.loss / Double(configuration.accumulate)
            state.window.tokens += result.extra
            sum = sum?.adding(result.gradients) ?? result.gradients
            if part == configuration.accumulate - 1, let total = sum {
                let mean = configuration.accumulate == 1 ? total : total.scaled(by: 1 / Double(configuration.accumulate))
                let gradients = mean.merged()
                let norm = gradients.norm
                guard norm.isFinite else { throw notFinite(item, key.split(part), gradients, step: step) }
                state.window.gradientNorm += norm
                optimizer.update(
                    gradients.clipped(value: configuration.clipValue).clipped(norm: norm, limit: configuration.clipNorm), rate: rate(step))
            }
        }
        state.step = step
        state.window.updates += 1
    }

    private func nextItem(_ items: inout () throws -> Task.Item?) throws -> Task.Item {
        if let item = try items() {
            state.position.batch += 1
            return item
        }
        state.position = BatchPosition(epoch: state.position.epoch + 1)
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
        let (loss, _) = task.loss(item, context)
        if place == nil, !loss.isFinite { place = "the loss" }
        if place == nil {
            let index = gradients.values.firstIndex { $0.map { !$0.isFinite } ?? false }
            place = index.map { "the gradient of '\(parameters[$0].name)'" } ?? "the norm of the gradient"
        }
        return TrainingError(
            .notFinite,
            "step \(step): \(place ?? "the loss") is infinite or not a number; the last saved state is from before it. "
                + "Try a smaller learning_rate, a clip_norm, or more schedule.warmup")
    }

    // MARK: - Validation and files

    /// Returns whether the training should stop early.
    private func validate(_ metrics: MetricsFile) throws -> Bool {
        let clock = ContinuousClock.now
        let validation = try task.validate()
        let quality = validation.quality(configuration.best)
        let isBest = state.bestQuality.map { quality > $0 } ?? true
        if isBest {
            state.bestQuality = quality
            (state.sinceBest, state.sincePlateau) = (0, 0)
            try task.writeModel(to: bestURL)
        } else {
            state.sinceBest += 1
            state.sincePlateau += 1
            if state.sincePlateau > configuration.schedule.patience {
                state.reductions += 1
                state.sincePlateau = 0
            }
        }
        report(.validated(step: state.step, validation, isBest: isBest, seconds: (ContinuousClock.now - clock) / .seconds(1)))
        try metrics.write(
            .init(
                step: state.step, validationLoss: validation.loss, validationPerplexity: validation.perplexity, bleu: validation.bleu,
                chrf: validation.chrf, exactMatch: validation.exactMatch))
        return configuration.patience.map { state.sinceBest >= $0 } ?? false
    }

    private func save() throws {
        try task.writeModel(to: lastURL)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let weights = parameters.map { (name: $0.name, tensor: $0.parameter.value) }
        try TensorFile.write(
            weights + optimizer.state,
            metadata: [
                "unroll.training_state": String(decoding: try encoder.encode(state), as: UTF8.self),
                "unroll.training_configuration": String(decoding: try encoder.encode(configuration), as: UTF8.self),
            ], to: stateURL)
    }

    private func restore() throws {
        guard FileManager.default.fileExists(atPath: stateURL.path) else {
            throw TrainingError(.wrongState, "\(directory.path) holds no training to resume; leave out --resume to start one")
        }
        let file = try TensorFile(contentsOf: stateURL)
        guard let text = file.metadata["unroll.training_state"] else {
            throw TrainingError(.wrongState, "\(stateURL.path) is not a training state")
        }
        state = try JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
        let present = Set(file.entries.map(\.name))
        for named in parameters {
            guard present.contains(named.name) else {
                throw TrainingError(.wrongState, "\(stateURL.path) lacks '\(named.name)': it belongs to another model")
            }
            let tensor = try file.tensor(named.name)
            guard tensor.shape == named.parameter.shape else {
                throw TrainingError(
                    .wrongState, "\(stateURL.path): '\(named.name)' is \(tensor.shape), the recipe's model has \(named.parameter.shape)")
            }
            named.parameter.set(tensor)
        }
        try optimizer.restore(updateCount: state.step) { name in
            guard present.contains(name) else {
                throw TrainingError(.wrongState, "\(stateURL.path) lacks '\(name)': it was made with another optimizer")
            }
            return try file.tensor(name)
        }
    }
}
