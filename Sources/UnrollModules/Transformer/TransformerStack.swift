import UnrollKernels
import UnrollTensors

/// Layers of a Transformer above one another, and with pre-norm a norm at their end.
public struct TransformerStack: Module {
    /// The layers, from the first to see the input.
    public let layers: [TransformerLayer]
    package let norm: LayerNorm?

    /// So many layers.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - features: of what they read and write; a multiple of the heads.
    ///   - options: what each is made of.
    ///   - readsMemory: whether they are a decoder's.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: their precision.
    public init(
        _ count: Int, features: Int, _ options: TransformerLayerOptions, readsMemory: Bool = false, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        layers = (0..<count).map {
            TransformerLayer(features, options, readsMemory: readsMemory, key: key.split($0), scalarType: scalarType)
        }
        norm = options.norm == .pre ? LayerNorm(features, scalarType: scalarType) : nil
    }

    /// Projects what an encoder has made for each layer, once for all steps. None for layers that are not a decoder's.
    public func memories(_ encoded: Tensor, lengths: [Int32]?, _ context: Context) -> [AttentionMemory] {
        layers.compactMap { $0.memory(encoded, lengths: lengths, context) }
    }

    /// Whole sequences.
    ///
    /// - Parameters:
    ///   - x: [time, batch, features].
    ///   - lengths: for each batch element how many steps count; all where nil.
    ///   - isCausal: whether no step sees a later one.
    ///   - memories: what each layer of a decoder reads.
    /// - Returns: the output [time, batch, features] and of each layer of a decoder the weights over its memory [batch, heads, time, source].
    public func callAsFunction(
        _ x: Tensor, lengths: [Int32]? = nil, isCausal: Bool = false, memories: [AttentionMemory] = [], _ context: Context
    ) -> (output: Tensor, weights: [Tensor]) {
        var (y, weights) = (x, [Tensor]())
        for (place, layer) in layers.enumerated() {
            let result = context.within("layers.\(place)") {
                layer(y, lengths: lengths, isCausal: isCausal, memory: memories.isEmpty ? nil : memories[place], context)
            }
            y = watched(result.output, of: layer, context)
            if let read = result.weights { weights.append(read) }
            context.report("layer\(place)", y)
        }
        return (norm?(y, context) ?? y, weights)
    }

    /// Features as they stand, shown to a tape that traces: what a layer shows at each step is to it what a state is to a recurrence.
    private func watched(_ features: Tensor, of layer: TransformerLayer, _ context: Context) -> Tensor {
        let record = context.tape?.trace(
            RecurrenceRecord(
                parameter: context[layer.norms[layer.norms.count - 1].weight], gates: [], values: [], states: [("features", features)]))
        return record?.watching(features, state: 0) ?? features
    }

    /// What the layers remember of the steps so far.
    public struct Cache: Sendable {
        var layers: [KeyValueCache]
        var reads: CacheReads

        /// Some rows, in the given order, some perhaps twice.
        public func gathered(_ rows: [Int32]) -> Cache { Cache(layers: layers, reads: reads.gathered(rows)) }

        /// The rows of this cache, and behind them those of another, without what none of them reads.
        public func joined(with other: Cache) -> Cache {
            let joined = reads.joined(with: other.reads)
            return Cache(
                layers: zip(layers, other.layers).map { $0.joined(joined.rows, with: $1, joined.others) }, reads: joined.reads)
        }
    }

    /// The cache of so many rows before their first step.
    public func emptyCache(rows: Int) -> Cache { Cache(layers: layers.map(\.emptyCache), reads: CacheReads(queries: rows)) }

    /// The first steps of several sequences at once, of layers that read no memory.
    ///
    /// - Parameter x: [time, rows, features].
    /// - Returns: the output [time, rows, features] of the whole sequences with `isCausal`, and the cache that `step` goes on with.
    public func start(_ x: Tensor, _ context: Context) -> (output: Tensor, cache: Cache) {
        var cache = emptyCache(rows: x.shape[1])
        cache.reads = CacheReads(sequences: [Int32](repeating: Int32(x.shape[0]), count: x.shape[1]))
        var y = x
        for (place, layer) in layers.enumerated() { y = layer.start(y, &cache.layers[place], context) }
        return (norm?(y, context) ?? y, cache)
    }

    /// One more step of each row; to the bit what whole sequences with `isCausal` give there.
    ///
    /// - Parameters:
    ///   - x: [rows, features].
    ///   - cache: the steps so far.
    ///   - memories: what each layer of a decoder reads.
    ///   - reads: which of the memories' steps each row reads.
    ///   - shown: the layer whose weights over its memory are returned.
    /// - Returns: the output [rows, features] and the weights [rows, heads, longest].
    public func step(
        _ x: Tensor, _ cache: inout Cache, memories: [AttentionMemory] = [], reads: CacheReads? = nil, shown: Int? = nil, _ context: Context
    ) -> (output: Tensor, weights: Tensor?) {
        cache.reads = cache.reads.appending(from: cache.layers[0].count)
        var (y, weights) = (x, Tensor?.none)
        for (place, layer) in layers.enumerated() {
            let result = layer.step(
                y, &cache.layers[place], cache.reads, memory: reads.map { (memories[place], $0) }, wantsWeights: place == shown, context)
            y = result.output
            weights = weights ?? result.weights
        }
        return (norm?(y, context) ?? y, weights)
    }

    /// Names the parameters, as PyTorch's stacks do.
    public func visit(_ visitor: inout ParameterVisitor) {
        for (place, layer) in layers.enumerated() { visitor("layers.\(place)", layer) }
        if let norm { visitor("norm", norm) }
    }
}
