import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollInsight
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

extension AudioModel {
    /// What the convolutions show stands in place of a recurrence's states; there is no loop, and so no graph of one.
    func inspection(_ sound: Sound, label given: String?, lossStep: Int?, maximum: Int) throws -> Inspection {
        try refuseLossStep(lossStep)
        let rate = sound.rate ?? sampleRate
        guard rate == sampleRate else {
            throw InspectionError("the sound has \(rate) samples a second, and the model was trained on \(sampleRate); convert it")
        }
        let stride = network.configuration.convolution.strides.reduce(1, *)
        let frames = (sound.samples.count + stride - 1) / stride
        try check(frames, maximum, "the sound")
        let values = logProbabilities(of: [sound.samples])[0]
        let best = labels.names[values.firstOfLargest]
        let label = given ?? best
        let target = try labels.knownID(of: label, "class")
        let batch = RecordingBatch([sound.samples], indices: [0])
        let measured = try Measurement(network, sequence: { $0.hasPrefix("convolution.") ? 0 : nil }) { context in
            let samples = Tensor(batch.samples, shape: [batch.time, 1, 1])
            let (features, weights) = network(samples, lengths: batch.lengths, context)
            return (network.output.loss(features, targets: [target], context), weights?.floats)
        }
        let times = (0..<frames).map { "\(1000 * $0 * stride / sampleRate)ms" }
        let input = String(format: "%.2f s of sound", Double(sound.samples.count) / Double(sampleRate))
        let attention = measured.extra.map { weights in
            Inspection.Attention(
                "pooling, with a learnt query",
                Alignment(source: times, target: [best], weights: [weights], sourceText: input, targetText: best))
        }
        var inspection = Inspection(
            measured, of: self, equations: network.configuration.equations, input: input, target: label, isOwn: given == nil,
            sequences: [.init("sound", times)], answers: [.init(target: label, predicted: best, loss: -values[Int(target)])],
            attention: attention.map { [$0] } ?? [], graph: ModelGraph(walks: []))
        // The front comes first where there is one, and then the blocks, in the order in which they ran.
        let hasFront = !network.configuration.convolution.strides.isEmpty
        inspection.recurrences = measured.recurrences.enumerated().map { place, layer in
            let block = hasFront ? place : place + 1
            let name = block == 0 ? "front" : "block \(block)"
            return InspectedRecurrence(name: name, sequence: 0, isReversed: false, gates: [], states: layer.states)
        }
        inspection.signals = [Self.loudness(of: sound.samples, stride: stride)]
        return inspection
    }

    /// The root mean square of each frame's samples.
    private static func loudness(of samples: [Float], stride: Int) -> Inspection.Signal {
        let starts = Swift.stride(from: 0, to: samples.count, by: stride)
        let values = starts.map { start in
            let frame = samples[start..<min(start + stride, samples.count)]
            return [(frame.reduce(0) { $0 + $1 * $1 } / Float(frame.count)).squareRoot()]
        }
        return Inspection.Signal("loudness", rows: ["root mean square"], values: values)
    }
}
