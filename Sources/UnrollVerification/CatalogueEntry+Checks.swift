import UnrollKernels
import UnrollTensors

extension CatalogueEntry {
    /// Runs every check that fits: all of them, but the reference only where there is one.
    public func check() -> [CheckResult] {
        let function = make(.float64)
        let seeds = function.seeds(like: function.outputs(function.body))
        let gradients = function.gradients(function.body, seeds: seeds)
        var results = [checkGradient(function, seeds, gradients)]
        if let reference = function.reference { results.append(checkReference(function, reference, seeds, gradients)) }
        results.append(checkPrecision(function, gradients))
        results.append(checkComposition(function, seeds, gradients))
        return results
    }

    /// Each derivative against (8 (L(x + s) − L(x − s)) − (L(x + 2s) − L(x − 2s))) / 12 s, whose error falls with s⁴.
    private func checkGradient(_ function: CheckedFunction, _ seeds: [Tensor], _ gradients: [Tensor]) -> CheckResult {
        let factors = seeds.map(\.doubles)
        var comparison = Comparison()
        for (variable, name) in function.variableNames.enumerated() {
            let gradient = gradients[variable]
            let found = gradient.doubles
            let stride = sampledElements.map { max(1, found.count / $0) } ?? 1
            for element in Swift.stride(from: 0, to: found.count, by: stride) {
                let isTrained = function.untrained.map { $0.name != name || !$0.elements.contains(element) } ?? true
                var best = Comparison()
                // Where nothing is trained by intention, there are no differences to make.
                for step in isTrained ? differenceSteps : [0] {
                    let difference = { function.difference(moving: variable, element: element, by: $0, seeds: factors) }
                    let expected = step == 0 ? 0 : (8 * difference(step) - difference(2 * step)) / (12 * step)
                    var tried = Comparison()
                    tried.compare(
                        "gradient of \(name)", element, in: gradient.shape, found[element], expected, largest: 0, .element(atLeast: 1e-4))
                    if best.count == 0 || tried.error < best.error { best = tried }
                    if best.error < CheckResult.Check.gradient.tolerance { break }
                }
                comparison.add(best)
            }
        }
        return comparison.result(of: self, .gradient)
    }

    private func checkReference(
        _ function: CheckedFunction, _ reference: CheckedFunction.Body, _ seeds: [Tensor], _ gradients: [Tensor]
    ) -> CheckResult {
        var comparison = Comparison()
        let expected = function.outputs(reference)
        let found = function.outputs(function.body)
        comparison.compareAll("output", found, expected, .largest(atLeast: 1e-3))
        if found.map(\.shape) == expected.map(\.shape) {
            comparison.compareAll(
                function.gradientNames, gradients, function.gradients(reference, seeds: seeds), .largest(atLeast: 1e-3))
        }
        return comparison.result(of: self, .reference)
    }

    private func checkPrecision(_ function: CheckedFunction, _ gradients: [Tensor]) -> CheckResult {
        var comparison = Comparison()
        let single = make(.float32)
        let outputs = single.outputs(single.body)
        comparison.compareAll("output", outputs, function.outputs(function.body), .largest(atLeast: 1e-3))
        // A gradient far smaller than its neighbours is what is left of numbers of their size.
        let largest = gradients.reduce(0) { $1.doubles.reduce($0) { max($0, abs($1)) } }
        comparison.compareAll(
            function.gradientNames, single.gradients(single.body, seeds: single.seeds(like: outputs)), gradients,
            .largest(atLeast: max(largest / 100, 1e-3)))
        return comparison.result(of: self, .precision)
    }

    private func checkComposition(_ function: CheckedFunction, _ seeds: [Tensor], _ gradients: [Tensor]) -> CheckResult {
        var comparison = Comparison()
        let scale = Comparison.Scale.largest(atLeast: 1e-3)
        if seeds.count > 1 {
            var sums = gradients.map { Tensor.zeros($0.shape, $0.scalarType) }
            for place in seeds.indices {
                let alone = seeds.indices.map { $0 == place ? seeds[$0] : nil }
                sums = zip(sums, function.gradients(function.body, seeds: alone)).map { $0 + $1 }
            }
            comparison.compareAll(function.gradientNames.map { "output by output, \($0)" }, sums, gradients, scale)
        }
        for (place, input) in function.inputs.enumerated() where function.variableNames.count > 1 {
            let alone = function.gradients(function.body, seeds: seeds, watching: place)
            comparison.compare("differentiated alone, gradient of \(input.name)", alone[place], gradients[place], scale)
        }
        let twice = function.gradients(function.body, seeds: seeds, repetitions: 2)
        comparison.compareAll(function.gradientNames.map { "used twice, \($0)" }, twice, gradients.map { $0 * 2 }, scale)
        return comparison.result(of: self, .composition)
    }
}

extension CheckedFunction {
    fileprivate var gradientNames: [String] { variableNames.map { "gradient of \($0)" } }
}

extension Comparison {
    fileprivate mutating func compareAll(_ what: String, _ found: [Tensor], _ expected: [Tensor], _ scale: Scale) {
        compareAll(expected.indices.map { expected.count == 1 ? what : "\(what) \($0)" }, found, expected, scale)
    }

    fileprivate mutating func compareAll(_ names: [String], _ found: [Tensor], _ expected: [Tensor], _ scale: Scale) {
        precondition(found.count == expected.count, "\(found.count) tensors instead of \(expected.count)")
        for (name, pair) in zip(names, zip(found, expected)) { compare(name, pair.0, pair.1, scale) }
    }
}
