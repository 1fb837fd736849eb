import CUnrollKernels
import Foundation
import Testing

/// One query a row over keys and values, and a loss on what attention gives: Σ context ⊙ dcontext + Σ weights ⊙ dweights.
struct AttentionProblem {
    var score: unroll_score
    var isLinear = false
    var slots = 0
    var scale = 0.3
    var time: Int
    var batch: Int
    var keyWidth: Int
    var valueWidth: Int
    var lengths: [Int32]?
    var query: [Double]
    var keys: [Double]
    var v: [Double]
    var values: [Double]
    var dcontext: [Double]
    var dweights: [Double]

    struct Result: Equatable {
        var weights: [Double]
        var context: [Double]
    }

    struct Gradients: Equatable {
        var query: [Double]
        var keys: [Double]
        var v: [Double]
        var values: [Double]
    }

    init(
        _ score: unroll_score, isLinear: Bool = false, slots: Int = 0, time: Int, batch: Int, keyWidth: Int, valueWidth: Int,
        lengths: [Int32]? = nil,
        seed: UInt64
    ) {
        var numbers = Numbers(seed)
        self.score = score
        self.isLinear = isLinear
        self.slots = slots
        self.time = time
        self.batch = batch
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
        self.lengths = lengths
        query = numbers.array(batch * keyWidth)
        keys = numbers.array(time * batch * keyWidth)
        v = numbers.array(keyWidth)
        values = numbers.array(time * batch * valueWidth)
        dcontext = numbers.array(batch * valueWidth)
        dweights = numbers.array(batch * time)
    }

    func loss(_ result: Result) -> Double { result.context.dot(dcontext) + result.weights.dot(dweights) }
    func length(_ row: Int) -> Int { lengths.map { Int($0[row]) } ?? time }

    func reference() -> Result {
        var result = Result(weights: Array(repeating: 0, count: batch * time), context: Array(repeating: 0, count: batch * valueWidth))
        for row in 0..<batch {
            let scores = (0..<length(row)).map { t in
                (0..<keyWidth).reduce(0.0) { sum, index in
                    let (q, k) = (query[row * keyWidth + index], keys[(t * batch + row) * keyWidth + index])
                    return sum + (score == UNROLL_SCORE_DOT ? scale * q * k : v[index] * tanh(q + k))
                }
            }
            let sum = scores.reduce(Double(max(0, slots - length(row)))) { $0 + exp($1) }
            for (t, score) in scores.enumerated() {
                let weight = isLinear ? score : exp(score) / sum
                result.weights[row * time + t] = weight
                for index in 0..<valueWidth {
                    result.context[row * valueWidth + index] += weight * values[(t * batch + row) * valueWidth + index]
                }
            }
        }
        return result
    }

    private func withShape<Result>(_ body: (UnsafePointer<unroll_attention_shape>) -> Result) -> Result {
        func call(_ lengths: UnsafePointer<Int32>?) -> Result {
            var shape = unroll_attention_shape(
                score: score, linear: isLinear, scale: scale, time: time, batch: batch, key_width: keyWidth, value_width: valueWidth,
                slots: slots, lengths: lengths)
            return body(&shape)
        }
        guard let lengths else { return call(nil) }
        return lengths.withUnsafeBufferPointer { call($0.baseAddress) }
    }

    func forward<S: KernelScalar>(_: S.Type) -> Result {
        var weights = [S](repeating: .nan, count: batch * time)
        var context = [S](repeating: .nan, count: batch * valueWidth)
        let (query, keys, values) = (query.map { S($0) }, keys.map { S($0) }, values.map { S($0) })
        let v = score == UNROLL_SCORE_DOT ? nil : v.map { S($0) }
        withShape { unroll_attention_forward(S.tag, $0, query, keys, v, values, &weights, &context) }
        return Result(weights: weights.map { Double($0) }, context: context.map { Double($0) })
    }

    /// `start`: what the gradients of keys and values are added to, if anything.
    func backward<S: KernelScalar>(_: S.Type, _ result: Result, start: Double? = nil, outside: Bool = true) -> Gradients {
        let (query, keys, values) = (query.map { S($0) }, keys.map { S($0) }, values.map { S($0) })
        let (weights, dcontext, dweights) = (result.weights.map { S($0) }, dcontext.map { S($0) }, outside ? dweights.map { S($0) } : nil)
        let isDot = score == UNROLL_SCORE_DOT
        let v = isDot ? nil : v.map { S($0) }
        var dquery = [S](repeating: .nan, count: query.count)
        var dkeys = [S](repeating: start.map { S($0) } ?? .nan, count: keys.count)
        var dvalues = [S](repeating: start.map { S($0) } ?? .nan, count: values.count)
        var dv = [S](repeating: .nan, count: isDot ? 0 : keyWidth)
        let accumulate = start != nil
        dv.withUnsafeMutableBytes { dv in
            withShape { shape in
                unroll_attention_backward(
                    S.tag, shape, query, keys, v, values, weights, dcontext, dweights, &dquery, &dkeys, accumulate,
                    isDot ? nil : dv.baseAddress, &dvalues, accumulate)
            }
        }
        return Gradients(
            query: dquery.map { Double($0) }, keys: dkeys.map { Double($0) }, v: dv.map { Double($0) }, values: dvalues.map { Double($0) })
    }

