import CUnrollKernels
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

/// How the weights' average over a training is taken.
public struct AverageSettings: Codable, Sendable, Equatable {
    /// How much of the average stays at each update.
    public var decay = 0.999

    /// A decay of 0.999.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        decay = try decoder.container(keyedBy: CodingKeys.self).probability(.decay, default: decay)
    }
}

/// The exponential moving average of a network's weights (Polyak & Juditsky 1992): what is measured and written, while the weights themselves are trained.
///
///     a ← d a + (1 − d) w      d = min(decay, (1 + n) / (10 + n)) at update n
///
/// The smaller d of the first updates lets the average forget the weights that the training began with.
final class WeightAverage {
    private let decay: Double
    private let parameters: [NamedParameter]
    private var averages: [Tensor]

    init(_ settings: AverageSettings, _ parameters: [NamedParameter]) {
        decay = settings.decay
        self.parameters = parameters
        averages = parameters.map { $0.parameter.value.copied() }
    }

    /// Takes in the weights after an update, counted from 1.
    func update(_ count: Int) {
        let decay = min(decay, (1 + Double(count)) / (10 + Double(count)))
        for (average, named) in zip(averages, parameters) {
            let value = named.parameter.value
            unroll_affine(value.scalarType.kernel, value.count, decay, 0, average.pointer, average.pointer)
            unroll_accumulate(value.scalarType.kernel, value.count, 1 - decay, value.pointer, average.pointer)
        }
    }

    /// Calls `body` while the parameters have the averages' values.
    func inUse<Result>(_ body: () throws -> Result) rethrows -> Result {
        let weights = parameters.map(\.parameter.value)
        for (named, average) in zip(parameters, averages) { named.parameter.set(average) }
        defer { for (named, value) in zip(parameters, weights) { named.parameter.set(value) } }
        return try body()
    }

    /// What must be kept to go on later, by name.
    var state: [(name: String, tensor: Tensor)] { zip(parameters, averages).map { ("average.\($0.name)", $1) } }

    /// Goes on from the tensors of `state`, in its order.
    func restore(_ tensors: [Tensor]) { averages = tensors.map { $0.copied() } }
}
