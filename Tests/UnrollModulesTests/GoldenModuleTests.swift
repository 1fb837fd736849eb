import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

/// A convolution, a temporal block or a multiplicative layer of PyTorch's.
struct GoldenModuleCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let dilation: Int
    let stride: Int
    let given: [String: GoldenTensor]
    let lossWeights: [String: GoldenTensor]
    let results: [String: GoldenTensor]
    let gradients: [String: GoldenTensor]

    enum CodingKeys: String, CodingKey {
        case name, kind, dilation, stride, given, results, gradients
        case lossWeights = "loss_weights"
    }

    var testDescription: String { name }
}

@Suite struct GoldenModuleTests {
    @Test func everyCaseIsThere() { #expect(GoldenFile<GoldenModuleCase>.cases("modules").count == 8) }

    /// Gives a module PyTorch's parameters, and finds their gradients by their names.
    private func own(_ module: some Module, _ golden: GoldenModuleCase, _ type: ScalarType) throws -> [String: Parameter] {
        for named in module.parameters {
            let value = try #require(golden.given[named.name], "\(named.name)").tensor(type)
            named.parameter.set(value.reshaped(to: named.parameter.shape))
        }
        return Dictionary(uniqueKeysWithValues: module.parameters.map { ($0.name, $0.parameter) })
    }

    @Test(arguments: GoldenFile<GoldenModuleCase>.cases("modules"), goldenTolerances.indices)
    func equalsPyTorch(_ golden: GoldenModuleCase, _ precision: Int) throws {
        let (type, tolerance) = goldenTolerances[precision]
        let tape = Tape()
        let context = Context(tape: tape, isTraining: true, key: RandomKey(seed: 0))
        let leaves = golden.given.mapValues { tape.watch($0.tensor(type)) }
        func leaf(_ name: String) throws -> Tensor { try #require(leaves[name], "\(name)") }
        let output: Tensor
        var parameters: [String: Parameter] = [:]
        switch golden.kind {
        case "convolution":
            output = convolution(
                try leaf("x"), try leaf("weight"), bias: try leaf("bias"), dilation: golden.dilation, stride: golden.stride)
        case "block":
            let x = try leaf("x")
            let block = TemporalBlock(x.shape[2], 4, taps: 3, dilation: golden.dilation, key: .blank, scalarType: type)
            parameters = try own(block, golden, type)
            output = block(x, context)
        default:
            let (x, z) = (try leaf("x"), try leaf("z"))
            let layer = MultiplicativeLayer(x.shape[1], conditions: z.shape[1], 6, key: .blank, scalarType: type)
            parameters = try own(layer, golden, type)
            output = layer(x, z, context)
        }
        #expect(relativeDifference(output, golden.results["output"]) < tolerance)
        let gradients = tape.gradients(of: [(output, try #require(golden.lossWeights["output"]).tensor(type))])
        #expect(Set(golden.gradients.keys) == Set(leaves.keys))
        for (name, expected) in golden.gradients {
            let found = parameters[name].map { gradients[$0]?.dense } ?? leaves[name].flatMap { gradients[$0] }
            #expect(relativeDifference(found?.reshaped(to: Shape(expected.shape)), expected) < tolerance, "\(name)")
        }
    }
}
