import CUnrollKernels
import Foundation

/// A sequence for a HyperLSTM of n units, whose small network has m and whose codes w numbers, and a loss on what it gives: Σ outputs ⊙ doutputs + Σ last
/// states ⊙ dstates.
struct HyperProblem {
    var time, batch, n, m, w: Int
    var reversed: Bool
    var lengths: [Int32]?
    var inputs: [Double]
    /// W_h [4n, n], Ŵ_h [4m, n], Û [4m, m], E [12w, m].
    var weights: [[Double]]
    var embeddingBias: [Double]
    /// [12, w, n].
    var modulation: [Double]
    var bias: [Double]
    /// h, c, ĥ, ĉ.
    var initial: [[Double]]
    var doutputs: [Double]
    var dstates: [[Double]]

    init(time: Int, batch: Int, n: Int, m: Int, w: Int, reversed: Bool = false, lengths: [Int32]? = nil, seed: UInt64) {
        var numbers = Numbers(seed)
        (self.time, self.batch, self.n, self.m, self.w) = (time, batch, n, m, w)
        (self.reversed, self.lengths) = (reversed, lengths)
        inputs = numbers.array(time * batch * (4 * n + 4 * m))
        weights = [(4 * n, n), (4 * m, n), (4 * m, m), (12 * w, m)].map { numbers.array($0 * $1, scale: 1.5 / Double($1).squareRoot()) }
        embeddingBias = numbers.array(12 * w)
        modulation = numbers.array(12 * w * n, scale: 1 / Double(w).squareRoot())
        bias = numbers.array(4 * n)
        initial = [n, n, m, m].map { numbers.array(batch * $0) }
        doutputs = numbers.array(time * batch * n)
        dstates = [n, n, m, m].map { numbers.array(batch * $0) }
    }

    var label: String {
        "time \(time) batch \(batch) n \(n) m \(m) w \(w) reversed \(reversed) lengths \(lengths.map { "\($0)" } ?? "all")"
    }
    var width: Int { 4 * n + 4 * m }
    var sizes: [Int] { [n, n, m, m] }
    func isRunning(_ t: Int, _ row: Int) -> Bool { lengths.map { t < Int($0[row]) } ?? true }

    func loss(_ values: HyperValues) -> Double {
        values.outputs.dot(doutputs) + zip(values.last, dstates).reduce(0) { $0 + $1.0.dot($1.1) }
    }

    /// One row of the batch without its neighbours.
    func alone(_ row: Int) -> HyperProblem {
        var problem = self
        let part = { (buffer: [Double], width: Int) in self.rows(buffer, width, row) }
        problem.batch = 1
        problem.lengths = lengths.map { [$0[row]] }
        (problem.inputs, problem.doutputs) = (part(inputs, width), part(doutputs, n))
        problem.initial = zip(initial, sizes).map { part($0, $1) }
        problem.dstates = zip(dstates, sizes).map { part($0, $1) }
        return problem
    }

    /// One row of the batch out of every [batch, width] slice of a buffer.
    func rows(_ buffer: [Double], _ width: Int, _ row: Int) -> [Double] {
        stride(from: row * width, to: buffer.count, by: batch * width).flatMap { buffer[$0..<$0 + width] }
    }
}

/// What a forward pass gives, and what it keeps for the way back.
struct HyperValues: Equatable {
    var outputs: [Double]
    /// Of h, c, ĥ, ĉ.
    var last: [[Double]]
    var states: [[Double]] = []
    var gates: [Double] = []
    var products: [Double] = []
    var codes: [Double] = []
}

/// What a backward pass leaves.
struct HyperGradients: Equatable {
    var inputs, products, codes, modulation, bias: [Double]
    var states: [[Double]]
}

extension HyperProblem {
    /// The equations, element by element.
    func reference() -> HyperValues {
        var states = initial
        var outputs = [Double](repeating: 0, count: time * batch * n)
        for t in reversed ? Array((0..<time).reversed()) : Array(0..<time) {
            for row in 0..<batch where isRunning(t, row) {
                let x = Array(inputs[(t * batch + row) * width..<(t * batch + row + 1) * width])
                let now = zip(states, sizes).map { Array($0[row * $1..<(row + 1) * $1]) }
                let next = step(x, now)
                for (part, size) in sizes.enumerated() { states[part].replaceSubrange(row * size..<(row + 1) * size, with: next[part]) }
                outputs.replaceSubrange((t * batch + row) * n..<(t * batch + row + 1) * n, with: next[0])
            }
        }
        return HyperValues(outputs: outputs, last: states)
    }

    private func step(_ x: [Double], _ state: [[Double]]) -> [[Double]] {
        func times(_ weight: Int, _ vector: [Double]) -> [Double] {
            stride(from: 0, to: weights[weight].count, by: vector.count).map { Array(weights[weight][$0..<$0 + vector.count]).dot(vector) }
        }
        func lstm(_ sums: [Double], _ cell: [Double]) -> (hidden: [Double], cell: [Double]) {
            let size = cell.count
            let new = (0..<size).map { sigmoid(sums[size + $0]) * cell[$0] + sigmoid(sums[$0]) * tanh(sums[2 * size + $0]) }
            return ((0..<size).map { sigmoid(sums[3 * size + $0]) * tanh(new[$0]) }, new)
        }
        let fromHidden = times(1, state[0]), fromSmall = times(2, state[2])
        let small = lstm((0..<4 * m).map { x[4 * n + $0] + fromHidden[$0] + fromSmall[$0] }, state[3])
        let codes = zip(times(3, small.hidden), embeddingBias).map { $0 + $1 }
        func modulated(_ block: Int, _ unit: Int) -> Double {
            (0..<w).reduce(0) { $0 + codes[block * w + $1] * modulation[(block * w + $1) * n + unit] }
        }
        let products = times(0, state[0])
        let sums = (0..<4 * n).map { column in
            let (gate, unit) = (column / n, column % n)
            return modulated(gate, unit) * products[column] + modulated(4 + gate, unit) * x[column] + modulated(8 + gate, unit)
                + bias[column]
        }
        let large = lstm(sums, state[1])
        return [large.hidden, large.cell, small.hidden, small.cell]
    }
}
