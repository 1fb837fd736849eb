import CUnrollKernels
import Foundation
import Testing

/// Attention of several heads, and a loss on what it gives: Σ contexts ⊙ dcontexts + Σ weights ⊙ dweights.
struct HeadProblem {
    var target: Int
    var source: Int
    var batch: Int
    var heads: Int
    var width: Int
    var valueWidth: Int
    var lengths: [Int32]?
    var isCausal = false
    var scale = 0.3
    var queries: [Double]
    var keys: [Double]
    var values: [Double]
    var dcontexts: [Double]
    var dweights: [Double]

    struct Result: Equatable {
        var weights: [Double]
        var contexts: [Double]
    }

    struct Gradients: Equatable {
        var queries: [Double]
        var keys: [Double]
        var values: [Double]
    }

    init(
        target: Int, source: Int, batch: Int, heads: Int, width: Int, valueWidth: Int, lengths: [Int32]? = nil, isCausal: Bool = false,
        seed: UInt64
    ) {
        var numbers = Numbers(seed)
        (self.target, self.source, self.batch, self.heads) = (target, source, batch, heads)
        (self.width, self.valueWidth, self.lengths, self.isCausal) = (width, valueWidth, lengths, isCausal)
        queries = numbers.array(target * batch * heads * width)
        keys = numbers.array(source * batch * heads * width)
        values = numbers.array(source * batch * heads * valueWidth)
        dcontexts = numbers.array(target * batch * heads * valueWidth)
        dweights = numbers.array(batch * heads * target * source)
    }

    func loss(_ result: Result) -> Double { result.contexts.dot(dcontexts) + result.weights.dot(dweights) }

    /// How many keys a query sees.
    func limit(_ row: Int, _ query: Int) -> Int {
        let length = lengths.map { Int($0[row]) } ?? source
        return isCausal ? max(0, min(length, query + 1 + source - target)) : length
    }

    func reference() -> Result {
        var result = Result(
            weights: Array(repeating: 0, count: dweights.count), contexts: Array(repeating: 0, count: dcontexts.count))
        for row in 0..<batch {
            for head in 0..<heads {
                for query in 0..<target {
                    let scores = (0..<limit(row, query)).map { t in
                        (0..<width).reduce(0.0) { sum, index in
                            let (q, k) = (((query * batch + row) * heads + head) * width, ((t * batch + row) * heads + head) * width)
                            return sum + scale * queries[q + index] * keys[k + index]
                        }
                    }
                    let sum = scores.reduce(0) { $0 + exp($1) }
                    for (t, score) in scores.enumerated() {
                        let weight = exp(score) / sum
                        result.weights[((row * heads + head) * target + query) * source + t] = weight
                        for index in 0..<valueWidth {
                            result.contexts[((query * batch + row) * heads + head) * valueWidth + index] +=
                                weight * values[((t * batch + row) * heads + head) * valueWidth + index]
                        }
                    }
                }
            }
        }
        return result
    }

    private func withShape<Result>(_ body: (UnsafePointer<unroll_heads_shape>) -> Result) -> Result {
        func call(_ lengths: UnsafePointer<Int32>?) -> Result {
            var shape = unroll_heads_shape(
                scale: scale, target: target, source: source, batch: batch, heads: heads, width: width, value_width: valueWidth,
                causal: isCausal, lengths: lengths, dropout: 0, key: 0)
            return body(&shape)
        }
        guard let lengths else { return call(nil) }
        return lengths.withUnsafeBufferPointer { call($0.baseAddress) }
    }

    func forward<S: KernelScalar>(_: S.Type) -> Result {
        var weights = [S](repeating: .nan, count: dweights.count)
        var contexts = [S](repeating: .nan, count: dcontexts.count)
        let (queries, keys, values) = (queries.map { S($0) }, keys.map { S($0) }, values.map { S($0) })
        withShape { unroll_heads_forward(S.tag, $0, queries, keys, values, &weights, &contexts) }
        return Result(weights: weights.map { Double($0) }, contexts: contexts.map { Double($0) })
    }

    func backward<S: KernelScalar>(_: S.Type, _ result: Result, outside: Bool = true) -> Gradients {
        let (queries, keys, values) = (queries.map { S($0) }, keys.map { S($0) }, values.map { S($0) })
        let (weights, dcontexts) = (result.weights.map { S($0) }, dcontexts.map { S($0) })
        let dweights = outside ? dweights.map { S($0) } : nil
        var dqueries = [S](repeating: .nan, count: queries.count)
        var dkeys = [S](repeating: .nan, count: keys.count)
        var dvalues = [S](repeating: .nan, count: values.count)
        withShape {
            unroll_heads_backward(S.tag, $0, queries, keys, values, weights, dcontexts, dweights, &dqueries, &dkeys, &dvalues)
        }
        return Gradients(queries: dqueries.map { Double($0) }, keys: dkeys.map { Double($0) }, values: dvalues.map { Double($0) })
    }

    /// The same row without its neighbours.
    func alone(_ row: Int) -> HeadProblem {
        var problem = self
        problem.batch = 1
        problem.lengths = lengths.map { [$0[row]] }
        problem.queries = AttentionProblem.rows(queries, batch, heads * width, row)
        problem.keys = AttentionProblem.rows(keys, batch, heads * width, row)
        problem.values = AttentionProblem.rows(values, batch, heads * valueWidth, row)
        problem.dcontexts = AttentionProblem.rows(dcontexts, batch, heads * valueWidth, row)
        problem.dweights = Array(dweights[row * heads * target * source..<(row + 1) * heads * target * source])
        return problem
    }
}

