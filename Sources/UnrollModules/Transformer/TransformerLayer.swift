import UnrollKernels
import UnrollTensors

/// Where the layer norm of a sub-layer stands.
public enum NormPlacement: String, Sendable, Codable, CaseIterable {
    /// x + dropout(f(norm(x))): the sum runs through all layers untouched, and needs a norm at its end. Xiong 2020.
    case pre
    /// norm(x + dropout(f(x))). Vaswani 2017.
    case post
}

/// What the layers of a Transformer are made of.
public struct TransformerLayerOptions: Sendable, Equatable {
    /// Heads of each attention.
    public var heads = 8
    /// Units of the feed-forward layer.
    public var inner = 2048
    /// Its non-linearity.
    public var activation = FeedForwardActivation.relu
    /// Where the norms stand.
    public var norm = NormPlacement.post
    /// The probability of dropout after each sub-layer.
    public var dropout = 0.0
    /// The probability of dropout on the weights of attention.
    public var attentionDropout = 0.0
    /// The probability of dropout within the feed-forward layer.
    public var activationDropout = 0.0

    /// The layers of Vaswani 2017, without dropout.
    public init() {}
}

/// A layer of a Transformer (Vaswani 2017): attention of a sequence to itself, in a decoder attention to a memory, a feed-forward layer. Around each
/// of these sub-layers f:
///
///     post-norm:  y = norm(x + dropout(f(x)))      pre-norm:  y = x + dropout(f(norm(x)))
public struct TransformerLayer: Module {
    package let selfAttention: MultiHeadAttention
    package let memoryAttention: MultiHeadAttention?
    package let feedForward: FeedForward
    package let norms: [LayerNorm]
    package let placement: NormPlacement
    private let dropout: Dropout
    private let features: Int
    private let scalarType: ScalarType

    /// A layer.
    ///
    /// - Parameters:
    ///   - features: of what it reads and writes; a multiple of the heads.
    ///   - options: what it is made of.
    ///   - readsMemory: whether it is a decoder's.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: their precision.
    public init(
        _ features: Int, _ options: TransformerLayerOptions, readsMemory: Bool = false, key: RandomKey, scalarType: ScalarType = .float32
    ) {
        let attention = { (key: RandomKey) in
            MultiHeadAttention(features, heads: options.heads, dropout: options.attentionDropout, key: key, scalarType: scalarType)
        }
        selfAttention = attention(key.split(0))
        memoryAttention = readsMemory ? attention(key.split(1)) : nil
        feedForward = FeedForward(
            features, inner: options.inner, activation: options.activation, dropout: options.activationDropout, key: key.split(2),
            scalarType: scalarType)
        norms = (0..<(readsMemory ? 3 : 2)).map { _ in LayerNorm(features, scalarType: scalarType) }
        placement = options.norm
        dropout = Dropout(options.dropout)
        self.features = features
        self.scalarType = scalarType
    }

    /// Projects what an encoder has made, once for all steps.
    ///
    /// - Parameters:
    ///   - encoded: [source, batch, features].
    ///   - lengths: for each batch element how many steps count.
    public func memory(_ encoded: Tensor, lengths: [Int32]?, _ context: Context) -> AttentionMemory? {
        memoryAttention?.memory(encoded, lengths: lengths, context)
    }

    /// A whole sequence.
    ///
    /// - Parameters:
    ///   - x: [time, batch, features].
    ///   - lengths: for each batch element how many steps count; all where nil.
    ///   - isCausal: whether no step sees a later one.
    ///   - memory: what a decoder's layer reads.
    /// - Returns: the output [time, batch, features] and the weights over the memory [batch, heads, time, source].
    public func callAsFunction(
        _ x: Tensor, lengths: [Int32]? = nil, isCausal: Bool = false, memory: AttentionMemory? = nil, _ context: Context
    ) -> (output: Tensor, weights: Tensor?) {
        apply(x, memory: memory, context) {
            let read = selfAttention($0, lengths: lengths, isCausal: isCausal, context)
            context.report("self_attn", read.weights)
            return read.output
        } readingMemory: { attention, x, memory in
            let read = attention(x, memory, context)
            context.report("multihead_attn", read.weights)
            return (read.output, read.weights)
        }
    }

    /// A cache for the steps of this layer.
    public var emptyCache: KeyValueCache { KeyValueCache(features: features, scalarType: scalarType) }

    /// The first steps of several sequences at once, of a layer that reads no memory.
    ///
    /// - Parameters:
    ///   - x: [time, rows, features].
    ///   - cache: an empty one, in which `step` finds these steps.
    /// - Returns: the output [time, rows, features] of the whole sequences with `isCausal`.
    public func start(_ x: Tensor, _ cache: inout KeyValueCache, _ context: Context) -> Tensor {
        apply(x, memory: AttentionMemory?.none, context) {
            selfAttention.start($0, &cache, context)
        } readingMemory: { attention, x, memory in
            attention(x, memory, context)
        }.output
    }

    /// One more step of several sequences; to the bit what the whole sequence with `isCausal` gives there.
    ///
    /// - Parameters:
    ///   - x: [rows, features].
    ///   - cache: the steps so far.
    ///   - reads: the rows of the cache that belong to each row, the new one included.
    ///   - memory: what a decoder's layer reads, and which of its steps each row reads.
    ///   - wantsWeights: whether the weights over the memory are returned.
    /// - Returns: the output [rows, features] and the weights [rows, heads, longest].
    public func step(
        _ x: Tensor, _ cache: inout KeyValueCache, _ reads: CacheReads, memory: (steps: AttentionMemory, reads: CacheReads)? = nil,
        wantsWeights: Bool = false, _ context: Context
    ) -> (output: Tensor, weights: Tensor?) {
        apply(x, memory: memory, context) {
            selfAttention.step($0, &cache, reads, context)
        } readingMemory: { attention, x, memory in
            attention.step(x, memory.steps, memory.reads, wantsWeights: wantsWeights, context)
        }
    }

    /// The sub-layers, one after the other, each with its norm, dropout and sum.
    private func apply<Memory>(
        _ x: Tensor, memory: Memory?, _ context: Context, attending: (Tensor) -> Tensor,
        readingMemory: (MultiHeadAttention, Tensor, Memory) -> (output: Tensor, weights: Tensor?)
    ) -> (output: Tensor, weights: Tensor?) {
        precondition((memory != nil) == (memoryAttention != nil), "a decoder's layer reads a memory, and no other does")
        var place = 0
        func around(_ x: Tensor, _ sublayer: (Tensor) -> Tensor) -> Tensor {
            let norm = norms[place]
            place += 1
            switch placement {
            case .pre: return x + dropout(sublayer(norm(x, context)), context)
            case .post: return norm(x + dropout(sublayer(x), context), context)
            }
        }
        var weights: Tensor?
        var y = around(x, attending)
        if let memoryAttention, let memory {
            y = around(y) {
                let read = readingMemory(memoryAttention, $0, memory)
                weights = read.weights
                return read.output
            }
        }
        return (around(y) { feedForward($0, context) }, weights)
    }

    /// Names the parameters, as PyTorch's layers do.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("self_attn", selfAttention)
        if let memoryAttention { visitor("multihead_attn", memoryAttention) }
        feedForward.visit(&visitor)
        for (place, norm) in norms.enumerated() { visitor("norm\(place + 1)", norm) }
    }
}
