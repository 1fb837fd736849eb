/// The largest difference of two buffers over the largest magnitude of the second; infinity where sizes differ or a value is not a number.
func relativeDifference(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    var difference = 0.0
    var magnitude = 0.0
    for (value, wanted) in zip(found, expected) {
        if value.isNaN || wanted.isNaN { return .infinity }
        if value != wanted { difference = max(difference, abs(value - wanted)) }
        magnitude = max(magnitude, abs(wanted))
    }
    return difference == 0 ? 0 : difference / max(magnitude, 1e-300)
}

/// The worst relative error of a gradient against central differences, element by element; small elements are measured against a twentieth
/// of the largest, since a difference quotient carries a rounding error of its own.
func gradientError(
    _ gradient: [Double], at positions: [Int], step: Double = 1e-4, of loss: (_ position: Int, _ shift: Double) -> Double
) -> Double {
    let largest = gradient.reduce(0) { max($0, abs($1)) }
    var worst = 0.0
    for position in positions {
        let near = loss(position, step) - loss(position, -step)
        let far = loss(position, 2 * step) - loss(position, -2 * step)
        let expected = (8 * near - far) / (12 * step)
        let scale = max(abs(expected), abs(gradient[position]), largest / 20, 1e-6)
        let error = abs(gradient[position] - expected) / scale
        worst = error.isNaN ? .infinity : max(worst, error)
    }
    return worst
}

extension Array where Element == Double {
    func shifted(_ position: Int, by amount: Double) -> [Double] {
        var copy = self
        copy[position] += amount
        return copy
    }

    /// Σ self · other.
    func dot(_ other: [Double]) -> Double {
        zip(self, other).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
