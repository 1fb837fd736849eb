import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// The parameters of a Transformer under the names that Hugging Face's library gives them in a Marian model, the tables with its rows.
struct MarianWeights: Module {
    private let network: Transformer
    private let configuration: MarianConfiguration
    private let sourceTable: Parameter
    private let targetTable: Parameter
    private let outputTable: Parameter
    /// What is added to the logits; nil where the file has none, which means zeros.
    private let bias: Parameter?
    /// The names of sinusoids that the file holds beside the weights, as some do.
    private let positions: [(name: String, table: Parameter)]

    /// Puts the weights of a file into a network that was made by `configuration`.
    ///
    /// - Throws: `CheckpointError` that names what is missing, left over or of another shape.
    static func load(
        _ file: TensorFile, into network: Transformer, _ configuration: MarianConfiguration, source: MarianVocabulary,
        target: MarianVocabulary
    ) throws {
        let weights = MarianWeights(file, network, configuration, source: source.count, target: target.count)
        try file.load(into: weights)
        try weights.checkPositions(file)
        weights.fillNetwork(source: source, target: target)
    }

    private init(_ file: TensorFile, _ network: Transformer, _ configuration: MarianConfiguration, source: Int, target: Int) {
        let width = network.configuration.width
        let table = { (rows: Int) in Parameter(.zeros([rows, width], .float32)) }
        self.network = network
        self.configuration = configuration
        sourceTable = table(source)
        targetTable = configuration.sharesVocabulary ? sourceTable : table(target)
        outputTable = configuration.tiesOutput ? targetTable : table(target)
        bias = file.entry("final_logits_bias").map { _ in Parameter(.zeros([1, target], .float32)) }
        positions = ["model.encoder.embed_positions.weight", "model.decoder.embed_positions.weight"].compactMap { name in
            file.entry(name).map { _ in (name, table(network.configuration.positionLimit!)) }
        }
    }

    /// Names the parameters; a file may have a shared table under any of its names.
    func visit(_ visitor: inout ParameterVisitor) {
        if configuration.sharesVocabulary { visitor("model.shared.weight", sourceTable) }
        visitor("model.encoder.embed_tokens.weight", sourceTable)
        visitor("model.decoder.embed_tokens.weight", targetTable)
        visitor("lm_head.weight", outputTable)
        if let bias { visitor("final_logits_bias", bias) }
        for (name, table) in positions { visitor(name, table) }
        for (side, stack) in [("encoder", network.encoder), ("decoder", network.decoder)] {
            for named in stack.parameters { visitor("model.\(side)." + Self.name(of: named.name, in: side), named.parameter) }
        }
    }

    /// `layers.0.norm2.weight` of a decoder is `layers.0.encoder_attn_layer_norm.weight`.
    private static func name(of name: String, in side: String) -> String {
        let parts = [
            "query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "out_proj", "multihead_attn": "encoder_attn", "linear1": "fc1",
            "linear2": "fc2", "norm1": "self_attn_layer_norm", "norm2": side == "encoder" ? "final_layer_norm" : "encoder_attn_layer_norm",
            "norm3": "final_layer_norm",
        ]
        return name.split(separator: ".").map { parts[String($0)] ?? String($0) }.joined(separator: ".")
    }

    private func checkPositions(_ file: TensorFile) throws {
        for (name, table) in positions {
            let sinusoids = network.sourcePositions(0..<table.shape[0], .inference())
            guard zip(table.value.floats, sinusoids.floats).allSatisfy({ abs($0 - $1) < 1e-3 }) else {
                throw CheckpointError(
                    kind: .unsupported, path: file.path,
                    message: "has positions \(name.quoted) that are not sines and cosines; others are not supported")
            }
        }
    }

    private func fillNetwork(source: MarianVocabulary, target: MarianVocabulary) {
        let root = Double(network.configuration.width).squareRoot()
        // Here token vectors are always multiplied by √width. Where Marian's are not, the tables are divided by it, and what a tied output layer sees, the
        // last norm, is multiplied: the same network.
        let factor = configuration.scalesEmbedding ? 1 : 1 / root
        Self.fill(network.sourceEmbedding.weight, from: sourceTable, source, factor: factor)
        Self.fill(network.targetEmbedding.weight, from: targetTable, target, factor: factor)
        if !configuration.tiesOutput {
            Self.fill(network.output.weight, from: outputTable, target, factor: 1)
        } else if !configuration.scalesEmbedding, let norm = network.decoder.layers.last?.norms.last {
            norm.weight.set(norm.weight.value * root)
            norm.bias.set(norm.bias.value * root)
        }
        network.output.bias.set(outputBias(target))
    }

    /// A table of fewer bits stays one, unless a factor changes it.
    private static func fill(_ parameter: Parameter, from table: Parameter, _ vocabulary: MarianVocabulary, factor: Double) {
        parameter.set(vocabulary.arranged(table.value) * factor)
        if factor == 1 { parameter.round(to: table.precision) }
    }

    /// [tokens]. The padding's row is there twice, as ours and as the start's, so that each has half of its probability, and all others have what they had.
    private func outputBias(_ target: MarianVocabulary) -> Tensor {
        let count = target.rows.count
        var halves = [Float](repeating: 0, count: count)
        for token in [Vocabulary.padding, Vocabulary.start] { halves[Int(token)] = Float(log(2.0)) }
        let zeros = Tensor.zeros([target.count, 1], .float32)
        let column = bias.map { $0.value.reshaped(to: zeros.shape) } ?? zeros
        return target.arranged(column).reshaped(to: [count]) - Tensor(halves, shape: [count])
    }
}
