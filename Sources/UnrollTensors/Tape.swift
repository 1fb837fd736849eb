import CUnrollKernels

/// The record of one gradient call: a flat array of steps, walked backwards by index.
///
/// No step refers to another one but by number, so a chain of any length is released and differentiated without recursion.
/// A tape belongs to one call on one thread; it differentiates once, to the first order.
public final class Tape {
    /// One recorded operation: the nodes it made, and what carries their gradients to its inputs.
    private struct Step {
        let firstOutput: Int32
        let outputCount: Int32
        let pullback: (Backward) -> Void
    }

    private var steps: ContiguousArray<Step> = []
    private var leaves: [ObjectIdentifier: (node: Int32, owner: AnyObject)] = [:]
    private var leafOrder: [(owner: AnyObject, node: Int32)] = []
    private(set) var nodeCount: Int32 = 0
    /// Whether operations are still recorded; false once the walk back has begun.
    public private(set) var isRecording = true

    /// An empty tape.
    public init() {}

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
        let node = newNode()
        steps.append(
            Step(firstOutput: node, outputCount: 1) { backward in
                if let dy = backward.take(node) { pullback(dy, backward) }
            })
        return Tensor(storage: value.storage, offset: value.offset, shape: value.shape, tape: self, node: node)
    }

    /// Records several outputs of one operation; the gradient of one that nothing used is nil.
    package func record(_ values: [Tensor], _ pullback: @escaping (_ dy: [Tensor?], _ backward: Backward) -> Void) -> [Tensor] {
        let first = nodeCount
        let count = Int32(values.count)
        let outputs = values.map { Tensor(storage: $0.storage, offset: $0.offset, shape: $0.shape, tape: self, node: newNode()) }
        steps.append(
            Step(firstOutput: first, outputCount: count) { backward in
                let gradients = (first..<first + count).map { backward.take($0) }
                if gradients.contains(where: { $0 != nil }) { pullback(gradients, backward) }
            })
        return outputs
    }

    /// An operand's place on this tape; nil for a constant. One that another tape records would stand for a node that is not its own.
    func node(of operand: Tensor?) -> Int32? {
        guard let operand, let tape = operand.recordingTape else { return nil }
        precondition(tape === self, "an operation on two tapes at once")
        return operand.node
    }

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
        while let step = steps.popLast() { step.pullback(backward) }
        return Gradients(slots: backward.finish(), leaves: leafOrder.map { (ObjectIdentifier($0.owner), $0.node) })
    }

    /// Forgets everything; breaks the circle between the tape and the tensors that its steps hold.
    public func clear() {
        isRecording = false
        steps.removeAll()
        leaves.removeAll()
        leafOrder.removeAll()
    }
}

// MARK: - Writing derivatives

extension Tensor {
    /// This result of an operation on `x`, recorded with dx as a function of dy.
    package func derived(from x: Tensor, _ dx: @escaping (_ dy: Tensor) -> Tensor) -> Tensor {
        guard let tape = x.recordingTape else { return self }
        let node = x.node
        return tape.record(self) { dy, backward in backward.add(dx(dy), to: node) }
    }

    /// This result of an operation on `a` and `b`, recorded with da and db as functions of dy.
    package func derived(
        from a: Tensor, _ b: Tensor, _ da: @escaping (_ dy: Tensor) -> Tensor, _ db: @escaping (_ dy: Tensor) -> Tensor
    ) -> Tensor {
        guard let tape = a.recordingTape ?? b.recordingTape else { return self }
        let (nodeA, nodeB) = (tape.node(of: a), tape.node(of: b))
        return tape.record(self) { dy, backward in
            if let nodeA { backward.add(da(dy), to: nodeA) }
            if let nodeB { backward.add(db(dy), to: nodeB) }
        }
    }
}
