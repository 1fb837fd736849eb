import UnrollModules
import UnrollTensors

/// Operations so small that only what surrounds them costs: how dear is one node of a dynamic graph, recorded and differentiated?
struct TinyOperationsWorkload: WorkloadKind {
    private var repetitions = 100
    private var side = 16

    static let sizes: [WorkloadSize<Self>] = [WorkloadSize("repetitions", \.repetitions), WorkloadSize("side", \.side)]

    /// No product is made.
    var operations: Double { 0 }

    /// One repetition is two operations, ⊙ and +.
    var parts: Int { 2 * repetitions }

    func prepared(key: RandomKey) -> PreparedWorkload {
        let numbers = Numbers(WorkloadData.numbers([side, side]) * 0.5)
        let zeros = Tensor.zeros([side, side])
        let repetitions = repetitions
        return PreparedWorkload(parameters: numbers.parameters) {
            let (_, gradients, _) = valueAndGradients(of: numbers) { context in
                let y = context[numbers.y]
                var z = zeros
                for _ in 0..<repetitions { z = z * y + y }
                return (loss: sum(z), extra: ())
            }
            return WorkloadStep(phases: nil) { gradients.values[0].map { sum($0.dense).scalar } ?? .nan }
        }
    }
}

private struct Numbers: Module {
    let y: Parameter

    init(_ y: Tensor) {
        self.y = Parameter(y)
    }

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("y", y)
    }
}
