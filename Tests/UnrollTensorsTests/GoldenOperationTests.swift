import Testing
import UnrollKernels
import UnrollTensors

/// One operation of PyTorch.
struct GoldenOperationCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let operation: String
    let epsilon: Double?
    let reduction: String?
    let labelSmoothing: Double?
    let ignoreIndex: Int32?
    let paddingIndex: Int32?
    let tokens: GoldenTensor?
    let targets: GoldenTensor?
    let given: [String: GoldenTensor]
    let lossWeights: [String: GoldenTensor]?
    let results: [String: GoldenTensor]
    let gradients: [String: GoldenTensor]

    enum CodingKeys: String, CodingKey {
        case name, operation, epsilon, reduction, tokens, targets, given, results, gradients
        case labelSmoothing = "label_smoothing"
        case ignoreIndex = "ignore_index"
        case paddingIndex = "padding_index"
        case lossWeights = "loss_weights"
    }

    var testDescription: String { name }
}

@Suite struct GoldenOperationTests {
    private static let cases = GoldenFile<GoldenOperationCase>.cases("operations")

    @Test func everyCaseIsThere() {
        #expect(Self.cases.count == 16)
        #expect(Set(Self.cases.map(\.operation)) == ["layer_norm", "softmax", "log_softmax", "cross_entropy", "embedding"])
    }

    @Test(arguments: cases, goldenTolerances.indices)
    func equalsPyTorch(_ golden: GoldenOperationCase, _ precision: Int) throws {
        let (type, tolerance) = goldenTolerances[precision]
        let tape = Tape()
        let leaves = golden.given.mapValues { tape.watch($0.tensor(type)) }
        let output = try result(golden) { try #require(leaves[$0]) }
        #expect(relativeDifference(output, golden.results["output"]) < tolerance)
        let seed = golden.lossWeights?["output"]?.tensor(type) ?? Tensor(repeating: 1, shape: [], scalarType: type)
        let gradients = tape.gradients(of: [(output, seed)])
        #expect(Set(golden.gradients.keys) == Set(leaves.keys))
        for (name, expected) in golden.gradients {
            #expect(relativeDifference(leaves[name].flatMap { gradients[$0] }, expected) < tolerance, "\(name)")
        }
    }

    private func result(_ golden: GoldenOperationCase, _ leaf: (String) throws -> Tensor) throws -> Tensor {
        switch golden.operation {
        case "layer_norm":
            return layerNorm(
                try leaf("input"), scale: try leaf("weight"), shift: try leaf("bias"), epsilon: try #require(golden.epsilon))
        case "softmax": return softmax(try leaf("input"))
        case "log_softmax": return logSoftmax(try leaf("input"))
        case "embedding":
            let tokens = try #require(golden.tokens)
            return gathered(try leaf("weight"), tokens.tensor(.int32), untrained: golden.paddingIndex)
        case "cross_entropy":
            let logits = try leaf("logits")
            let classes = logits.shape[1]
            let targets = try #require(golden.targets).values.map { Int32($0) == golden.ignoreIndex ? -1 : Int32($0) }
            let counted = Double(targets.count { $0 >= 0 })
            // The output layer whose weight is 1 on the diagonal passes its inputs on as logits.
            let identity = Tensor((0..<classes * classes).map { $0 % (classes + 1) == 0 ? 1.0 : 0.0 }, shape: [classes, classes])
            return crossEntropy(
                hidden: logits, weight: identity.converted(to: logits.scalarType), targets: targets,
                smoothing: try #require(golden.labelSmoothing), scale: golden.reduction == "mean" ? 1 / counted : 1)
        default:
            Issue.record("an unknown operation \(golden.operation)")
            return try leaf("input")
        }
    }
}
