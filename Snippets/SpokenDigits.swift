// Learns to hear digits from raw audio with a temporal convolution. The first argument is the folder of the Free Spoken Digit Dataset, the second
// how many updates to make; it then says how many recordings of the official test set it gets right.
import Foundation
import Unroll

let folder = CommandLine.arguments[1]
let steps = Int(CommandLine.arguments[2]) ?? 1500

// snippet.show
struct Listener: Module {
    let encoder: TemporalConvolution
    let output: Linear

    init(key: RandomKey) {
        var configuration = TemporalConvolutionConfiguration()
        configuration.strides = [8, 4]
        configuration.channels = 64
        configuration.blocks = 5
        configuration.dropout = 0.1
        encoder = TemporalConvolution(configuration, inputs: 1, key: key.split(0))
        output = Linear(64, 10, key: key.split(1))
    }

    /// waves: padded, [time, batch, 1] → the logarithms of the digits' probabilities, from the mean over the frames that count.
    func callAsFunction(_ waves: Tensor, lengths: [Int32], _ context: Context) -> Tensor {
        let (frames, counts) = encoder(waves, lengths: lengths, context)
        let shares = (0..<frames.shape[0]).flatMap { time in counts!.map { time < Int($0) ? 1 / Float($0) : 0 } }
        let pooled = sum(frames * Tensor(shares, shape: [frames.shape[0], lengths.count, 1]), axis: 0)
        return logSoftmax(output(pooled, context))
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("encoder", encoder)
        visitor("output", output)
    }
}

/// Recordings of equal loudness, side by side: [time, batch, 1].
func batch(_ waves: ArraySlice<[Float]>) -> (waves: Tensor, lengths: [Int32]) {
    let time = waves.map(\.count).max() ?? 0
    var samples = [Float](repeating: 0, count: time * waves.count)
    for (row, wave) in waves.enumerated() {
        let power = wave.reduce(0) { $0 + $1 * $1 } / Float(max(1, wave.count))
        for (step, sample) in wave.enumerated() { samples[step * waves.count + row] = sample / max(1e-6, power.squareRoot()) }
    }
    return (Tensor(samples, shape: [time, waves.count, 1]), waves.map { Int32($0.count) })
}

func read(_ parts: [String]) throws -> [(wave: [Float], digit: Int)] {
    try parts.flatMap { part in
        let digits = try SpokenDigits(table: "\(folder)/\(part).tsv", audio: "\(folder)/\(part).s16le.gz")
        return digits.recordings.map { (digits.waveform($0), $0.digit) }
    }
}

// Recordings of similar length stand together, so that little is padded.
let training = try read(["train_a", "train_b"]).sorted { $0.wave.count < $1.wave.count }
let key = RandomKey(seed: 1)
let network = Listener(key: key.split(0))
let optimizer = Optimizer(OptimizerSettings(), network.parameters)
var schedule = Schedule()
(schedule.kind, schedule.warmup) = (.cosine, 50)
for step in 1...steps {
    let first = Int(key.split(1).uniform(step) * Double(training.count - 31))
    let examples = training[first..<first + 32]
    let (waves, lengths) = batch(examples.map(\.wave)[...])
    let (loss, gradients, _) = valueAndGradients(of: network, key: key.split(2).split(step)) { context in
        let right = examples.enumerated().map { Int32($0 * 10 + $1.digit) }
        let chosen = gathered(
            network(waves, lengths: lengths, context).reshaped(to: [320, 1]), Tensor(right, shape: [32]))
        return (loss: -sum(chosen) / 32, extra: ())
    }
    let rate = 0.003 * schedule.factor(step: step, totalSteps: steps, reductions: 0)
    optimizer.update(gradients, rate: rate, scale: gradients.clippingFactor(limit: 1))
    if step % 100 == 0 { print("step \(step)  loss \(loss)") }
}

let test = try read(["test"])
let right = test.filter { recording in
    let (waves, lengths) = batch([recording.wave])
    return Int(network(waves, lengths: lengths, .inference()).argmax().tokens[0]) == recording.digit
}
print("\(right.count) of \(test.count) recordings; the network sees \(network.encoder.receptiveField) samples at once")
