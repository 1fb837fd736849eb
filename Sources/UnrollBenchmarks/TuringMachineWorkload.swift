import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollTraining

/// A neural Turing machine learns to copy: so many vectors of bits are shown, then a mark, then they are to be said again (Graves 2014).
struct TuringMachineWorkload: WorkloadKind {
    private var bits = 8
    private var length = 20
    private var hidden = 100
    private var slots = 128
    private var width = 20
    private var batch: Int

    init(batch: Int) { self.batch = batch }

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("bits", \.bits),
        WorkloadSize("length", \.length),
        WorkloadSize("hidden", \.hidden),
        WorkloadSize("slots", \.slots),
        WorkloadSize("width", \.width),
        WorkloadSize("batch", \.batch),
    ]

    private var configuration: TuringMachineConfiguration {
        var configuration = TuringMachineConfiguration()
        (configuration.hidden, configuration.slots, configuration.width) = (hidden, slots, width)
        return configuration
    }

    /// Steps: what is shown, the mark, and what is said.
    private var time: Int { 2 * length + 1 }

    /// The controller's gates, what the heads are told, the output, and for each head the similarities; what is read. The input is data.
    var operations: Double {
        let (hidden, width, slots) = (Double(hidden), Double(width), Double(slots))
        let steps = Double(time * batch)
        let shown = Double(bits + 1)
        let controller = 4 * hidden * (2 * shown + 3 * width + 3 * hidden)
        let heads = 3 * hidden * (2 * (width + 6) + 2 * width)
        return 2 * steps * (controller + heads + 3 * (hidden + width) * Double(bits) + 3 * 3 * slots * width)
    }

    func prepared(key: RandomKey) -> PreparedWorkload {
        let machine = TuringMachine(configuration, inputs: bits + 1, outputs: bits, key: key)
        let (inputs, targets) = data
        let loop = TrainingLoop(machine, .rmsprop, rate: 1e-4, clipNorm: 10)
        return PreparedWorkload(parameters: machine.parameters) {
            loop.step { context in
                let said = machine(inputs, context).sliced(length + 1..<time, axis: 0)
                return (loss: mean(softplus(said) - said * targets), extra: ())
            }.step
        }
    }

    /// Inputs [time, batch, bits + 1], whose last number is the mark, and targets [length, batch, bits].
    private var data: (inputs: Tensor, targets: Tensor) {
        var inputs = [Float](repeating: 0, count: time * batch * (bits + 1))
        var targets = [Float](repeating: 0, count: length * batch * bits)
        for place in 0..<length * batch {
            for bit in 0..<bits {
                let value: Float = WorkloadData.number(place * bits + bit) < 0.5 ? 0 : 1
                inputs[place * (bits + 1) + bit] = value
                targets[place * bits + bit] = value
            }
        }
        for row in 0..<batch { inputs[(length * batch + row) * (bits + 1) + bits] = 1 }
        return (Tensor(inputs, shape: [time, batch, bits + 1]), Tensor(targets, shape: [length, batch, bits]))
    }
}
