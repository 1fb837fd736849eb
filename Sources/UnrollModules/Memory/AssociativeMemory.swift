import UnrollKernels
import UnrollTensors

/// How an associative memory compares a query with its keys.
public enum Similarity: String, Sendable, Codable, CaseIterable {
    /// query · key: the longer key wins where directions are alike.
    case dot
    /// query · key / (‖query‖ ‖key‖): directions alone count. Graves 2014.
    case cosine
}

/// A memory that is read by what one looks for: a soft dictionary.
///
///     α_i = β · similarity(query, key_i)      c = softmax(α)      s = Σ c_i value_i
///
/// β is the sharpness: 0 reads the mean of all values; the larger it is, the more the most similar key alone counts. A query that equals a key, where all
/// keys have the same norm, then gets that key's value; where norms differ, a dot product may prefer a longer key of another direction, and the
/// cosine does not.
public struct AssociativeMemory: Module {
    /// How queries and keys are compared.
    public let similarity: Similarity
    private let sharpness: Double
    /// log β, [1]; so a learnt sharpness stays above 0.
    private let logSharpness: Parameter?

    /// A memory with a fixed sharpness.
    public init(_ similarity: Similarity, sharpness: Double = 1) {
        precondition(sharpness >= 0, "a sharpness of \(sharpness); it is at least 0")
        self.similarity = similarity
        self.sharpness = sharpness
        logSharpness = nil
    }

    /// A memory that learns its sharpness, from `initial` on.
    public init(_ similarity: Similarity, learnedSharpness initial: Double, scalarType: ScalarType = .float32) {
        precondition(initial > 0, "a sharpness of \(initial) to begin with; it must be above 0")
        self.similarity = similarity
        sharpness = 1
        logSharpness = Parameter(log(Tensor([initial], shape: [1])).converted(to: scalarType))
    }

    /// Reads the memory of each batch element with its query; differentiable in query, keys and values.
    ///
    /// - Parameters:
    ///   - query: [batch, width].
    ///   - keys: [slots, batch, width].
    ///   - values: [slots, batch, features].
    ///   - lengths: for each batch element how many of the slots are filled; all where nil. One without any reads zeros.
    ///   - context: of this call.
    /// - Returns: what was read, s [batch, features], and the coefficients, c [batch, slots].
    public func callAsFunction(
        _ query: Tensor, keys: Tensor, values: Tensor, lengths: [Int32]? = nil, _ context: Context
    ) -> (value: Tensor, coefficients: Tensor) {
        let (compared, stored) = similarity == .cosine ? (Self.direction(query), Self.direction(keys)) : (query, keys)
        let sharpened = logSharpness.map { compared * exp(context[$0]) } ?? compared
        let read = attention(query: sharpened, keys: stored, values: values, score: .dot(scale: sharpness), lengths: lengths)
        context.report("coefficients", read.weights)
        return (read.context, read.weights)
    }

    /// x / ‖x‖ along the last axis, and zeros for zeros.
    private static func direction(_ x: Tensor) -> Tensor {
        x / sqrt(sum(square(x), axis: x.shape.rank - 1, keepsAxis: true) + 1e-12)
    }

    /// Names the parameter, where there is one.
    public func visit(_ visitor: inout ParameterVisitor) {
        if let logSharpness { visitor("log_sharpness", logSharpness) }
    }
}
