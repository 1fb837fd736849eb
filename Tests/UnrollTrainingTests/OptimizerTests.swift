import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollTraining

/// Parameters without any equation between them.
struct Table: Module {
    let named: [(name: String, parameter: Parameter)]

    init(_ tensors: [Tensor]) {
        named = tensors.enumerated().map { ("p\($0.offset)", Parameter($0.element)) }
    }

    func visit(_ visitor: inout ParameterVisitor) {
        for (name, parameter) in named { visitor(name, parameter) }
    }
}

@Suite("Optimisers") struct OptimizerTests {
    struct Case: Decodable {
        struct Options: Decodable {
            var lr: Double
            var momentum: Double?
            var nesterov: Bool?
            var weightDecay: Double?
            var betas: [Double]?
            var eps: Double?
            var rho: Double?
            var alpha: Double?
            var centered: Bool?
        }

        let name: String
        let optimiser: String
        let options: Options
        let start: GoldenTensor
        let gradients: [GoldenTensor]
        let trajectory: [GoldenTensor]

        /// nil for the one variant that does not exist here: centred RMSProp.
        var settings: OptimizerSettings? {
            guard options.centered != true, let kind = OptimizerSettings.Kind(rawValue: optimiser.lowercased()) else { return nil }
            var settings = OptimizerSettings()
            settings.kind = kind
            settings.learningRate = options.lr
            settings.momentum = options.momentum ?? 0
            settings.nesterov = options.nesterov ?? false
            settings.weightDecay = options.weightDecay ?? 0
            settings.beta1 = options.betas?[0] ?? 0.9
            settings.beta2 = options.betas?[1] ?? 0.999
            settings.epsilon = options.eps
            settings.decay = options.rho ?? options.alpha
            return settings
        }
    }

    @Test(arguments: [(ScalarType.float64, 1e-7), (.float32, 2e-6)])
    func takesTheStepsOfPyTorch(_ type: ScalarType, _ tolerance: Double) throws {
        let cases = try GoldenFile<Case>.cases("optimisers")
        let known = cases.compactMap { golden in golden.settings.map { (golden, $0) } }
        #expect(known.count == 13)
        #expect(Set(known.map(\.1.kind.rawValue)).count == OptimizerSettings.Kind.allCases.count)
        for (golden, settings) in known {
            let table = Table([golden.start.tensor(type)])
            let optimizer = Optimizer(settings, table.parameters)
            for (step, gradient) in golden.gradients.enumerated() {
                optimizer.update(ModelGradients(values: [.dense(gradient.tensor(type))]), rate: settings.learningRate)
                expectClose(
                    table.parameters[0].parameter.value.doubles, golden.trajectory[step].numbers, tolerance: tolerance,
                    "\(golden.name), step \(step + 1)")
            }
        }
    }

    private static let variants: [OptimizerSettings] = OptimizerSettings.Kind.allCases.flatMap { kind in
        [(0.0, 0.0), (0.9, 0.0), (0.9, 0.1), (0.0, 0.1)].map { momentum, decay in
            var settings = OptimizerSettings()
            settings.kind = kind
            settings.momentum = momentum
            settings.weightDecay = decay
            settings.nesterov = kind == .sgd && momentum > 0
            return settings
        }
    }

    /// Rows of a table, some twice and some never; the last step has none at all.
    @Test(arguments: variants)
    func rowsGiveTheBitsOfTheDenseGradient(_ settings: OptimizerSettings) {
        let start = Tensor.normal([7, 5], key: RandomKey(seed: 3))
        let (sparse, dense) = (Table([start]), Table([start]))
        let (first, second) = (Optimizer(settings, sparse.parameters), Optimizer(settings, dense.parameters))
        let used: [[Int32]] = [[5, 2, 5, 0], [6], [1, 1, 1], [0, 1, 2, 3, 4, 5, 6], []]
        for (step, indices) in used.enumerated() {
            let values = Tensor.normal([indices.count, 5], key: RandomKey(seed: 4).split(step))
            let rows = Gradient.rows(RowGradient(indices: indices, values: values, shape: [7, 5]))
            first.update(ModelGradients(values: [rows]), rate: 0.05)
            second.update(ModelGradients(values: [.dense(rows.dense)]), rate: 0.05)
            #expect(bits(sparse) == bits(dense), "\(settings.kind), step \(step)")
            #expect(first.state.map { $0.tensor.floats.map(\.bitPattern) } == second.state.map { $0.tensor.floats.map(\.bitPattern) })
        }
        #expect(bits(sparse) != start.floats.map(\.bitPattern))
    }

    @Test func aParameterWithoutAGradientStays() {
        let table = Table([.normal([3], key: RandomKey(seed: 1)), .normal([4], key: RandomKey(seed: 2))])
        let before = table.snapshot
        var settings = OptimizerSettings()
        settings.kind = .adamw
        settings.weightDecay = 0.5
        let optimizer = Optimizer(settings, table.parameters)
        optimizer.update(ModelGradients(values: [nil, .dense(Tensor(repeating: 1, shape: [4]))]), rate: 0.1)
        #expect(table.snapshot[0].floats == before[0].floats)
        #expect(table.snapshot[1].floats != before[1].floats)
    }

    @Test(arguments: variants)
    func goesOnFromItsState(_ settings: OptimizerSettings) {
        let start = Tensor.normal([3, 5], key: RandomKey(seed: 5))
        let gradients = (0..<6).map { ModelGradients(values: [.dense(.normal([3, 5], key: RandomKey(seed: 6).split($0)))]) }
        let (whole, parted) = (Table([start]), Table([start]))
        let optimizer = Optimizer(settings, whole.parameters)
        for gradient in gradients { optimizer.update(gradient, rate: 0.1) }
        let before = Optimizer(settings, parted.parameters)
        for gradient in gradients.prefix(2) { before.update(gradient, rate: 0.1) }
        let after = Optimizer(settings, parted.parameters)
        after.restore(updateCount: before.updateCount, before.state.map(\.tensor))
        for gradient in gradients.dropFirst(2) { after.update(gradient, rate: 0.1) }
        #expect(bits(whole) == bits(parted))
        #expect(after.updateCount == 6)
    }

    private func bits(_ table: Table) -> [UInt32] { table.snapshot.flatMap { $0.floats.map(\.bitPattern) } }
}
