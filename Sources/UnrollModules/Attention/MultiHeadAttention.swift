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

    /// An attention between sequences of so many features.
    ///
    /// - Parameters:
    ///   - features: of the queries, and of the output; a multiple of `heads`.
    ///   - heads: how many there are.
    ///   - memoryFeatures: of what is read; as many as the queries have where nil.
    ///   - key: draws the projections.
    ///   - scalarType: their precision.
    public init(_ features: Int, heads: Int, memoryFeatures: Int? = nil, key: RandomKey, scalarType: ScalarType = .float32) {
        precondition(heads > 0 && features % heads == 0, "\(features) features cannot be shared by \(heads) heads")
        let memoryFeatures = memoryFeatures ?? features
        self.heads = heads
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
            queries: query(x, context), keys: memory.keys, values: memory.values, heads: heads, lengths: memory.lengths, isCausal: isCausal)
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

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("query", query)
        visitor("key", key)
        visitor("value", value)
        visitor("output", output)
    }
}
