import UnrollKernels
import UnrollTensors

/// A tensor that a checked function is given.
struct CheckedInput: Sendable {
    /// Where its numbers lie.
    enum Values: Sendable {
        /// Between −1 and 1.
        case any
        /// Between 0.5 and 2, for logarithms, roots and divisors.
        case positive
        /// Between 0.1 and 1 in magnitude, for functions with a corner at 0.
        case awayFromZero
    }

    let name: String
    let shape: Shape
    let values: Values

    init(_ name: String, _ shape: Shape, _ values: Values = .any) {
        self.name = name
        self.shape = shape
        self.values = values
    }

    /// The numbers, the same in every precision: all of them fit single precision.
    func tensor(key: RandomKey, _ type: ScalarType) -> Tensor {
        let drawn: Tensor
        switch values {
        case .any: drawn = .uniform(shape, in: -1..<1, key: key)
        case .positive: drawn = .uniform(shape, in: 0.5..<2, key: key)
        case .awayFromZero:
            let numbers = Tensor.uniform(shape, in: -1..<1, key: key).floats.map { $0 < 0 ? $0 * 0.9 - 0.1 : $0 * 0.9 + 0.1 }
            drawn = Tensor(numbers, shape: shape)
        }
        return drawn.converted(to: type)
    }
}
