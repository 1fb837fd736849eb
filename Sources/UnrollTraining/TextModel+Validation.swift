import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors

extension TextModel {
    /// Measures the model on a text.
    ///
    /// Recurrent layers carry their state from the text's beginning to its end. A Transformer reads the text in windows of its context, each of which
    /// begins half a context after the one before; of a window only what the one before did not say counts, so that all tokens but those of the first half
    /// context are said from at least half a context before them.
    ///
    /// - Parameters:
    ///   - tokens: the text.
    ///   - streams: for recurrent layers, the parts that are read side by side, each from where the network begins. With more than one it is faster, and
    ///     the loss a little higher, since the first tokens of a part are said without what came before.
    /// - Throws: `CorpusError` where the text is empty.
    public func validation(on tokens: [Int32], streams: Int = 1) throws -> Validation {
        let total =
            switch network {
            case .recurrent(let network): try total(tokens, network, streams: streams)
            case .transformer(let network): try total(tokens, network)
            }
        let loss = total / Double(tokens.count)
        return Validation(loss: loss, metrics: metrics(ofLoss: loss))
    }

    /// Σ −log p(token | all before in its stream).
    private func total(_ tokens: [Int32], _ network: LanguageModel, streams: Int) throws -> Double {
        let text = try TextStreams(tokens, first: first, count: streams, pieceLength: 64)
        var states: [[RecurrentState]]?
        var total = 0.0
        for index in 0..<text.pieceCount {
            let piece = text.piece(index)
            let context = Context.inference()
            let (features, last) = network(Tensor(piece.inputs, shape: [piece.time, text.count]), states: states, context)
            total += network.output.loss(features, targets: piece.targets, context).scalar
            states = last
        }
        return total
    }

    /// Σ −log p(token | all before in its window).
    private func total(_ tokens: [Int32], _ network: TransformerLanguageModel) throws -> Double {
        let windows = try TextWindows(
            tokens, first: first, length: network.configuration.context, stride: network.configuration.stride)
        // So many tokens at once that products are efficient, and no more than a batch in training has.
        let rows = max(1, 4096 / network.configuration.context)
        return stride(from: 0, to: windows.count, by: rows).reduce(0) { total, start in
            let piece = windows.piece(start..<min(start + rows, windows.count))
            let context = Context.inference()
            let features = network(Tensor(piece.inputs, shape: [piece.time, piece.inputs.count / piece.time]), context)
            return total + network.output.loss(features, targets: piece.targets, context).scalar
        }
    }

    /// The loss in other units.
    func metrics(ofLoss loss: Double) -> [Metric] {
        let perplexity = Metric(.perplexity, exp(loss))
        guard case .character = codec.tokenizer else { return [perplexity] }
        return [Metric(.bitsPerCharacter, loss / log(2)), perplexity]
    }
}
