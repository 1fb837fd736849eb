import Testing
import UnrollKernels
import UnrollTensors

/// Attention by one score, from plain operations of PyTorch.
struct GoldenAttentionCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let lengths: [Int32]?
    let given: [String: GoldenTensor]
    let parameters: [String: GoldenTensor]
    let lossWeights: [String: GoldenTensor]
    let results: [String: GoldenTensor]
    let gradients: [String: GoldenTensor]

    enum CodingKeys: String, CodingKey {
        case name, lengths, given, parameters, results, gradients
        case lossWeights = "loss_weights"
    }

    var testDescription: String { lengths == nil ? name : "\(name), padded" }
}

@Suite struct GoldenAttentionTests {
    @Test func everyCaseIsThere() { #expect(GoldenFile<GoldenAttentionCase>.cases("attention").count == 8) }

    @Test(arguments: GoldenFile<GoldenAttentionCase>.cases("attention"), goldenTolerances.indices)
    func equalsPyTorch(_ golden: GoldenAttentionCase, _ precision: Int) throws {
        let (type, tolerance) = goldenTolerances[precision]
        let tape = Tape()
        let leaves = golden.given.merging(golden.parameters) { first, _ in first }.mapValues { tape.watch($0.tensor(type)) }
        func leaf(_ name: String) throws -> Tensor { try #require(leaves[name]) }

        let queries = try leaf("queries")
        let (keys, score): (Tensor, AttentionScore)
        var project: (Tensor) -> Tensor = { $0 }
        switch golden.name {
        case "additive":
            keys = linear(try leaf("keys"), try leaf("key_weight"), bias: try leaf("bias"))
            score = .additive(v: try leaf("v"))
            let weight = try leaf("query_weight")
            project = { linear($0, weight) }
        case "general": (keys, score) = (linear(try leaf("keys"), try leaf("weight")), .dot())
        case "dot": (keys, score) = (try leaf("keys"), .dot())
        case "scaled_dot": (keys, score) = (try leaf("keys"), .dot(scale: 1 / Double(queries.shape[2]).squareRoot()))
        default:
            Issue.record("an unknown score \(golden.name)")
            return
        }
        let values = try leaf("values")
        let reads = (0..<queries.shape[0]).map { time in
            attention(query: project(queries.at(time)), keys: keys, values: values, score: score, lengths: golden.lengths)
        }
        let results = ["output": stacked(reads.map(\.context)), "weights": stacked(reads.map(\.weights))]
        for (name, found) in results {
            #expect(relativeDifference(found, golden.results[name]) < tolerance, "\(name)")
        }
        let gradients = tape.gradients(
            of: try results.keys.sorted().map { (try #require(results[$0]), try #require(golden.lossWeights[$0]).tensor(type)) })
        #expect(Set(golden.gradients.keys) == Set(leaves.keys))
        for (name, expected) in golden.gradients {
            #expect(relativeDifference(leaves[name].flatMap { gradients[$0] }, expected) < tolerance, "\(name)")
        }
    }
}
