import UnrollKernels

/// What a recurrence did inside, step by step: the gates, the states, and the loss's gradient with respect to each state.
///
/// A tape made with `tracesRecurrences` gathers traces; on another one nothing is kept, copied or asked for.
///
///     let tape = Tape(tracesRecurrences: true)
///     let gradients = tape.gradients(of: loss(Context(tape: tape, …)))
///     for trace in tape.recurrenceTraces { print(trace.states[0].gradient) }
public struct RecurrenceTrace {
    /// What bounds a gate, and so when it is saturated.
    public enum Nonlinearity: String, Codable, Sendable {
        /// From 0 to 1.
        case sigmoid
        /// From −1 to 1.
        case tanh
        /// From 0 on.
        case relu
    }

    /// The values of one gate, after its non-linearity.
    public struct Gate: Sendable {
        /// Its name in the equations' order, such as `forget gate f`.
        public let name: String
        /// What bounds it.
        public let nonlinearity: Nonlinearity
        /// [time, batch, units], by time index whatever the direction. Without meaning behind a row's length.
        public let values: Tensor
    }

    /// One part of the state.
    public struct State: Sendable {
        /// Its name, as in `RecurrentCell.stateNames`.
        public let name: String
        /// The state after each step, [time, batch, units].
        public let values: Tensor
        /// The loss's gradient with respect to it along every path, [time, batch, units]: what comes from this step's output and what comes back
        /// through time. Zeros where the loss does not depend on it.
        public let gradient: Tensor
    }

    /// The owner of the recurrent weight U, or of another parameter that is this recurrence's alone; nil where all of them are computed.
    public let owner: AnyObject?
    /// Whether time was walked from its end.
    public let isReversed: Bool
    /// The gates, in the equations' order.
    public let gates: [Gate]
    /// The parts of the state; the first is the hidden state.
    public let states: [State]
}

/// A trace while it is made: forward its values, and on the way back its gradients.
package final class RecurrenceRecord {
    fileprivate let parameter: Int32
    fileprivate let isReversed: Bool
    fileprivate let gates: [RecurrenceTrace.Gate]
    fileprivate let states: [(name: String, values: Tensor)]
    private var gradients: [Tensor?]

    /// The record of a recurrence over some steps, whose gradients a kernel will write.
    ///
    /// - Parameters:
    ///   - parameter: U, or another tensor that is this recurrence's alone and the same at every step: its place on the tape tells recurrences apart.
    ///   - reversed: whether time is walked from its end.
    ///   - gates: name and non-linearity.
    ///   - values: of each gate, [time, batch, units], which nobody may change afterwards.
    ///   - states: name and values after each step.
    package init(
        parameter: Tensor, reversed: Bool = false, gates: [(name: String, nonlinearity: RecurrenceTrace.Nonlinearity)], values: [Tensor],
        states: [(String, Tensor)]
    ) {
        self.parameter = parameter.node
        isReversed = reversed
        self.gates = zip(gates, values).map { RecurrenceTrace.Gate(name: $0.name, nonlinearity: $0.nonlinearity, values: $1.detached()) }
        self.states = states.map { ($0, $1.detached()) }
        gradients = states.map { _ in nil }
    }

    /// Where a kernel writes the gradient with respect to a state after each step.
    func gradientBuffer(of state: Int) -> UnsafeMutableRawPointer {
        let values = states[state].values
        let buffer = Tensor(uninitialized: values.shape, values.scalarType)
        gradients[state] = buffer
        return buffer.pointer
    }

    /// The gradient with respect to a state; zeros where no walk back has come by.
    fileprivate func gradient(of state: Int) -> Tensor { gradients[state] ?? states[state].values.zeros(states[state].values.shape) }

    /// The state's own tensor, recorded so that the gradient arriving at it is kept: for cells that are composed of operations, one step at a time.
    package func watching(_ tensor: Tensor, state: Int) -> Tensor {
        tensor.derived(from: tensor) { dy in
            self.gradients[state] = dy.reshaped(to: self.states[state].values.shape)
            return dy
        }
    }
}

extension Tape {
    /// What the recurrences on this tape did, in the order in which they began; complete once the gradients have been asked for.
    ///
    /// Steps that were made one at a time with the same weights are one trace.
    public var recurrenceTraces: [RecurrenceTrace] {
        var runs: [[RecurrenceRecord]] = []
        for record in recurrenceRecords {
            let same = runs.firstIndex {
                $0[0].parameter == record.parameter && $0[0].isReversed == record.isReversed
                    && $0[0].states[0].values.shape.removing(0) == record.states[0].values.shape.removing(0)
            }
            if let same { runs[same].append(record) } else { runs.append([record]) }
        }
        return runs.map { run in
            let first = run[0]
            func joined(_ part: (RecurrenceRecord) -> Tensor) -> Tensor {
                guard run.count > 1 else { return part(first) }
                return concatenated((first.isReversed ? run.reversed() : run).map(part), axis: 0)
            }
            return RecurrenceTrace(
                owner: owner(of: first.parameter), isReversed: first.isReversed,
                gates: first.gates.enumerated().map { place, gate in
                    .init(name: gate.name, nonlinearity: gate.nonlinearity, values: joined { $0.gates[place].values })
                },
                states: first.states.enumerated().map { place, state in
                    .init(name: state.name, values: joined { $0.states[place].values }, gradient: joined { $0.gradient(of: place) })
                })
        }
    }
}
