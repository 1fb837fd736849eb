import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollTraining

/// A Transformer learns to translate (Vaswani 2017): post-norm, ReLU, dropout wherever PyTorch's layers have it, tables that are not tied.
struct TransformerWorkload: WorkloadKind {
    private var sourceVocabulary = 8_000
    private var targetVocabulary = 8_000
    private var width = 256
    private var heads = 8
    private var inner = 512
    private var encoderLayers = 3
    private var decoderLayers = 3
    private var batch = 128
    private var sourceTime = 16
    private var targetTime = 16
    /// In percent.
    private var dropout = 10

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("source-vocabulary", \.sourceVocabulary),
        WorkloadSize("target-vocabulary", \.targetVocabulary),
        WorkloadSize("width", \.width),
        WorkloadSize("heads", \.heads),
        WorkloadSize("inner", \.inner),
        WorkloadSize("encoder-layers", \.encoderLayers),
        WorkloadSize("decoder-layers", \.decoderLayers),
        WorkloadSize("batch", \.batch),
        WorkloadSize("source-time", \.sourceTime),
        WorkloadSize("target-time", \.targetTime),
        WorkloadSize("dropout", \.dropout, least: 0),
    ]

    /// Projections, scores with sums of values, and the two products of each feed-forward layer; the gradients of both factors cost as much each.
    var operations: Double {
        let (width, inner) = (Double(width), Double(inner))
        let (sources, targets) = (Double(sourceTime * batch), Double(targetTime * batch))
        let (sourceTime, targetTime) = (Double(sourceTime), Double(targetTime))
        let feedForward = 2 * width * inner
        let encoder = sources * (4 * width * width + 2 * sourceTime * width + feedForward)
        let reading = targets * (2 * width * width + 2 * sourceTime * width) + sources * 2 * width * width
        let decoder = targets * (4 * width * width + 2 * targetTime * width + feedForward) + reading
        let output = targets * width * Double(targetVocabulary)
        return 3 * 2 * (Double(encoderLayers) * encoder + Double(decoderLayers) * decoder + output)
    }

    func prepared(key: RandomKey) -> PreparedWorkload {
        var configuration = TransformerConfiguration()
        (configuration.width, configuration.heads, configuration.feedForward) = (width, heads, inner)
        (configuration.encoderLayers, configuration.decoderLayers, configuration.norm) = (encoderLayers, decoderLayers, .post)
        configuration.dropout = Double(dropout) / 100
        (configuration.attentionDropout, configuration.activationDropout) = (configuration.dropout, configuration.dropout)
        let model = Transformer(configuration, sourceVocabulary: sourceVocabulary, targetVocabulary: targetVocabulary, key: key.split(0))
        // The token 0 is padding, of which there is none.
        let source = Tensor(
            WorkloadData.tokens(sourceTime * batch, vocabulary: sourceVocabulary, first: 1), shape: [sourceTime, batch])
        let text = WorkloadData.tokens(
            (targetTime + 1) * batch, vocabulary: targetVocabulary, first: 1, start: sourceTime * batch)
        let target = Tensor(Array(text.dropLast(batch)), shape: [targetTime, batch])
        let targets = Array(text.dropFirst(batch))
        let lengths = [Int32](repeating: Int32(sourceTime), count: batch)
        let loop = TrainingLoop(model, .adam, rate: 0.001, clipNorm: 1)
        return PreparedWorkload(parameters: model.parameters) {
            loop.step { context in
                let features = model.features(source: source, lengths: lengths, target: target, context)
                return (loss: model.output.loss(features, targets: targets, scale: 1 / Double(targets.count), context), extra: ())
            }.step
        }
    }
}
