import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Learning what the next token is, by truncated back-propagation through time.
///
/// The text is read as parallel streams, piece by piece. The states that a piece ends with are where the next one begins; gradients do not go back
/// beyond a piece. An epoch begins with what the network begins with.
public struct LanguageModelTask: TrainingTask {
    private let model: TextModel
    private let streams: TextStreams
    private let validation: [Int32]
    private let options: LanguageModelOptions

    /// A task.
    ///
    /// - Parameters:
    ///   - model: what learns.
    ///   - training: the text to learn from, as tokens.
    ///   - validation: the text to measure with.
    ///   - options: how many streams, and how long the pieces are.
    /// - Throws: `CorpusError` where one of the texts is empty.
    public init(_ model: TextModel, training: [Int32], validation: [Int32], options: LanguageModelOptions) throws {
        self.model = model
        self.validation = validation
        self.options = options
        streams = try TextStreams(training, first: model.first, count: options.batchStreams, pieceLength: options.bptt)
        guard !validation.isEmpty else { throw CorpusError(.empty, "the validation text has no token.") }
    }

    /// What learns.
    public var network: LanguageModel { model.network }

    /// The pieces of the text, in its order.
    public func items(from position: BatchPosition) throws -> () throws -> TextStreams.Piece? {
        var next = position.batch
        return {
            guard next < streams.pieceCount else { return nil }
            defer { next += 1 }
            return streams.piece(next)
        }
    }

    /// States of zeros: how many there are, and of what shape. The first piece begins with the network's own.
    public var carriedAtStart: [Tensor] { network.zeroStates(batch: streams.count).flatMap { $0.flatMap(\.tensors) } }

    /// The mean cross entropy of the piece's tokens; the last states are carried to the next piece.
    public func loss(_ item: TextStreams.Piece, carried: [Tensor], _ context: Context) -> ItemLoss {
        let (features, states) = network(
            Tensor(item.inputs, shape: [item.time, streams.count]), states: item.isFirst ? nil : network.states(carried), context)
        let loss = network.output.loss(features, targets: item.targets, scale: 1 / Double(max(1, item.tokenCount)), context)
        return ItemLoss(loss, tokens: item.tokenCount, carried: states.flatMap { $0.flatMap { $0.detached().tensors } })
    }

    /// Bits per character where tokens are characters, and the perplexity.
    public func metrics(ofLoss loss: Double) -> [Metric] { model.metrics(ofLoss: loss) }

    /// The model's configuration, the vocabulary, the size of the text and how it is cut.
    public var identity: [String: String] {
        get throws {
            options.identity.merging([
                "model": try StateFile.json(network.configuration), "vocabulary": try StateFile.json(model.codec),
                "training data": String(streams.tokens.count),
            ]) { $1 }
        }
    }

    /// The loss over the whole validation text, read as in training by as many streams, each from where the network begins.
    public func validate() throws -> Validation { try model.validation(on: validation, streams: options.batchStreams) }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}

extension TextModel {
    /// Measures the model on a text, whose state is carried over from its beginning to its end.
    ///
    /// - Parameters:
    ///   - tokens: the text.
    ///   - streams: the parts that are read side by side, each from where the network begins. With more than one it is faster, and the loss a little
    ///     higher, since the first tokens of a part are said without what came before.
    /// - Throws: `CorpusError` where the text is empty.
    public func validation(on tokens: [Int32], streams: Int = 1) throws -> Validation {
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
        let loss = total / Double(tokens.count)
        return Validation(loss: loss, metrics: metrics(ofLoss: loss))
    }

    /// The loss in other units.
    func metrics(ofLoss loss: Double) -> [Metric] {
        let perplexity = Metric(.perplexity, exp(loss))
        guard case .character = codec.tokenizer else { return [perplexity] }
        return [Metric(.bitsPerCharacter, loss / log(2)), perplexity]
    }
}
