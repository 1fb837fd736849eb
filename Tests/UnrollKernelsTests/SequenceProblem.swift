import Foundation

func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

enum Cell: CaseIterable, Sendable {
    case lstm, gru, gruResetAfter, rnn, rnnRelu, mlstm

    var gates: Int {
        switch self {
        case .lstm: 4
        case .gru, .gruResetAfter: 3
        case .rnn, .rnnRelu: 1
        case .mlstm: 5
        }
    }

    var isGRU: Bool { self == .gru || self == .gruResetAfter }
    /// Whether a cell state stands beside the hidden one.
    var hasCell: Bool { self == .lstm || self == .mlstm }
    /// Whether something of each step is kept beside the gates.
    var hasProducts: Bool { isGRU || self == .mlstm }
}

/// A sequence for a recurrent cell, and a loss on what it gives: Σ outputs ⊙ doutputs + Σ last h ⊙ dhidden + Σ last c ⊙ dcell.
struct SequenceProblem {
    var cell: Cell
    var time: Int
    var batch: Int
    var hidden: Int
    var reversed: Bool
    var lengths: [Int32]?
    var inputs: [Double]
    var weight: [Double]
    var bias: [Double]
    var initialHidden: [Double]
    var initialCell: [Double]
    var doutputs: [Double]
    var dhidden: [Double]
    var dcell: [Double]

    init(_ cell: Cell, time: Int, batch: Int, hidden: Int, reversed: Bool = false, lengths: [Int32]? = nil, seed: UInt64 = 1) {
        var numbers = Numbers(seed)
        self.cell = cell
        self.time = time
        self.batch = batch
        self.hidden = hidden
        self.reversed = reversed
        self.lengths = lengths
        inputs = numbers.array(time * batch * cell.gates * hidden, scale: 1.5)
        weight = numbers.array(cell.gates * hidden * hidden, scale: 2 / Double(hidden).squareRoot())
        bias = numbers.array(hidden)
        initialHidden = numbers.array(batch * hidden)
        initialCell = numbers.array(batch * hidden)
        doutputs = numbers.array(time * batch * hidden)
        dhidden = numbers.array(batch * hidden)
        dcell = numbers.array(batch * hidden)
    }

    var state: Int { batch * hidden }
    /// The time indices in the order in which they are walked.
    var times: [Int] { reversed ? (0..<time).reversed() : Array(0..<time) }
    func slotBefore(_ t: Int) -> Int { reversed ? t + 1 : t }
    func slotAfter(_ t: Int) -> Int { reversed ? t : t + 1 }
    var firstSlot: Int { reversed ? time : 0 }
    var lastSlot: Int { reversed ? 0 : time }
    func isRunning(_ t: Int, _ row: Int) -> Bool { lengths.map { t < Int($0[row]) } ?? true }

    /// The same row without its neighbours.
    func alone(_ row: Int) -> SequenceProblem {
        var problem = self
        problem.batch = 1
        problem.lengths = lengths.map { [$0[row]] }
        problem.inputs = rows(inputs, width: cell.gates * hidden, row)
        problem.initialHidden = rows(initialHidden, width: hidden, row)
        problem.initialCell = rows(initialCell, width: hidden, row)
        problem.doutputs = rows(doutputs, width: hidden, row)
        problem.dhidden = rows(dhidden, width: hidden, row)
        problem.dcell = rows(dcell, width: hidden, row)
        return problem
    }

    /// One row of the batch out of every [batch, width] slice of a buffer.
    func rows(_ buffer: [Double], width: Int, _ row: Int) -> [Double] {
        stride(from: row * width, to: buffer.count, by: batch * width).flatMap { buffer[$0..<$0 + width] }
    }

    func loss(_ values: SequenceValues) -> Double {
        let last = lastSlot * state..<(lastSlot + 1) * state
        return values.outputs.dot(doutputs) + Array(values.hiddenStates[last]).dot(dhidden)
            + (cell.hasCell ? Array(values.cellStates[last]).dot(dcell) : 0)
    }
}

/// What a forward pass leaves.
struct SequenceValues: Equatable {
    var gates: [Double]
    var hiddenStates: [Double]
    var cellStates: [Double]
    var outputs: [Double]
    var products: [Double]
    /// m of a multiplicative LSTM.
    var factors: [Double]
}

