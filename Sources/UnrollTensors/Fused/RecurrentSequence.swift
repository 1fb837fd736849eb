import CUnrollKernels
import UnrollKernels

/// What a recurrence runs over: which rows of a padded batch are still alive at each step, and in which direction time is walked.
public struct SequenceLayout: Sendable {
    /// For each row of the batch how many steps count; nil where all do. At the others the state stays and the output is 0.
    public var lengths: [Int32]?
    /// From the last step to the first. A padded row starts at its own last step.
    public var reversed: Bool

    /// A layout; by default every row has every step, forward in time.
    public init(lengths: [Int32]? = nil, reversed: Bool = false) {
        self.lengths = lengths
        self.reversed = reversed
    }

    /// The steps in the order in which they are walked.
    package func steps(_ time: Int) -> [Int] { reversed ? (0..<time).reversed() : Array(0..<time) }

    /// The pieces of at most so many steps that the walk goes through one after the other, each with its part of time and its own layout.
    package func pieces(of time: Int, steps: Int) -> [(range: Range<Int>, layout: SequenceLayout)] {
        let ranges = stride(from: 0, to: time, by: steps).map { start in
            let end = min(start + steps, time)
            return reversed ? time - end..<time - start : start..<end
        }
        return ranges.map { range in
            let own = lengths?.map { min(max($0 - Int32(range.lowerBound), 0), Int32(range.count)) }
            return (range, SequenceLayout(lengths: own, reversed: reversed))
        }
    }

    /// Which rows are alive at a step; nil where all are.
    package func alive(at step: Int) -> [Bool]? { lengths?.map { step < Int($0) } }
}

/// The buffers that a fused recurrence shares between its two directions: states in time + 1 slots.
struct StateSlots {
    let states: Tensor
    private let reversed: Bool
    private let time: Int

    init(_ initial: Tensor, time: Int, reversed: Bool) {
        let (batch, hidden) = (initial.shape[0], initial.shape[1])
        states = Tensor(uninitialized: [time + 1, batch, hidden], initial.scalarType)
        self.reversed = reversed
        self.time = time
        let width = initial.scalarType.width
        let slot = states.pointer + (reversed ? time : 0) * batch * hidden * width
        slot.copyMemory(from: initial.pointer, byteCount: initial.count * width)
    }

    /// [time, batch, hidden]: the states before each step, by time index.
    var before: Tensor { reversed ? states.sliced(1..<time + 1, axis: 0) : states.sliced(0..<time, axis: 0) }
    /// [time, batch, hidden]: the states after each step, by time index.
    var after: Tensor { reversed ? states.sliced(0..<time, axis: 0) : states.sliced(1..<time + 1, axis: 0) }
    /// [batch, hidden]: the state after the last step walked.
    var final: Tensor { states.at(reversed ? 0 : time) }
}

/// Calls a kernel with the length of each row, or NULL where every row is whole. A length beyond the row would lead the kernel out of its memory.
func withLengths<Result>(_ lengths: [Int32]?, rows: Int, longest: Int, _ body: (UnsafePointer<Int32>?) -> Result) -> Result {
    guard let lengths else { return body(nil) }
    precondition(lengths.count == rows, "\(lengths.count) lengths for \(rows) rows")
    if let stray = lengths.first(where: { $0 < 0 || $0 > longest }) { preconditionFailure("a length of \(stray) in rows of \(longest)") }
    return lengths.withUnsafeBufferPointer { body($0.baseAddress) }
}

/// Calls a kernel with the C description of a sequence.
func withSequence<Result>(
    time: Int, batch: Int, hidden: Int, _ layout: SequenceLayout, _ body: (UnsafePointer<unroll_sequence>) -> Result
) -> Result {
    withLengths(layout.lengths, rows: batch, longest: time) { lengths in
        var sequence = unroll_sequence(time: time, batch: batch, hidden: hidden, reversed: layout.reversed, lengths: lengths)
        return body(&sequence)
    }
}

/// Checks the shapes that all recurrences share and returns (time, batch, hidden).
func recurrentExtents(_ inputs: Tensor, _ weight: Tensor, gates: Int, _ states: [Tensor]) -> (time: Int, batch: Int, hidden: Int) {
    precondition(inputs.shape.rank == 3, "recurrent inputs are [time, batch, gates · hidden], not \(inputs.shape)")
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    let hidden = weight.shape[1]
    let type = inputs.scalarType
    weight.precondition(shape: [gates * hidden, hidden], type, "a recurrent weight")
    inputs.precondition(shape: [time, batch, gates * hidden], type, "the projected inputs")
    for state in states { state.precondition(shape: [batch, hidden], type, "a recurrent state") }
    return (time, batch, hidden)
}

/// dU += dgatesᵀ h' for the gates in `range` (of `gates`), with every step and row at once.
func addRecurrentWeightGradient(
    _ dweight: UnsafeMutableRawPointer, gates: Int, range: Range<Int>, gradient: Tensor, gradientGates: Int, gradientStart: Int,
    states: Tensor, accumulates: Bool
) {
    let hidden = states.shape[2]
    let rows = states.shape[0] * states.shape[1]
    let type = states.scalarType
    unroll_product(
        type.kernel, range.count * hidden, hidden, rows, gradient.pointer + gradientStart * hidden * type.width, 1, gradientGates * hidden,
        states.pointer, hidden, 1, nil, accumulates, dweight + range.lowerBound * hidden * hidden * type.width, hidden)
}

/// The gradient of an output or zeros.
func gradientOrZeros(_ gradient: Tensor?, like state: Tensor) -> Tensor {
    gradient?.copied() ?? state.zeros(state.shape)
}

extension Tensor {
    /// [batch, …] as a sequence of one step, [1, batch, …].
    package var asOneStep: Tensor { reshaped(to: Shape([1] + shape.array)) }
}
