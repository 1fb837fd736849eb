import Foundation
import UnrollInsight
import UnrollKernels
import UnrollModules
import UnrollTensors

/// Measures how gradients vanish and explode: plain RNN, IRNN, GRU and LSTM side by side, and the first updates of a network that explodes.
///
/// Everything is a function of the settings: the same ones give the same numbers, whatever the number of threads.
public struct GradientExperiment: Sendable {
    /// What the networks are shown.
    public var task: GradientTask
    /// The steps of a sequence.
    public var length = 100
    /// Units of each network.
    public var units = 64
    /// Sequences that a gradient is the mean of.
    public var sequences = 32
    /// Draws of weights and sequences that a flow is the geometric mean of: what one matrix does is chance.
    public var draws = 8
    /// Updates of each run.
    public var updates = 100
    /// The seed of the weights.
    public var seed: UInt64

    /// The default sizes, on the adding problem unless another task is given.
    public init(task: GradientTask? = nil, seed: UInt64 = 1) {
        self.task = task ?? .adding(seed: seed)
        self.seed = seed
    }

    /// Measures; less than a minute at the default sizes.
    ///
    /// - Parameter progress: is told what is done.
    /// - Throws: what the task throws.
    public func run(progress: (String) -> Void = { _ in }) throws -> GradientStudy {
        var flows: [GradientStudy.Flow] = []
        for start in Start.allCases {
            for candidate in candidates(start) {
                progress("\(candidate.name), \(start.rawValue)")
                flows.append(.init(network: candidate.name, initialization: start.rawValue, norms: try flow(candidate)))
            }
        }
        let runs = try Self.runs.map { name, rate, clip in
            progress("training, \(name)")
            return try train(name, rate: rate, clipNorm: clip)
        }
        return GradientStudy(
            task: task.name, length: length, units: units, sequences: sequences, draws: draws, seed: seed, flows: flows,
            trained: "an IRNN: ReLU, U starts as the identity, all else in numbers of deviation 0.001", runs: runs)
    }

    // MARK: - Backwards through time

    /// How recurrent weights start.
    private enum Start: String, CaseIterable {
        case gaussian = "Gaussian, variance 1/units"
        case orthogonal = "orthogonal"

        var initializer: Initializer { self == .gaussian ? .xavierNormal : .orthogonal }
    }

    private struct Candidate {
        let name: String
        let kind: CellKind
        let options: CellOptions
    }

    private func candidates(_ start: Start) -> [Candidate] {
        func options(_ change: (inout CellOptions) -> Void = { _ in }) -> CellOptions {
            var options = CellOptions(hiddenInitializer: start.initializer)
            change(&options)
            return options
        }
        let rectified =
            start == .gaussian
            ? Candidate(name: "RNN, ReLU", kind: .rnn, options: options { $0.activation = .relu })
            : Candidate(
                name: "IRNN (U = identity)", kind: .rnn,
                options: options {
                    $0.activation = .relu
                    $0.hiddenInitializer = .identity
                })
        let chrono = options { $0.forgetBias = .chrono(longest: max(3, length)) }
        return [
            Candidate(name: "RNN, tanh", kind: .rnn, options: options()), rectified,
            Candidate(name: "GRU", kind: .gru, options: options()), Candidate(name: "GRU, chrono bias", kind: .gru, options: chrono),
            Candidate(name: "LSTM, forget bias 1", kind: .lstm, options: options()),
            Candidate(name: "LSTM, chrono bias", kind: .lstm, options: chrono),
        ]
    }

    /// The geometric mean over the draws of ‖∂loss/∂state‖ so many steps before the end, as a multiple of that at the end.
    private func flow(_ candidate: Candidate) throws -> [Double] {
        let draws = try (0..<draws).map { try norms(candidate, draw: $0) }
        return (0..<length).map { distance in exp(draws.reduce(0) { $0 + log($1[distance]) } / Double(draws.count)) }
    }

    /// The norms of one draw of weights and sequences, in double precision.
    private func norms(_ candidate: Candidate, draw: Int) throws -> [Double] {
        let key = RandomKey(seed: seed).split(draw)
        let network = Network(candidate.kind, task, units, candidate.options, key: key, scalarType: .float64)
        let batch = try task.batch(draw, length, sequences)
        let tape = Tape(tracesRecurrences: true)
        defer { tape.clear() }
        let context = Context(tape: tape, isTraining: false, key: RandomKey(seed: 0))
        _ = tape.gradients(of: batch.loss(network(batch.inputs.converted(to: .float64), context)))
        let states = tape.recurrenceTraces[0].states
        let norms = (0..<length).reversed().map { step in
            states.reduce(0.0) { $0 + $1.gradient.at(step).sumOfSquares }.squareRoot()
        }
        return norms.map { norms[0] > 0 ? $0 / norms[0] : 0 }
    }

    // MARK: - At the update

    /// Name, learning rate, and the largest norm that is let through.
    private static let runs: [(String, Double, Double?)] = [
        ("no clipping", 0.01, nil), ("clipped at 1", 0.01, 1), ("learning rate / 1000", 0.00001, nil),
    ]

    /// Le 2015 begins with small numbers beside the identity, so that the first loss is small, and the network explodes only once it learns.
    private func train(_ name: String, rate: Double, clipNorm: Double?) throws -> GradientStudy.Run {
        let small = Initializer.normal(deviation: 0.001)
        let options = CellOptions(inputInitializer: small, hiddenInitializer: .identity, activation: .relu)
        let network = Network(.rnn, task, units, options, output: small, key: RandomKey(seed: seed).split(0), scalarType: .float32)
        var settings = OptimizerSettings()
        settings.kind = .sgd
        let optimizer = Optimizer(settings, network.parameters)
        var (losses, gradientNorms, weightNorms): ([Double?], [Double?], [Double?]) = ([], [], [])
        for update in 0..<updates {
            let batch = try task.batch(update, length, sequences)
            let (loss, gradients, _) = valueAndGradients(of: network) { context in (batch.loss(network(batch.inputs, context)), ()) }
            let norm = gradients.norm
            let weights = network.parameters.reduce(0) { $0 + $1.parameter.value.sumOfSquares }.squareRoot()
            losses.append(loss.isFinite ? loss : nil)
            gradientNorms.append(norm.isFinite ? norm : nil)
            weightNorms.append(weights.isFinite ? weights : nil)
            guard loss.isFinite, norm.isFinite else { break }
            optimizer.update(gradients, rate: rate, scale: clipNorm.map { gradients.clippingFactor(limit: $0, norm: norm) } ?? 1)
        }
        return .init(
            name: name, learningRate: rate, clipNorm: clipNorm, losses: losses, gradientNorms: gradientNorms, weightNorms: weightNorms)
    }
}

/// One recurrent layer, whose last state says what is asked for.
private struct Network: Module {
    let cells: RecurrentStack
    let output: Linear

    init(
        _ kind: CellKind, _ task: GradientTask, _ units: Int, _ options: CellOptions, output initializer: Initializer = .xavierUniform,
        key: RandomKey, scalarType: ScalarType
    ) {
        cells = RecurrentStack(
            kind, inputSize: task.features, hiddenSize: units, options: options, key: key.split(0), scalarType: scalarType)
        output = Linear(units, task.outputs, initializer: initializer, key: key.split(1), scalarType: scalarType)
    }

    /// [time, batch, features] → [batch, outputs].
    func callAsFunction(_ inputs: Tensor, _ context: Context) -> Tensor {
        output(cells(inputs, context).states[0][0].hidden, context)
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("cells", cells)
        visitor("output", output)
    }
}