/// What a backward pass leaves.
struct SequenceGradients: Equatable {
    var gates: [Double]
    var products: [Double]
    var hidden: [Double]
    var cell: [Double]
    var hiddenSteps: [Double]
    var cellSteps: [Double]
}

extension SequenceProblem {
    /// The cell's equations, element by element.
    func reference() -> SequenceValues {
        var values = SequenceValues(
            gates: inputs, hiddenStates: Array(repeating: 0, count: (time + 1) * state),
            cellStates: Array(repeating: 0, count: (time + 1) * state), outputs: Array(repeating: 0, count: time * state),
            products: Array(repeating: 0, count: time * state), factors: Array(repeating: 0, count: time * state))
        values.hiddenStates.replaceSubrange(firstSlot * state..<(firstSlot + 1) * state, with: initialHidden)
        values.cellStates.replaceSubrange(firstSlot * state..<(firstSlot + 1) * state, with: initialCell)
        for t in times {
            for row in 0..<batch { step(t, row, &values) }
        }
        return values
    }

    private func step(_ t: Int, _ row: Int, _ values: inout SequenceValues) {
        let before = slotBefore(t) * state + row * hidden
        let after = slotAfter(t) * state + row * hidden
        let at = (t * batch + row) * hidden
        guard isRunning(t, row) else {
            for unit in 0..<hidden {
                values.hiddenStates[after + unit] = values.hiddenStates[before + unit]
                values.cellStates[after + unit] = values.cellStates[before + unit]
                for gate in 0..<cell.gates { values.gates[(at * cell.gates) + gate * hidden + unit] = 0 }
            }
            return
        }
        let h = Array(values.hiddenStates[before..<before + hidden])
        let x = Array(inputs[at * cell.gates..<(at + hidden) * cell.gates])
        func product(_ gate: Int, _ unit: Int, _ vector: [Double]) -> Double {
            let start = (gate * hidden + unit) * hidden
            return (0..<hidden).reduce(0) { $0 + weight[start + $1] * vector[$1] }
        }
        let reset = cell.isGRU ? (0..<hidden).map { sigmoid(x[$0] + product(0, $0, h)) } : []
        let resetHidden = zip(reset, h).map { $0 * $1 }
        let transition = cell == .mlstm ? (0..<hidden).map { product(0, $0, h) } : []
        let factors = zip(x, transition).map { $0 * $1 }
        for unit in 0..<hidden {
            let a = (0..<cell.gates).map { gate in
                if cell == .mlstm { return x[gate * hidden + unit] + (gate == 0 ? 0 : product(gate, unit, factors)) }
                return x[gate * hidden + unit] + (cell.isGRU && gate == 2 ? 0 : product(gate, unit, h))
            }
            var gates = a
            switch cell {
            case .lstm:
                gates = [sigmoid(a[0]), sigmoid(a[1]), tanh(a[2]), sigmoid(a[3])]
                let c = gates[1] * values.cellStates[before + unit] + gates[0] * gates[2]
                values.cellStates[after + unit] = c
                values.hiddenStates[after + unit] = gates[3] * tanh(c)
            case .gru, .gruResetAfter:
                let p = cell == .gru ? resetHidden[unit] : product(2, unit, h) + bias[unit]
                let n = tanh(a[2] + (cell == .gru ? product(2, unit, resetHidden) : reset[unit] * p))
                gates = [reset[unit], sigmoid(a[1]), n]
                values.products[at + unit] = p
                values.hiddenStates[after + unit] = gates[1] * h[unit] + (1 - gates[1]) * n
            case .mlstm:
                gates = [a[0], sigmoid(a[1]), sigmoid(a[2]), tanh(a[3]), sigmoid(a[4])]
                let c = gates[2] * values.cellStates[before + unit] + gates[1] * gates[3]
                values.cellStates[after + unit] = c
                values.hiddenStates[after + unit] = gates[4] * tanh(c)
                (values.products[at + unit], values.factors[at + unit]) = (transition[unit], factors[unit])
            case .rnn, .rnnRelu:
                gates = [cell == .rnn ? tanh(a[0]) : max(a[0], 0)]
                values.hiddenStates[after + unit] = gates[0]
            }
            values.outputs[at + unit] = values.hiddenStates[after + unit]
            for gate in 0..<cell.gates { values.gates[at * cell.gates + gate * hidden + unit] = gates[gate] }
        }
    }
}
