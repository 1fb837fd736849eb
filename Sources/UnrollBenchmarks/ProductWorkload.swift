import UnrollModules
import UnrollTensors

/// One large matrix product: the rate that all others are held against.
struct ProductWorkload: WorkloadKind {
    /// Whether the second factor is a parameter, which is packed once, or a matrix that is packed on the way.
    let isPacked: Bool
    private var rows = 2_048
    private var inputs = 1_024
    private var outputs = 1_024

    init(isPacked: Bool) {
        self.isPacked = isPacked
    }

    static let sizes: [WorkloadSize<Self>] = [
        WorkloadSize("rows", \.rows),
        WorkloadSize("inputs", \.inputs),
        WorkloadSize("outputs", \.outputs),
    ]

    var operations: Double { 2 * Double(rows) * Double(inputs) * Double(outputs) }

    func prepared(key: RandomKey) -> PreparedWorkload {
        let x = WorkloadData.numbers([rows, inputs])
        let step = { (y: Tensor) in WorkloadStep(phases: nil) { mean(square(y)).scalar } }
        if isPacked {
            let layer = Linear(inputs, outputs, hasBias: false, key: key)
            return PreparedWorkload(parameters: layer.parameters) { step(layer(x, .inference())) }
        }
        let weight = WorkloadData.numbers([inputs, outputs])
        return PreparedWorkload(parameters: []) { step(matmul(x, weight)) }
    }
}
