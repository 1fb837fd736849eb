import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// PyTorch's `TransformerEncoderLayer` or `TransformerDecoderLayer`.
struct GoldenTransformerCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let decoder: Bool
    let norm: NormPlacement
    let activation: FeedForwardActivation
    let heads: Int
    let inner: Int
    let lengths: [Int32]?
    let given: [String: GoldenTensor]
    let lossWeights: [String: GoldenTensor]
    let results: [String: GoldenTensor]
    let gradients: [String: GoldenTensor]

    enum CodingKeys: String, CodingKey {
        case name, decoder, norm, activation, heads, inner, lengths, given, results, gradients
        case lossWeights = "loss_weights"
    }

    var testDescription: String { name }
}

@Suite struct GoldenTransformerTests {
    @Test func everyCaseIsThere() { #expect(GoldenFile<GoldenTransformerCase>.cases("transformer").count == 4) }

    @Test(arguments: GoldenFile<GoldenTransformerCase>.cases("transformer"), goldenTolerances.indices)
    func equalsPyTorch(_ golden: GoldenTransformerCase, _ precision: Int) throws {
        let (type, tolerance) = goldenTolerances[precision]
        let tape = Tape()
        let context = Context(tape: tape, isTraining: true, key: RandomKey(seed: 0))
        let x = tape.watch(try #require(golden.given["x"]).tensor(type))
        let memory = golden.given["memory"].map { tape.watch($0.tensor(type)) }
        var options = TransformerLayerOptions()
        (options.heads, options.inner, options.norm, options.activation) = (golden.heads, golden.inner, golden.norm, golden.activation)
        let module = TransformerLayer(x.shape[2], options, readsMemory: golden.decoder, key: .blank, scalarType: type)
        for named in module.parameters { named.parameter.set(try #require(golden.given[named.name], "\(named.name)").tensor(type)) }
        let whole =
            if let memory {
                module(x, isCausal: true, memory: module.memory(memory, lengths: golden.lengths, context), context).output
            } else {
                module(x, lengths: golden.lengths, context).output
            }
        let output = whole * counted(golden, x.shape, type)
        #expect(relativeDifference(output, golden.results["output"]) < tolerance)
        let gradients = tape.gradients(of: [(output, try #require(golden.lossWeights["output"]).tensor(type))])
        let parameters = Dictionary(uniqueKeysWithValues: module.parameters.map { ($0.name, $0.parameter) })
        #expect(golden.gradients.count == module.parameters.count + (memory == nil ? 1 : 2))
        for (name, expected) in golden.gradients {
            let gradient =
                name == "x"
                ? gradients[x]
                : name == "memory" ? memory.flatMap { gradients[$0] } : parameters[name].flatMap { gradients[$0]?.dense }
            if name.hasSuffix("key.bias") {
                // It moves all scores of a query alike, so that its gradient is 0 but for rounding.
                #expect(try #require(gradient).doubles.allSatisfy { abs($0) < tolerance })
            } else {
                #expect(relativeDifference(gradient, expected) < tolerance, "\(name)")
            }
        }
    }

    /// 1 for the steps of an encoder that count, and for all of a decoder.
    private func counted(_ golden: GoldenTransformerCase, _ shape: Shape, _ type: ScalarType) -> Tensor {
        let values = (0..<shape[0]).flatMap { step in
            (0..<shape[1]).map { row in golden.decoder || golden.lengths.map { step < $0[row] } ?? true ? 1.0 : 0.0 }
        }
        return Tensor(values, shape: [shape[0], shape[1], 1], scalarType: type)
    }
}
