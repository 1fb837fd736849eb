import Foundation
import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A model file with weights drawn at random: it translates nonsense, but always the same.
final class SampleModel {
    let url: URL

    init(_ attention: SequenceToSequenceConfiguration.AttentionChoice = .additive) throws {
        var configuration = SequenceToSequenceConfiguration()
        configuration.embedding = 8
        configuration.hidden = 14
        configuration.attention = attention
        configuration.bidirectional = attention != .dot
        let source = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a b c d e f g h"])
        let target = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["k l m n o p q r s"])
        let network = SequenceToSequence(
            configuration, sourceVocabulary: source.vocabulary.count, targetVocabulary: target.vocabulary.count, key: RandomKey(seed: 31))
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.6, key: RandomKey(seed: 32).split(place)))
        }
        // It shall not end at once.
        let bias = network.output.bias
        let less = (0..<bias.shape.count).map { $0 == Int(Vocabulary.end) ? 3.0 : 0 }
        bias.set(bias.value - Tensor(less, shape: bias.shape, scalarType: .float32))
        url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-applications-\(UUID().uuidString).safetensors")
        try TranslationModel(network: .recurrent(network), sourceCodec: source, targetCodec: target, recipe: "drawn at random").write(
            to: url)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    static let texts = ["a b c", "h", "", "g f e d c b a", "a a a a", "unknown words", "b", "a b c", "c h a d g e f b a b", "e f"]
}
