import UnrollKernels
import UnrollTensors

/// The scores that attention can compare by.
public enum AttentionKind: String, Sendable, Codable, CaseIterable {
    /// query · key. Luong 2015.
    case dot
    /// query · W key. Luong 2015.
    case general
    /// v · tanh(W query + U key). Bahdanau 2014.
    case additive
}

/// What attention reads: projected keys and the values behind them, made once for a sequence and read at every step.
public struct AttentionMemory: Sendable {
    /// [time, batch, width].
    public let keys: Tensor
    /// [time, batch, features].
    public let values: Tensor
    /// For each batch element how many of the keys count.
    public let lengths: [Int32]?

    /// The rows of the batch in another order, or some of them again.
    public func gathered(_ rows: [Int32]) -> AttentionMemory {
        let gather = { (x: Tensor) in
            let (time, batch, width) = (x.shape[0], x.shape[1], x.shape[2])
            let places = (0..<time).flatMap { step in rows.map { Int32(step * batch) + $0 } }
            return UnrollTensors.gathered(x.reshaped(to: [time * batch, width]), Tensor(places, shape: [time, rows.count]))
        }
        return AttentionMemory(
            keys: gather(keys), values: gather(values), lengths: lengths.map { lengths in rows.map { lengths[Int($0)] } })
    }

    /// The rows of the batch, and behind them those of another. The steps that one of them lacks do not count.
    public func joined(with other: AttentionMemory) -> AttentionMemory {
        let time = max(keys.shape[0], other.keys.shape[0])
        let join = { (first: Tensor, second: Tensor) in
            concatenated(
                [first, second].map { x in
                    let missing = Tensor.zeros([time - x.shape[0], x.shape[1], x.shape[2]], x.scalarType)
                    return missing.count == 0 ? x : concatenated([x, missing], axis: 0)
                }, axis: 1)
        }
        let lengths = [self, other].flatMap { $0.lengths ?? [Int32](repeating: Int32($0.keys.shape[0]), count: $0.keys.shape[1]) }
        return AttentionMemory(keys: join(keys, other.keys), values: join(values, other.values), lengths: lengths)
    }

    /// Some steps of this memory and behind them some of another, [steps, 1, width], by their numbers source · sequences + sequence. Lengths
    /// are left to the `CacheReads` that have chosen them.
    public func joined(_ steps: [Int32], with other: AttentionMemory, _ others: [Int32]) -> AttentionMemory {
        let join = { (first: Tensor, second: Tensor) in
            let x = concatenated([first.rows(steps), second.rows(others)], axis: 0)
            return x.reshaped(to: [x.shape[0], 1, x.shape[1]])
        }
        return AttentionMemory(keys: join(keys, other.keys), values: join(values, other.values), lengths: nil)
    }
}

extension Tensor {
    /// Some rows of the width of the last axis: [rows, width].
    func rows(_ rows: [Int32]) -> Tensor {
        gathered(reshaped(to: [count / max(1, shape[-1]), shape[-1]]), Tensor(rows, shape: [rows.count]))
    }
}

/// Soft addressing of a sequence by a query: a = softmax(score(query, key_i)), context = Σ a_i value_i.
public struct Attention: Module {
    /// The score.
    public let kind: AttentionKind
    private let queryProjection: Linear?
    private let keyProjection: Linear?
    private let v: Parameter?

    /// An attention; `width` is the size of the space that the additive score compares in.
    public init(
        _ kind: AttentionKind, querySize: Int, memorySize: Int, width: Int, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        self.kind = kind
        switch kind {
        case .dot:
            precondition(querySize == memorySize, "the dot score compares equal sizes, not \(querySize) with \(memorySize)")
            (queryProjection, keyProjection, v) = (nil, nil, nil)
        case .general:
            queryProjection = nil
            keyProjection = Linear(memorySize, querySize, hasBias: false, key: key.split(0), scalarType: scalarType)
            v = nil
        case .additive:
            queryProjection = Linear(querySize, width, hasBias: false, key: key.split(1), scalarType: scalarType)
            keyProjection = Linear(memorySize, width, key: key.split(0), scalarType: scalarType)
            v = Parameter(Initializer.xavierUniform.matrix(1, width, key: key.split(2), scalarType).reshaped(to: [width]))
        }
    }

    /// Projects the keys of a sequence once.
    ///
    /// - Parameters:
    ///   - values: [time, batch, memorySize].
    ///   - lengths: for each batch element how many steps count.
    public func memory(_ values: Tensor, lengths: [Int32]?, _ context: Context) -> AttentionMemory {
        AttentionMemory(keys: keyProjection?(values, context) ?? values, values: values, lengths: lengths)
    }

    /// query: [batch, querySize] → context [batch, memorySize] and weights [batch, time].
    public func callAsFunction(_ query: Tensor, _ memory: AttentionMemory, _ context: Context) -> (context: Tensor, weights: Tensor) {
        let score: AttentionScore = v.map { .additive(v: context[$0]) } ?? .dot()
        return attention(
            query: queryProjection?(query, context) ?? query, keys: memory.keys, values: memory.values, score: score,
            lengths: memory.lengths)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        if let queryProjection { visitor("query", queryProjection) }
        if let keyProjection { visitor("key", keyProjection) }
        if let v { visitor("v", v) }
    }
}
