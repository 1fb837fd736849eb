import UnrollCheckpoints
import UnrollDecoding
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// What is seen of a Transformer: what each layer shows, and the gradient there, in place of a recurrence's states; where each attention looked. There is
/// no loop, and so no graph of one.
extension Measurement {
    /// Where the attentions of all layers looked.
    ///
    /// - Parameter tokens: of a part of the network, such as `decoder`, and of its attention to itself or to a memory: what the layers are called, what was
    ///   read, and what was said.
    func attentions(
        _ tokens: (_ part: String, _ isToItself: Bool) -> (name: (String) -> String, source: [String], target: [String])
    ) -> [Inspection.Attention] {
        attentions.map { path, weights in
            let (name, source, target) = tokens(path[path.count - 3], path[path.count - 1] == "self_attn")
            let layer = path[path.count - 2].split(separator: ".").last.flatMap { Int($0) } ?? 0
            let heads = (0..<weights.shape[1]).map { head -> [[Float]] in
                let rows = weights.at(0).at(head).floats
                return target.indices.map { Array(rows[$0 * source.count..<($0 + 1) * source.count]) }
            }
            let mean = target.indices.map { row in
                source.indices.map { column in heads.reduce(0) { $0 + $1[row][column] } / Float(heads.count) }
            }
            return Inspection.Attention(
                name("layer \(layer + 1)"), Alignment(source: source, target: target, weights: mean), heads: heads.count > 1 ? heads : [])
        }
    }

    /// Where the attentions of a network that reads one sequence looked.
    func attentions(over tokens: [String]) -> [Inspection.Attention] { attentions { _, _ in ({ $0 }, tokens, tokens) } }
}

extension TranslationModel {
    func inspection(
        _ network: Transformer, source: TokenizedText, target: TokenizedText, isOwn: Bool, lossStep: Int?
    ) throws -> Inspection {
        let (start, end) = (targetCodec.vocabulary.token(for: Vocabulary.start), targetCodec.vocabulary.token(for: Vocabulary.end))
        let steps = try Steps(target.ids + [Vocabulary.end], lossStep)
        let fed = [start] + target.tokens
        let measured = try Measurement(network, sequence: { $0 == "encoder" ? 0 : $0 == "decoder" ? 1 : nil }) { context in
            let features = network.features(
                source: Tensor(source.ids, shape: [source.ids.count, 1]), lengths: [Int32(source.ids.count)],
                target: Tensor([Vocabulary.start] + target.ids, shape: [fed.count, 1]), context)
            return (steps.loss(network.output, features, context), features.detached())
        }
        let attention = measured.attentions { part, isToItself in
            if part == "encoder" { return ({ "the encoder, \($0)" }, source.tokens, source.tokens) }
            return isToItself
                ? ({ "the decoder, \($0), over the target" }, fed, fed)
                : ({ "the decoder, \($0), over the source" }, source.tokens, target.tokens + [end])
        }
        return Inspection(
            measured, of: self, equations: network.configuration.equations, input: source.text, target: target.text, isOwn: isOwn,
            lossStep: lossStep, sequences: [.init("source", source.tokens), .init("target", fed)],
            answers: steps.answers(network.output, measured.extra, targets: target.tokens + [end]) {
                targetCodec.vocabulary.token(for: Int32($0))
            }, attention: attention, graph: ModelGraph(walks: []))
    }
}

/// A text as a network reads it.
struct TokenizedText {
    let text: String
    let tokens: [String]
    let ids: [Int32]
}
