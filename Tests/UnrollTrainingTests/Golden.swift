import Foundation
import Testing
import UnrollKernels
import UnrollTensors

/// A file of golden cases; `Scripts/golden/README.md` describes the format.
struct GoldenFile<Case: Decodable>: Decodable {
    let cases: [Case]

    static func cases(_ name: String) throws -> [Case] {
        let url = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: "json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Self.self, from: Data(contentsOf: url)).cases
    }
}

struct GoldenTensor: Decodable {
    let shape: [Int]
    private let values: [Float]

    /// The float32 numbers, exactly.
    var numbers: [Double] { values.map(Double.init) }

    /// The numbers in the type that a test computes in.
    func tensor(_ type: ScalarType) -> Tensor { Tensor(numbers, shape: Shape(shape), scalarType: type) }
}

/// Every element within `tolerance` of the expected one, relative to it where it is above 1.
func expectClose(
    _ actual: [Double], _ expected: [Double], tolerance: Double, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(actual.count == expected.count, "\(what)", sourceLocation: sourceLocation)
    for (index, (a, e)) in zip(actual, expected).enumerated() where !(abs(a - e) <= tolerance * max(1, abs(e))) {
        Issue.record("\(what): element \(index) is \(a), not \(e)", sourceLocation: sourceLocation)
    }
}
