import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Learning what the next token is.
///
/// The text is read as parallel streams, piece by piece. Of recurrent layers, the states that a piece ends with are where the next one begins; gradients
/// do not go back beyond a piece (truncated back-propagation through time), and an epoch begins with what the network begins with. A Transformer reads
/// each piece on its own, as long as its context; each epoch cuts the text elsewhere.
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
        streams = try Self.streams(training, model, options)
        guard !validation.isEmpty else { throw CorpusError(.empty, "the validation text has no token.") }
    }

    /// What learns.
    public var network: LanguageNetwork { model.network }

    /// The pieces of the text, in its order.
    public func items(from position: BatchPosition) throws -> () throws -> TextStreams.Piece? {
        var next = position.batch
        let streams = try streams(epoch: position.epoch)
        return {
            guard next < streams.pieceCount else { return nil }
            defer { next += 1 }
            return streams.piece(next)
        }
    }

    /// A share of the golden ratio of a window further on with each epoch, so that the places at which texts are cut stay far from one another.
    private func streams(epoch: Int) throws -> TextStreams {
        guard case .transformer(let network) = network, epoch > 0 else { return streams }
        let length = network.configuration.context
        let skipped = Int((Double(epoch) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) * Double(length))
        guard skipped > 0, skipped < streams.tokens.count - streams.count else { return streams }
        return try TextStreams(
            Array(streams.tokens.dropFirst(skipped)), first: streams.tokens[skipped - 1], count: streams.count, pieceLength: length)
    }

    private static func streams(_ tokens: [Int32], _ model: TextModel, _ options: LanguageModelOptions) throws -> TextStreams {
        let length: Int =
            switch model.network {
            case .recurrent: options.pieceLength
            case .transformer(let network): network.configuration.context
            }
        return try TextStreams(tokens, first: model.first, count: options.batchStreams, pieceLength: length)
    }

    /// States of zeros: how many there are, and of what shape. The first piece begins with the network's own. A Transformer carries nothing.
    public var carriedAtStart: [Tensor] {
        guard case .recurrent(let network) = network else { return [] }
        return network.zeroStates(batch: streams.count).flatMap { $0.flatMap(\.tensors) }
    }

    /// The mean cross entropy of the piece's tokens; the last states are carried to the next piece.
    public func loss(_ item: TextStreams.Piece, carried: [Tensor], _ context: Context) -> ItemLoss {
        let tokens = Tensor(item.inputs, shape: [item.time, streams.count])
        let features: Tensor
        var left: [Tensor] = []
        switch network {
        case .recurrent(let network):
            let read = network(tokens, states: item.isFirst ? nil : network.states(carried), context)
            features = read.features
            left = read.states.flatMap { $0.flatMap { $0.detached().tensors } }
        case .transformer(let network): features = network(tokens, context)
        }
        let loss = network.output.loss(features, targets: item.targets, scale: 1 / Double(max(1, item.tokenCount)), context)
        return ItemLoss(loss, tokens: item.tokenCount, carried: left)
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

    /// The loss over the whole validation text. Recurrent layers read it as in training by as many streams, each from where the network begins.
    public func validate() throws -> Validation { try model.validation(on: validation, streams: options.batchStreams) }

    /// Writes the model file.
    public func writeModel(to url: URL) throws { try model.write(to: url) }
}
