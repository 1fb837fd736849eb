import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// PyTorch's `MultiheadAttention`, to itself or to another sequence.
struct GoldenHeadCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let heads: Int
    let lengths: [Int32]?
    let causal: Bool
    let given: [String: GoldenTensor]
    let lossWeights: [String: GoldenTensor]
    let results: [String: GoldenTensor]
    let gradients: [String: GoldenTensor]

    enum CodingKeys: String, CodingKey {
        case name, heads, lengths, causal, given, results, gradients
        case lossWeights = "loss_weights"
    }

    var testDescription: String { name }
}

@Suite struct GoldenHeadTests {
    @Test func everyCaseIsThere() { #expect(GoldenFile<GoldenHeadCase>.cases("heads").count == 5) }

    @Test(arguments: GoldenFile<GoldenHeadCase>.cases("heads"), goldenTolerances.indices)
    func equalsPyTorch(_ golden: GoldenHeadCase, _ precision: Int) throws {
        let (type, tolerance) = goldenTolerances[precision]
        let tape = Tape()
        let context = Context(tape: tape, isTraining: true, key: RandomKey(seed: 0))
        let x = tape.watch(try #require(golden.given["x"]).tensor(type))
        let y = golden.given["y"].map { tape.watch($0.tensor(type)) }
        let module = MultiHeadAttention(
            x.shape[2], heads: golden.heads, memoryFeatures: y?.shape[2], key: .blank, scalarType: type)
        for named in module.parameters { named.parameter.set(try #require(golden.given[named.name], "\(named.name)").tensor(type)) }
        let found =
            if let y {
                module(x, module.memory(y, lengths: golden.lengths, context), isCausal: golden.causal, context)
            } else {
                module(x, lengths: golden.lengths, isCausal: golden.causal, context)
            }
        #expect(relativeDifference(found.output, golden.results["output"]) < tolerance)
        #expect(relativeDifference(found.weights, golden.results["weights"]) < tolerance)
        let gradients = tape.gradients(
            of: try [("output", found.output), ("weights", found.weights)].map { ($1, try #require(golden.lossWeights[$0]).tensor(type)) })
        let parameters = Dictionary(uniqueKeysWithValues: module.parameters.map { ($0.name, $0.parameter) })
        #expect(golden.gradients.count == module.parameters.count + (y == nil ? 1 : 2))
        for (name, expected) in golden.gradients {
            let gradient =
                name == "x" ? gradients[x] : name == "y" ? y.flatMap { gradients[$0] } : parameters[name].flatMap { gradients[$0]?.dense }
            if name == "key.bias" {
                // It moves all scores of a query alike, so that its gradient is 0 but for rounding.
                #expect(try #require(gradient).doubles.allSatisfy { abs($0) < tolerance })
            } else {
                #expect(relativeDifference(gradient, expected) < tolerance, "\(name)")
            }
        }
    }
}
