import UnrollModules
import UnrollTensors

/// One LSTM layer reads sequences from a state of zeros, for use alone: nothing is recorded.
struct LayerForwardWorkload: WorkloadKind {
    private var input: Int
    private var hidden: Int
    private var batch: Int
    private var time: Int

    init(hidden: Int, batch: Int, time: Int) {
        (self.input, self.hidden, self.batch, self.time) = (hidden, hidden, batch, time)
    }

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("input", \.input),
        WorkloadSize("hidden", \.hidden),
        WorkloadSize("batch", \.batch),
        WorkloadSize("time", \.time),
    ]

    var operations: Double { 2 * Double(time * batch) * 4 * Double(hidden) * Double(input + hidden) }

    func prepared(key: RandomKey) -> PreparedWorkload {
        let layer = RecurrentStack(
            .lstm, inputSize: input, hiddenSize: hidden, options: CellOptions(hiddenInitializer: .uniform), key: key)
        let inputs = WorkloadData.numbers([time, batch, input])
        return PreparedWorkload(parameters: layer.parameters) {
            let outputs = layer(inputs, .inference()).outputs
            return WorkloadStep(phases: nil) { mean(square(outputs)).scalar }
        }
    }
}
