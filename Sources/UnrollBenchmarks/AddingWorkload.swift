import UnrollModules
import UnrollTensors
import UnrollTraining

/// The adding problem (Hochreiter & Schmidhuber 1997): of many numbers, each with a mark beside it, the sum of the two that are marked.
struct AddingWorkload: WorkloadKind {
    private var input = 2
    private var hidden = 128
    private var batch = 32
    private var time = 400

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("input", \.input),
        WorkloadSize("hidden", \.hidden),
        WorkloadSize("batch", \.batch),
        WorkloadSize("time", \.time),
    ]

    /// The input is data: no gradient of it is taken.
    var operations: Double {
        let (input, hidden) = (Double(input), Double(hidden))
        return 2 * (Double(time * batch) * 4 * hidden * (2 * input + 3 * hidden) + 3 * Double(batch) * hidden)
    }

    func prepared(key: RandomKey) -> PreparedWorkload {
        let network = Adder(input: input, hidden: hidden, key: key)
        let (inputs, sums) = data
        let loop = TrainingLoop(network, .adam, rate: 0.001, clipNorm: 1)
        return PreparedWorkload(parameters: network.parameters) {
            loop.step { context in (loss: mean(square(network(inputs, context) - sums)), extra: ()) }.step
        }
    }

    /// Inputs [time, batch, input], of which the first two are number and mark, and sums [batch, 1].
    private var data: (inputs: Tensor, sums: Tensor) {
        var inputs = (0..<time * batch * input).map { Float(WorkloadData.number($0)) }
        var sums = [Float](repeating: 0, count: batch)
        if input > 1 {
            for place in 0..<time * batch { inputs[place * input + 1] = 0 }
        }
        let half = time / 2
        for row in 0..<batch {
            for step in [7 * row % max(1, half), half + 11 * row % (time - half)] {
                let place = (step * batch + row) * input
                sums[row] += inputs[place]
                if input > 1 { inputs[place + 1] = 1 }
            }
        }
        return (Tensor(inputs, shape: [time, batch, input]), Tensor(sums, shape: [batch, 1]))
    }
}

/// An LSTM, and a line from its last state to a number.
private struct Adder: Module {
    private let recurrence: RecurrentStack
    private let output: Linear

    init(input: Int, hidden: Int, key: RandomKey) {
        recurrence = RecurrentStack(
            .lstm, inputSize: input, hiddenSize: hidden, options: CellOptions(hiddenInitializer: .uniform), key: key.split(0))
        output = Linear(hidden, 1, key: key.split(1))
    }

    /// [time, batch, input] → [batch, 1].
    func callAsFunction(_ inputs: Tensor, _ context: Context) -> Tensor {
        output(recurrence(inputs, context).states[0][0].hidden, context)
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("recurrence", recurrence)
        visitor("output", output)
    }
}
