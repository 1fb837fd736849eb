import UnrollKernels
import UnrollModules
import UnrollTensors

/// A function at a point: the tensors it is given, the parameters it owns, and what it does with them.
struct CheckedFunction {
    typealias Body = ([Tensor], Context) -> [Tensor]

    let inputs: [(name: String, value: Tensor)]
    let parameters: [NamedParameter]
    /// Elements of a variable whose derivative is 0 by intention.
    let untrained: (name: String, elements: Range<Int>)?
    let isTraining: Bool
    let reference: Body?
    let body: Body
    private let key: RandomKey

    init(
        inputs: [CheckedInput], parameters: [NamedParameter] = [], drawsParameters: Bool = true, seed: UInt64, _ type: ScalarType,
        untrained: (name: String, elements: Range<Int>)? = nil, isTraining: Bool = false, reference: Body? = nil, body: @escaping Body
    ) {
        key = RandomKey(seed: seed)
        let inputKey = key.split(0)
        self.inputs = inputs.enumerated().map { place, input in (input.name, input.tensor(key: inputKey.split(place), type)) }
        self.parameters = parameters
        self.untrained = untrained
        self.isTraining = isTraining
        self.reference = reference
        self.body = body
        guard drawsParameters else { return }
        let parameterKey = key.split(1)
        for (place, named) in parameters.enumerated() {
            named.parameter.set(.uniform(named.parameter.shape, in: -0.7..<0.7, key: parameterKey.split(place)))
        }
    }

    /// The inputs' names, then the parameters'.
    var variableNames: [String] { inputs.map(\.name) + parameters.map(\.name) }

    /// The inputs, then the parameters.
    var values: [Tensor] { inputs.map(\.value) + parameters.map(\.parameter.value) }

    private func context(_ tape: Tape?) -> Context { Context(tape: tape, isTraining: isTraining, key: key.split(2)) }

    /// What each output is multiplied by to make a number of them all.
    func seeds(like outputs: [Tensor]) -> [Tensor] {
        let seedKey = key.split(3)
        return outputs.enumerated().map { place, output in
            Tensor.normal(output.shape, key: seedKey.split(place)).converted(to: output.scalarType)
        }
    }

    /// The outputs.
    func outputs(_ body: Body) -> [Tensor] { body(inputs.map(\.value), context(nil)) }

    /// L(x + s) − L(x − s) of L = Σ ⟨output, seed⟩ for one element of a variable, summed over what changes, so that what stays adds no rounding.
    func difference(moving variable: Int, element: Int, by step: Double, seeds: [[Double]]) -> Double {
        let (above, below) = (outputs(moving: variable, element, by: step), outputs(moving: variable, element, by: -step))
        var total = 0.0
        for (pair, seed) in zip(zip(above, below), seeds) {
            for (values, factor) in zip(zip(pair.0, pair.1), seed) { total += (values.0 - values.1) * factor }
        }
        return total
    }

    /// The outputs' elements with one element of a variable moved.
    private func outputs(moving variable: Int, _ element: Int, by step: Double) -> [[Double]] {
        let old = values[variable]
        var elements = old.doubles
        elements[element] += step
        let new = Tensor(elements, shape: old.shape, scalarType: old.scalarType)
        var given = inputs.map(\.value)
        if variable < given.count { given[variable] = new } else { parameters[variable - given.count].parameter.set(new) }
        defer {
            if variable >= given.count { parameters[variable - given.count].parameter.set(old) }
        }
        return body(given, context(nil)).map(\.doubles)
    }

    /// The gradients of Σ ⟨output, seed⟩ by variable, zeros where there is none.
    ///
    /// - Parameters:
    ///   - seeds: nil for an output that is left unused.
    ///   - watched: the input that is differentiated by, all of them where nil.
    ///   - repetitions: how often the function is called on the one tape, with the same inputs.
    func gradients(_ body: Body, seeds: [Tensor?], watching watched: Int? = nil, repetitions: Int = 1) -> [Tensor] {
        let tape = Tape()
        defer { tape.clear() }
        let leaves = inputs.enumerated().map { place, input in
            watched == nil || watched == place ? tape.watch(input.value) : input.value
        }
        var pairs: [(output: Tensor, seed: Tensor)] = []
        for _ in 0..<repetitions {
            for (output, seed) in zip(body(leaves, context(tape)), seeds) {
                if let seed { pairs.append((output, seed)) }
            }
        }
        let gradients = tape.gradients(of: pairs)
        let found = leaves.map { gradients[$0] } + parameters.map { gradients[$0.parameter]?.dense }
        return zip(found, values).map { $0 ?? .zeros($1.shape, $1.scalarType) }
    }
}