@Suite("Attention of several heads")
struct HeadTests {
    static let problems = [
        HeadProblem(target: 4, source: 5, batch: 3, heads: 2, width: 19, valueWidth: 7, seed: 1),
        HeadProblem(target: 9, source: 5, batch: 4, heads: 3, width: 7, valueWidth: 33, lengths: [5, 0, 1, 3], seed: 2),
        HeadProblem(target: 1, source: 1, batch: 1, heads: 1, width: 16, valueWidth: 1, seed: 3),
        HeadProblem(target: 17, source: 17, batch: 2, heads: 2, width: 5, valueWidth: 16, lengths: [17, 2], isCausal: true, seed: 4),
        HeadProblem(target: 2, source: 20, batch: 2, heads: 1, width: 3, valueWidth: 4, lengths: [20, 6], isCausal: true, seed: 5),
        HeadProblem(target: 6, source: 3, batch: 1, heads: 2, width: 4, valueWidth: 2, isCausal: true, seed: 6),
        HeadProblem(target: 3, source: 0, batch: 2, heads: 2, width: 3, valueWidth: 4, seed: 7),
        HeadProblem(target: 0, source: 4, batch: 2, heads: 1, width: 3, valueWidth: 4, seed: 8),
    ]

    @Test("Forward and backward", arguments: KernelSettings.instructionSets)
    func values(_ instructions: String) {
        KernelSettings.with(instructions) {
            for problem in Self.problems {
                let expected = problem.reference()
                let double = problem.forward(Double.self)
                let single = problem.forward(Float.self)
                #expect(relativeDifference(double.weights, expected.weights) < 1e-13)
                #expect(relativeDifference(double.contexts, expected.contexts) < 1e-13)
                #expect(relativeDifference(single.weights, expected.weights) < 1e-5)
                #expect(relativeDifference(single.contexts, expected.contexts) < 1e-5)
                let gradients = problem.backward(Double.self, double)
                func error(_ gradient: [Double], _ path: WritableKeyPath<HeadProblem, [Double]>) -> Double {
                    let positions = stride(from: 0, to: gradient.count, by: gradient.count / 40 | 1)
                    return gradientError(gradient, at: Array(positions)) { position, shift in
                        var shifted = problem
                        shifted[keyPath: path][position] += shift
                        return shifted.loss(shifted.forward(Double.self))
                    }
                }
                #expect(error(gradients.queries, \.queries) < 1e-6)
                #expect(error(gradients.keys, \.keys) < 1e-6)
                #expect(error(gradients.values, \.values) < 1e-6)
                let narrow = problem.backward(Float.self, single)
                #expect(relativeDifference(narrow.queries, gradients.queries) < 1e-5)
                #expect(relativeDifference(narrow.keys, gradients.keys) < 1e-5)
                #expect(relativeDifference(narrow.values, gradients.values) < 1e-5)
                var silent = problem
                silent.dweights = problem.dweights.map { _ in 0 }
                #expect(silent.backward(Double.self, double) == problem.backward(Double.self, double, outside: false))
            }
        }
    }

    @Test("A row's bits depend neither on its neighbours nor on the threads", arguments: [false, true])
    func independence(isCausal: Bool) {
        let problem = HeadProblem(
            target: 30, source: 30, batch: 7, heads: 3, width: 40, valueWidth: 35, lengths: [30, 3, 0, 17, 30, 1, 29], isCausal: isCausal,
            seed: 9)
        func both(_ problem: HeadProblem, _ threads: Int) -> (HeadProblem.Result, HeadProblem.Gradients) {
            KernelSettings.with(threads: threads) {
                let result = problem.forward(Float.self)
                return (result, problem.backward(Float.self, result))
            }
        }
        let (one, two) = (both(problem, 1), both(problem, 2))
        #expect(one.0 == two.0 && one.1 == two.1)
        for row in 0..<7 {
            let alone = both(problem.alone(row), 1)
            #expect(alone.0.contexts == AttentionProblem.rows(one.0.contexts, 7, 3 * 35, row))
            #expect(alone.1.queries == AttentionProblem.rows(one.1.queries, 7, 3 * 40, row))
            #expect(alone.1.keys == AttentionProblem.rows(one.1.keys, 7, 3 * 40, row))
            #expect(alone.1.values == AttentionProblem.rows(one.1.values, 7, 3 * 35, row))
        }
    }

    /// A sentence is the same beside a longer one, which makes its rows longer.
    @Test("A row's bits do not depend on how far it is padded") func padding() {
        let problem = HeadProblem(target: 5, source: 6, batch: 1, heads: 2, width: 9, valueWidth: 17, seed: 10)
        var padded = HeadProblem(target: 9, source: 23, batch: 1, heads: 2, width: 9, valueWidth: 17, lengths: [6], seed: 11)
        padded.queries.replaceSubrange(0..<problem.queries.count, with: problem.queries)
        padded.keys.replaceSubrange(0..<problem.keys.count, with: problem.keys)
        padded.values.replaceSubrange(0..<problem.values.count, with: problem.values)
        KernelSettings.with {
            let (short, long) = (problem.forward(Float.self), padded.forward(Float.self))
            #expect(Array(long.contexts.prefix(short.contexts.count)) == short.contexts)
        }
    }
}
