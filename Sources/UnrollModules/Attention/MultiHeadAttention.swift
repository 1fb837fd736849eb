import UnrollKernels
import UnrollTensors

/// Attention of several heads (Vaswani 2017): each compares its own projections of the queries and of what is read.
///
///     head h:  a = softmax(Wq_h x · Wk_h y / √width)      context_h = Σ a Wv_h y      output = Wo [context_1, context_2, …]
///
/// A decoder's attention to itself reads what it is given, with `isCausal`; its attention to the source reads a memory that is made once.
public struct MultiHeadAttention: Module {
    /// How many heads there are.
    public let heads: Int
    /// Features of the queries and of the output.
    public var features: Int { query.weight.shape[1] }
    /// Features of what is read.
    public var memoryFeatures: Int { key.weight.shape[1] }
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let dropout: Double

    /// An attention between sequences of so many features.
    ///
    /// - Parameters:
    ///   - features: of the queries, and of the output; a multiple of `heads`.
    ///   - heads: how many there are.
    ///   - memoryFeatures: of what is read; as many as the queries have where nil.
    ///   - dropout: the probability that a weight is left out of a context in training; the weights that are returned are whole.
    ///   - key: draws the projections.
    ///   - scalarType: their precision.
    public init(
        _ features: Int, heads: Int, memoryFeatures: Int? = nil, dropout: Double = 0, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        precondition(heads > 0 && features % heads == 0, "\(features) features cannot be shared by \(heads) heads")
        let memoryFeatures = memoryFeatures ?? features
        self.heads = heads
        self.dropout = dropout
        query = Linear(features, features, key: key.split(0), scalarType: scalarType)
        self.key = Linear(memoryFeatures, features, key: key.split(1), scalarType: scalarType)
        value = Linear(memoryFeatures, features, key: key.split(2), scalarType: scalarType)
        output = Linear(features, features, key: key.split(3), scalarType: scalarType)
    }

    /// Projects once what queries will read.
    ///
    /// - Parameters:
    ///   - y: [source, batch, memory features].
    ///   - lengths: for each batch element how many steps count; all where nil.
    public func memory(_ y: Tensor, lengths: [Int32]?, _ context: Context) -> AttentionMemory {
        AttentionMemory(keys: key(y, context), values: value(y, context), lengths: lengths)
    }

    /// x: [target, batch, features] → output [target, batch, features] and weights [batch, heads, target, source].
    ///
    /// With `isCausal` the last query sees all of the memory, and each one before it one step less.
    public func callAsFunction(
        _ x: Tensor, _ memory: AttentionMemory, isCausal: Bool = false, _ context: Context
    ) -> (output: Tensor, weights: Tensor) {
        let read = multiHeadAttention(
            queries: query(x, context), keys: memory.keys, values: memory.values, heads: heads, lengths: memory.lengths, isCausal: isCausal,
            dropout: context.isTraining && dropout > 0 ? (dropout, context.nextKey()) : nil)
        return (output(read.contexts, context), read.weights)
    }

    /// Attention of a sequence to itself.
    ///
    /// - Parameters:
    ///   - x: [time, batch, features].
    ///   - lengths: for each batch element how many steps count; all where nil.
    ///   - isCausal: whether no step sees a later one.
    /// - Returns: the output [time, batch, features] and the weights [batch, heads, time, time].
    public func callAsFunction(
        _ x: Tensor, lengths: [Int32]?, isCausal: Bool = false, _ context: Context
    ) -> (output: Tensor, weights: Tensor) {
        self(x, memory(x, lengths: lengths, context), isCausal: isCausal, context)
    }

    /// The first steps of several sequences at once, with keys and values kept for the steps to come.
    ///
    /// - Parameters:
    ///   - x: [time, rows, features].
    ///   - cache: an empty one; grows by a row for each step of each sequence, steps one after the other.
    /// - Returns: the output [time, rows, features] of the whole sequences with `isCausal`.
    public func start(_ x: Tensor, _ cache: inout KeyValueCache, _ context: Context) -> Tensor {
        precondition(cache.count == 0, "a cache of \(cache.count) rows for sequences that begin")
        let memory = memory(x, lengths: nil, context)
        cache = cache.appending(keys: Self.rows(memory.keys), values: Self.rows(memory.values))
        return self(x, memory, isCausal: true, context).output
    }

    /// Steps one after the other: [time, batch, features] → [time · batch, features].
    private static func rows(_ x: Tensor) -> Tensor { x.reshaped(to: [x.shape[0] * x.shape[1], x.shape[2]]) }

    /// One more step of several sequences: their keys and values go to the cache, and each sequence reads those of its own steps.
    ///
    /// - Parameters:
    ///   - x: [rows, features].
    ///   - cache: of the steps so far; grows by a row for each row of x.
    ///   - reads: which rows of the cache each row of x reads, its own new one included.
    /// - Returns: the output [rows, features]; to the bit what the whole sequence with `isCausal` gives at this step.
    public func step(_ x: Tensor, _ cache: inout KeyValueCache, _ reads: CacheReads, _ context: Context) -> Tensor {
        cache = cache.appending(keys: key(x, context), values: value(x, context))
        let read = cachedAttention(
            queries: query(x, context), keys: cache.keys, values: cache.values, reads, heads: heads, wantsWeights: false)
        return output(read.contexts, context)
    }

    /// One query each, of a memory that was made once.
    ///
    /// - Parameters:
    ///   - x: [rows, features].
    ///   - memory: [source, sequences, …]; its lengths are in `reads`.
    ///   - reads: which of the memory's steps each row reads, by the number of source · sequences + sequence.
    ///   - wantsWeights: whether the weights are returned.
    /// - Returns: the output [rows, features] and the weights [rows, heads, longest].
    public func step(
        _ x: Tensor, _ memory: AttentionMemory, _ reads: CacheReads, wantsWeights: Bool, _ context: Context
    ) -> (output: Tensor, weights: Tensor?) {
        let read = cachedAttention(
            queries: query(x, context), keys: Self.rows(memory.keys), values: Self.rows(memory.values), reads, heads: heads,
            wantsWeights: wantsWeights)
        return (output(read.contexts, context), read.weights)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("query", query)
        visitor("key", key)
        visitor("value", value)
        visitor("output", output)
    }
}
