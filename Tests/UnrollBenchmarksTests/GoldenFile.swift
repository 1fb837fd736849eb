import Foundation
import Testing
import UnrollTensors

/// A file that `Scripts/golden/benchmarks_golden.py` makes.
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

/// A parameter that is a closed form.
struct GoldenParameter: Decodable, Sendable {
    let name: String
    let shape: [Int]
    let amplitude: Double
    let frequency: Double

    var tensor: Tensor {
        let elements = (0..<shape.reduce(1, *)).map { (index: Int) -> Float in
            let place = Double(index + 1)
            return Float(amplitude * sin(frequency * place * place))
        }
        return Tensor(elements, shape: Shape(shape))
    }
}

/// The first steps of a workload in PyTorch.
struct GoldenSteps: Decodable, Sendable, CustomTestStringConvertible {
    let workload: String
    let parameters: [GoldenParameter]
    let results: [Double]

    var testDescription: String { workload }
}

/// A workload in its usual sizes in PyTorch.
struct GoldenSizes: Decodable, Sendable, CustomTestStringConvertible {
    let workload: String
    let sizes: [String]
    let values: [Int]
    let operations: Double
    let learnt: Int

    var testDescription: String { workload }
}
