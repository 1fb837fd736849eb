import UnrollKernels
import UnrollModules
import UnrollTensors

/// How a sequence of vectors becomes one.
public enum PoolingKind: String, Codable, Sendable, CaseIterable {
    /// The states after the last step: of the forward direction at the end, of the backward one at the beginning. Where there are no states, what is
    /// shown at the last step.
    case last
    /// The mean over the steps.
    case mean
    /// The largest number of each feature.
    case max
    /// Σ a(t) h(t) with a = softmax(q · h), where the query q is learnt and the same for every sequence (Yang 2016).
    case attention
}

/// Makes one vector of each sequence of a padded batch.
///
///     last: [h→(T); h←(1)] or h(T)      mean: Σ h(t) / T      max: maxₜ h(t)      attention: Σ a(t) h(t), a = softmax(q · h)
///
/// A sequence without steps gives zeros.
public struct Pooling: Module {
    /// How it is done.
    public let kind: PoolingKind
    package let attention: Attention?
    /// [features]; of `attention` alone.
    private let query: Parameter?

    /// A pooling of vectors of so many features.
    public init(_ kind: PoolingKind, features: Int, key: RandomKey, scalarType: ScalarType = .float32) {
        self.kind = kind
        guard kind == .attention else {
            (attention, query) = (nil, nil)
            return
        }
        attention = Attention(.dot, querySize: features, memorySize: features, width: features, key: key.split(0), scalarType: scalarType)
        query = Parameter(Initializer.xavierUniform.matrix(1, features, key: key.split(1), scalarType).reshaped(to: [features]))
    }

    /// One vector for each sequence.
    ///
    /// - Parameters:
    ///   - outputs: of the layers, [time, batch, features], zeros where a sequence is over.
    ///   - states: the last states of recurrent layers, by layer and direction; nil where there are none.
    ///   - lengths: for each sequence how many steps count.
    /// - Returns: [batch, features], and the weights [batch, time] of `attention`.
    public func callAsFunction(
        _ outputs: Tensor, states: [[RecurrentState]]?, lengths: [Int32], _ context: Context
    ) -> (features: Tensor, weights: Tensor?) {
        switch kind {
        case .last:
            guard let states else { return (ends(outputs, lengths), nil) }
            let last = states[states.count - 1].map(\.hidden)
            return (last.count == 1 ? last[0] : concatenated(last, axis: 1), nil)
        case .mean:
            let counts = lengths.map { 1 / Double(Swift.max(1, $0)) }
            return (sum(outputs, axis: 0) * Tensor(counts, shape: [lengths.count, 1], scalarType: outputs.scalarType), nil)
        case .max: return (largest(outputs, lengths), nil)
        case .attention:
            guard let attention, let query else { preconditionFailure("a pooling by attention without a query") }
            let queries = context[query] + Tensor.zeros([lengths.count, query.shape[0]], outputs.scalarType)
            let read = attention(queries, attention.memory(outputs, lengths: lengths, context), context)
            return (read.context, read.weights)
        }
    }

    /// What is shown at the last step of each sequence.
    private func ends(_ outputs: Tensor, _ lengths: [Int32]) -> Tensor {
        let (time, batch, features) = (outputs.shape[0], outputs.shape[1], outputs.shape[2])
        guard time > 0 else { return .zeros([batch, features], outputs.scalarType) }
        let places = lengths.enumerated().map { Swift.max(0, $0.element - 1) * Int32(batch) + Int32($0.offset) }
        return gathered(outputs.reshaped(to: [time * batch, features]), Tensor(places, shape: [batch]))
    }

    /// The largest number of each feature among the steps that count: the places are found first, and what stands there is gathered, so that
    /// gradients go there alone.
    private func largest(_ outputs: Tensor, _ lengths: [Int32]) -> Tensor {
        let (time, batch, features) = (outputs.shape[0], outputs.shape[1], outputs.shape[2])
        guard time > 0 else { return .zeros([batch, features], outputs.scalarType) }
        // What layers show is far from this.
        let over = (0..<time).flatMap { step in lengths.map { step < Int(Swift.max(1, $0)) ? 0.0 : -1e30 } }
        let masked = outputs.detached() + Tensor(over, shape: [time, batch, 1], scalarType: outputs.scalarType)
        let steps = masked.permuted([1, 2, 0]).argmax().tokens
        let places = steps.enumerated().map { $0.element * Int32(batch * features) + Int32($0.offset) }
        let numbers = outputs.reshaped(to: [time * batch * features, 1])
        return gathered(numbers, Tensor(places, shape: [batch, features])).reshaped(to: [batch, features])
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        if let attention { visitor("attention", attention) }
        if let query { visitor("query", query) }
    }
}
