import Foundation
import UnrollKernels
import UnrollTensors

/// A file of values and gradients that PyTorch computed; `Scripts/golden` makes them.
struct GoldenFile<Case: Decodable>: Decodable {
    let cases: [Case]

    static func cases(_ name: String) -> [Case] {
        do {
            guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Golden") else {
                fatalError("Golden/\(name).json is not among the resources")
            }
            return try JSONDecoder().decode(GoldenFile.self, from: Data(contentsOf: url)).cases
        } catch {
            fatalError("Golden/\(name).json: \(error)")
        }
    }
}

struct GoldenTensor: Decodable, Sendable {
    let shape: [Int]
    let values: [Double]

    func tensor(_ type: ScalarType) -> Tensor { Tensor(values, shape: Shape(shape), scalarType: type) }
}

/// The largest difference over the largest magnitude of what is expected; infinite where one is missing, shapes differ or something is
/// not a number.
func relativeDifference(_ found: Tensor?, _ expected: GoldenTensor?) -> Double {
    guard let found, let expected, found.shape == Shape(expected.shape) else { return .infinity }
    var difference = 0.0
    for (value, wanted) in zip(found.doubles, expected.values) {
        if value.isNaN { return .infinity }
        difference = max(difference, abs(value - wanted))
    }
    // What goes in is of size 1: a far smaller result is what is left where such numbers cancel.
    return difference / expected.values.reduce(1e-3) { max($0, abs($1)) }
}

/// Each precision with what it may differ by: the files hold single-precision numbers.
let goldenTolerances: [(type: ScalarType, tolerance: Double)] = [(.float32, 1e-5), (.float64, 1e-6)]
