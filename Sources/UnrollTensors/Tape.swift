import CUnrollKernels

/// The record of one gradient call: a flat array of steps, walked backwards by index.
///
/// No step refers to another one but by number, so a chain of any length is released and differentiated without recursion.
/// A tape belongs to one call on one thread; it differentiates once, to the first order.
public final class Tape {
    /// One recorded operation: the nodes it made, and what carries their gradients to its inputs.
    private struct Step {
        let output: Int32
        let pullback: Pullback
    }

    /// What most operations have, one output and one or two inputs, needs no closure around those that compute the gradients.
    private enum Pullback {
        case unary(Int32, (_ dy: Tensor) -> Tensor)
        case binary(Int32?, (_ dy: Tensor) -> Tensor, Int32?, (_ dy: Tensor) -> Tensor)
        case one((_ dy: Tensor, Backward) -> Void)
        case several(Int32, (_ dy: [Tensor?], Backward) -> Void)
    }

    // A tape is used by one call on one thread, so no access can overlap another.
    @exclusivity(unchecked) private var steps: ContiguousArray<Step> = []
    private var leaves: [ObjectIdentifier: (node: Int32, owner: AnyObject)] = [:]
    private var leafOrder: [(owner: AnyObject, node: Int32)] = []
    @exclusivity(unchecked) private(set) var nodeCount: Int32 = 0
    /// Whether operations are still recorded; false once the walk back has begun.
    @exclusivity(unchecked) public private(set) var isRecording = true
    let tracesRecurrences: Bool
    private(set) var recurrenceRecords: [RecurrenceRecord] = []

    /// An empty tape.
    ///
    /// - Parameter tracesRecurrences: whether recurrences show what they do inside, as `recurrenceTraces`.
    public init(tracesRecurrences: Bool = false) { self.tracesRecurrences = tracesRecurrences }

    /// The operations recorded so far.
    public var stepCount: Int { steps.count }

    private func newNode() -> Int32 {
        defer { nodeCount += 1 }
        return nodeCount
    }

    // MARK: Leaves

    /// The owner's value on this tape: the first call enters it, later ones return the same node, which is what weight sharing means.
    public func leaf(_ value: Tensor, of owner: AnyObject) -> Tensor {
        let identifier = ObjectIdentifier(owner)
        let node: Int32
        if let known = leaves[identifier] {
            node = known.node
        } else {
            node = newNode()
            leaves[identifier] = (node, owner)
            leafOrder.append((owner, node))
        }
        return Tensor(storage: value.storage, offset: value.offset, shape: value.shape, tape: self, node: node)
    }

    /// A tensor whose gradient is wanted, such as an input.
    public func watch(_ value: Tensor) -> Tensor {
        Tensor(storage: value.storage, offset: value.offset, shape: value.shape, tape: self, node: newNode())
    }

    /// The owners that entered the tape, in the order of their first use.
    public var owners: [AnyObject] { leafOrder.map(\.owner) }

    // MARK: Recording

    /// Records `value` as the output of an operation. The pullback gets the gradient with respect to it.
    package func record(_ value: Tensor, _ pullback: @escaping (_ dy: Tensor, _ backward: Backward) -> Void) -> Tensor {
        record(value, .one(pullback))
    }

    private func record(_ value: Tensor, _ pullback: Pullback) -> Tensor {
        let node = newNode()
        steps.append(Step(output: node, pullback: pullback))
        return Tensor(storage: value.storage, offset: value.offset, shape: value.shape, tape: self, node: node)
    }

    /// Records the output of an operation on one recorded input.
    fileprivate func record(_ value: Tensor, of x: Tensor, _ dx: @escaping (_ dy: Tensor) -> Tensor) -> Tensor {
        record(value, .unary(x.node, dx))
    }

    /// Records the output of an operation on two inputs, at least one of them recorded.
    fileprivate func record(
        _ value: Tensor, of a: Tensor, _ b: Tensor, _ da: @escaping (_ dy: Tensor) -> Tensor, _ db: @escaping (_ dy: Tensor) -> Tensor
    ) -> Tensor {
        record(value, .binary(node(of: a), da, node(of: b), db))
    }

