import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollTraining

/// A translator trains (Bahdanau 2014): a bidirectional GRU reads, a GRU that is fed with what additive attention read writes, and the output
/// layer sees state, context and token. The sizes are those of Multi30k in a widely used PyTorch tutorial.
struct TranslationWorkload: WorkloadKind {
    private var sourceVocabulary = 7_855
    private var targetVocabulary = 5_893
    private var embedding = 256
    private var hidden = 512
    private var batch = 128
    private var sourceTime = 14
    private var targetTime = 14

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("source-vocabulary", \.sourceVocabulary),
        WorkloadSize("target-vocabulary", \.targetVocabulary),
        WorkloadSize("embedding", \.embedding),
        WorkloadSize("hidden", \.hidden),
        WorkloadSize("batch", \.batch),
        WorkloadSize("source-time", \.sourceTime),
        WorkloadSize("target-time", \.targetTime),
    ]

    /// The keys are projected once for each source token; the gradients of both factors of a product cost as much each.
    var operations: Double {
        let (embedding, hidden) = (Double(embedding), Double(hidden))
        let (memory, sources, targets) = (2 * hidden, Double(sourceTime * batch), Double(targetTime * batch))
        let encoder = sources * 2 * 3 * hidden * (embedding + hidden)
        let keys = sources * memory * hidden
        let bridge = Double(batch) * memory * hidden
        let cell = targets * 3 * hidden * (embedding + memory + hidden)
        let reading = targets * (hidden * hidden + Double(sourceTime) * (hidden + memory))
        let output = targets * (hidden + memory + embedding) * Double(targetVocabulary)
        return 3 * 2 * (encoder + keys + bridge + cell + reading + output)
    }

    func prepared(key: RandomKey) -> PreparedWorkload {
        var configuration = SequenceToSequenceConfiguration()
        configuration.resetGate = .afterProduct
        configuration.readout = .concatenated
        configuration.hiddenInitializer = .uniform
        (configuration.embedding, configuration.hidden) = (embedding, hidden)
        let model = SequenceToSequence(
            configuration, sourceVocabulary: sourceVocabulary, targetVocabulary: targetVocabulary, key: key)
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
