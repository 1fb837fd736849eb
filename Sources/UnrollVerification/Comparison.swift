import UnrollTensors

/// The largest error over tensors that should be equal.
struct Comparison {
    /// What a difference is measured against.
    enum Scale {
        /// The larger of the two numbers, but at least this much.
        case element(atLeast: Double)
        /// The largest magnitude of the expected tensor, but at least this much.
        case largest(atLeast: Double)
    }

    private(set) var error = 0.0
    private(set) var count = 0
    private(set) var worst = ""

    /// Compares two tensors, or of two tensors only some elements.
    mutating func compare(_ what: String, _ found: Tensor, _ expected: Tensor, _ scale: Scale) {
        guard found.shape == expected.shape else {
            note(.infinity, "\(what) has the shape \(found.shape) instead of \(expected.shape)")
            return
        }
        let wanted = expected.doubles
        let magnitude = wanted.reduce(0) { max($0, abs($1)) }
        for (element, pair) in zip(found.doubles, wanted).enumerated() {
            compare(what, element, in: found.shape, pair.0, pair.1, largest: magnitude, scale)
        }
    }

    /// Compares two numbers at an element of a tensor.
    mutating func compare(
        _ what: String, _ element: Int, in shape: Shape, _ found: Double, _ expected: Double, largest: Double, _ scale: Scale
    ) {
        count += 1
        let measure =
            switch scale {
            case .element(let least): max(abs(found), abs(expected), least)
            case .largest(let least): max(largest, least)
            }
        let difference = abs(found - expected) / measure
        // Not a number is never equal, not even to itself.
        if difference > error || difference.isNaN {
            note(difference.isNaN ? .infinity : difference, "\(what)\(index(of: element, in: shape)): \(found) instead of \(expected)")
        }
    }

    /// Adds what another comparison found.
    mutating func add(_ other: Comparison) {
        count += other.count
        note(other.error, other.worst)
    }

    private mutating func note(_ error: Double, _ place: String) {
        guard error > self.error else { return }
        self.error = error
        worst = place
    }

    private func index(of element: Int, in shape: Shape) -> String {
        var rest = element
        var places: [Int] = []
        for axis in (0..<shape.rank).reversed() {
            places.append(rest % shape[axis])
            rest /= shape[axis]
        }
        return "\(Array(places.reversed()))"
    }

    func result(of entry: CatalogueEntry, _ check: CheckResult.Check) -> CheckResult {
        CheckResult(entry: entry.name, group: entry.group, check: check, error: error, comparisons: count, worst: worst)
    }
}