    /// The same row without its neighbours.
    func alone(_ row: Int) -> AttentionProblem {
        var problem = self
        problem.batch = 1
        problem.lengths = lengths.map { [$0[row]] }
        problem.query = Self.rows(query, batch, keyWidth, row)
        problem.keys = Self.rows(keys, batch, keyWidth, row)
        problem.values = Self.rows(values, batch, valueWidth, row)
        problem.dcontext = Self.rows(dcontext, batch, valueWidth, row)
        problem.dweights = Array(dweights[row * time..<(row + 1) * time])
        return problem
    }

    static func rows(_ buffer: [Double], _ batch: Int, _ width: Int, _ row: Int) -> [Double] {
        stride(from: row * width, to: buffer.count, by: batch * width).flatMap { buffer[$0..<$0 + width] }
    }
}

@Suite("Attention")
struct AttentionTests {
    static func problems() -> [AttentionProblem] {
        [UNROLL_SCORE_DOT, UNROLL_SCORE_ADDITIVE].flatMap { score in
            [
                AttentionProblem(score, time: 5, batch: 3, keyWidth: 19, valueWidth: 7, seed: 1),
                AttentionProblem(score, time: 5, batch: 4, keyWidth: 7, valueWidth: 33, lengths: [5, 0, 1, 3], seed: 2),
                AttentionProblem(score, time: 1, batch: 1, keyWidth: 16, valueWidth: 1, seed: 3),
                AttentionProblem(score, time: 17, batch: 2, keyWidth: 1, valueWidth: 16, lengths: [17, 2], seed: 4),
                AttentionProblem(score, time: 0, batch: 2, keyWidth: 3, valueWidth: 4, seed: 5),
                AttentionProblem(score, slots: 4, time: 5, batch: 4, keyWidth: 7, valueWidth: 3, lengths: [5, 0, 1, 3], seed: 8),
                AttentionProblem(score, isLinear: true, time: 5, batch: 3, keyWidth: 19, valueWidth: 7, lengths: [5, 0, 2], seed: 7),
            ]
        }
    }

    @Test("Forward and backward", arguments: KernelSettings.instructionSets)
    func values(_ instructions: String) {
        KernelSettings.with(instructions) {
            for problem in Self.problems() {
                let expected = problem.reference()
                let double = problem.forward(Double.self)
                let single = problem.forward(Float.self)
                #expect(relativeDifference(double.weights, expected.weights) < 1e-13)
                #expect(relativeDifference(double.context, expected.context) < 1e-13)
                #expect(relativeDifference(single.weights, expected.weights) < 1e-5)
                #expect(relativeDifference(single.context, expected.context) < 1e-5)
                let gradients = problem.backward(Double.self, double)
                func error(_ gradient: [Double], _ path: WritableKeyPath<AttentionProblem, [Double]>) -> Double {
                    let positions = stride(from: 0, to: gradient.count, by: gradient.count / 40 | 1)
                    return gradientError(gradient, at: Array(positions)) { position, shift in
                        var shifted = problem
                        shifted[keyPath: path][position] += shift
                        return shifted.loss(shifted.forward(Double.self))
                    }
                }
                #expect(error(gradients.query, \.query) < 1e-6)
                #expect(error(gradients.keys, \.keys) < 1e-6)
                #expect(error(gradients.v, \.v) < 1e-6)
                #expect(error(gradients.values, \.values) < 1e-6)
                let narrow = problem.backward(Float.self, single)
                #expect(relativeDifference(narrow.query, gradients.query) < 1e-5)
                #expect(relativeDifference(narrow.keys, gradients.keys) < 1e-5)
                #expect(relativeDifference(narrow.v, gradients.v) < 1e-5)
                #expect(relativeDifference(narrow.values, gradients.values) < 1e-5)
            }
        }
    }

    @Test("Gradients of keys and values are added where asked, and weights may have no gradient of their own")
    func accumulation() {
        for problem in Self.problems() {
            KernelSettings.with {
                let result = problem.forward(Double.self)
                let written = problem.backward(Double.self, result)
                let added = problem.backward(Double.self, result, start: 0.5)
                #expect(relativeDifference(added.keys, written.keys.map { $0 + 0.5 }) < 1e-14)
                #expect(relativeDifference(added.values, written.values.map { $0 + 0.5 }) < 1e-14)
                var silent = problem
                silent.dweights = problem.dweights.map { _ in 0 }
                #expect(silent.backward(Double.self, result) == problem.backward(Double.self, result, outside: false))
            }
        }
    }

    @Test("A row's bits depend neither on its neighbours nor on the threads", arguments: [false, true])
    func independence(isAdditive: Bool) {
        let score = isAdditive ? UNROLL_SCORE_ADDITIVE : UNROLL_SCORE_DOT
        let problem = AttentionProblem(
            score, time: 30, batch: 7, keyWidth: 520, valueWidth: 515, lengths: [30, 3, 0, 17, 30, 1, 29], seed: 6)
        func both(_ problem: AttentionProblem, _ threads: Int) -> (AttentionProblem.Result, AttentionProblem.Gradients) {
            KernelSettings.with(threads: threads) {
                let result = problem.forward(Float.self)
                return (result, problem.backward(Float.self, result))
            }
        }
        let (one, two) = (both(problem, 1), both(problem, 2))
        #expect(one.0 == two.0 && one.1 == two.1)
        for row in 0..<7 {
            let alone = both(problem.alone(row), 1)
            #expect(alone.0.context == AttentionProblem.rows(one.0.context, 7, 515, row))
            #expect(alone.1.query == AttentionProblem.rows(one.1.query, 7, 520, row))
            #expect(alone.1.keys == AttentionProblem.rows(one.1.keys, 7, 520, row))
            #expect(alone.1.values == AttentionProblem.rows(one.1.values, 7, 515, row))
        }
    }
}