    /// Records several outputs of one operation; the gradient of one that nothing used is nil.
    package func record(_ values: [Tensor], _ pullback: @escaping (_ dy: [Tensor?], _ backward: Backward) -> Void) -> [Tensor] {
        let first = nodeCount
        let outputs = values.map { Tensor(storage: $0.storage, offset: $0.offset, shape: $0.shape, tape: self, node: newNode()) }
        steps.append(Step(output: first, pullback: .several(Int32(values.count), pullback)))
        return outputs
    }

    /// An operand's place on this tape; nil for a constant. One that another tape records would stand for a node that is not its own.
    func node(of operand: Tensor?) -> Int32? {
        guard let operand, let tape = operand.recordingTape else { return nil }
        precondition(tape === self, "an operation on two tapes at once")
        return operand.node
    }

    /// Keeps the record of a recurrence; where the tape does not trace any, it is not even made.
    package func trace(_ record: @autoclosure () -> RecurrenceRecord) -> RecurrenceRecord? {
        guard tracesRecurrences else { return nil }
        let record = record()
        recurrenceRecords.append(record)
        return record
    }

    /// The owner that entered the tape at a node.
    func owner(of node: Int32) -> AnyObject? { leafOrder.first { $0.node == node }?.owner }

    // MARK: Walking back

    /// The gradients of a scalar with respect to every leaf and watched tensor. The tape is spent afterwards.
    public func gradients(of loss: Tensor) -> Gradients {
        precondition(loss.count == 1, "the gradient of a tensor of shape \(loss.shape) needs a number; sum it first")
        return gradients(of: [(loss, Tensor(repeating: 1, shape: loss.shape, scalarType: loss.scalarType))])
    }

    /// The gradients of Σ ⟨output, seed⟩.
    public func gradients(of outputs: [(output: Tensor, seed: Tensor)]) -> Gradients {
        precondition(isRecording, "a tape differentiates once")
        isRecording = false
        let backward = Backward(nodeCount: Int(nodeCount))
        for (output, seed) in outputs where output.tape === self {
            precondition(output.shape == seed.shape, "a seed of shape \(seed.shape) for an output of shape \(output.shape)")
            backward.add(seed, to: output.node)
        }
        while let step = steps.popLast() { walk(step, backward) }
        return Gradients(backward, leaves: leafOrder.map { (ObjectIdentifier($0.owner), $0.node) })
    }

    /// Carries the gradient of a step's outputs to its inputs; where nothing used an output, there is none.
    private func walk(_ step: Step, _ backward: Backward) {
        if case .several(let count, let pullback) = step.pullback {
            let dy = (step.output..<step.output + count).map { backward.take($0) }
            if dy.contains(where: { $0 != nil }) { pullback(dy, backward) }
            return
        }
        guard let dy = backward.take(step.output) else { return }
        switch step.pullback {
        case .unary(let node, let dx): backward.add(dx(dy), to: node)
        case .binary(let nodeA, let da, let nodeB, let db):
            if let nodeA { backward.add(da(dy), to: nodeA) }
            if let nodeB { backward.add(db(dy), to: nodeB) }
        case .one(let pullback): pullback(dy, backward)
        case .several: break
        }
    }

    /// Forgets everything; breaks the circle between the tape and the tensors that its steps hold.
    public func clear() {
        isRecording = false
        steps.removeAll()
        leaves.removeAll()
        leafOrder.removeAll()
        recurrenceRecords.removeAll()
    }
}

// MARK: - Writing derivatives

extension Tensor {
    /// This result of an operation on `x`, recorded with dx as a function of dy.
    package func derived(from x: Tensor, _ dx: @escaping (_ dy: Tensor) -> Tensor) -> Tensor {
        guard let tape = x.recordingTape else { return self }
        return tape.record(self, of: x, dx)
    }

    /// This result of an operation on `a` and `b`, recorded with da and db as functions of dy.
    package func derived(
        from a: Tensor, _ b: Tensor, _ da: @escaping (_ dy: Tensor) -> Tensor, _ db: @escaping (_ dy: Tensor) -> Tensor
    ) -> Tensor {
        guard let tape = a.recordingTape ?? b.recordingTape else { return self }
        return tape.record(self, of: a, b, da, db)
    }
}
