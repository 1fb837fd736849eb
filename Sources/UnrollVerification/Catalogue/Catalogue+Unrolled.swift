import UnrollKernels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// The network of whatever parts, and what it begins with.
    static let unrolled: [CatalogueEntry] = [
        network("zero", .zero) { _, type in .zeros([2, 3], type) },
        network("learned", .learned) { learned, _ in concatenated([learned, learned].map { $0.reshaped(to: [1, 3]) }, axis: 0)
        },
        .module(
            "FirstState", "learned, two parts", equation: "z(−1) = w for every row", inputs: [],
            reference: { module, _, context in
                module.parameters.map { concatenated([Tensor](repeating: context[$0.parameter].reshaped(to: [1, 3]), count: 2), axis: 0) }
            },
            make: { FirstState(.learned, of: LSTMCell(2, 3, key: .blank, scalarType: $0), scalarType: $0) }
        ) { module, _, context in module(batch: 2, context).tensors },
    ]

    private static func network(
        _ variant: String, _ initialState: InitialState, _ first: @escaping @Sendable (_ learned: Tensor, ScalarType) -> Tensor
    ) -> CatalogueEntry {
        .module(
            "UnrolledNetwork", "z(−1) \(variant)", equation: "h(t) = Enc(x(t)); z(t) = g(h(t), z(t−1), w); y(t) = Dec(z(t))",
            inputs: [CheckedInput("x", [4, 2, 5])],
            reference: { module, x, context in
                let own = module.parameters.map { context[$0.parameter] }
                var z = first(own[own.count - 1], x[0].scalarType)
                let outputs = (0..<4).map { time in
                    let h = linear(x[0].at(time), own[0], bias: own[1])
                    z = tanh(linear(h, own[2], bias: own[4]) + linear(z, own[3]))
                    return linear(z, own[5], bias: own[6])
                }
                return outputs + [z]
            },
            make: { type in
                UnrolledNetwork(
                    encoder: Linear(5, 4, key: RandomKey(seed: 0), scalarType: type),
                    cell: RNNCell(4, 3, key: RandomKey(seed: 1), scalarType: type),
                    decoder: Linear(3, 2, key: RandomKey(seed: 2), scalarType: type), initialState: initialState, scalarType: type)
            }
        ) { module, x, context in
            let result = module((0..<4).lazy.map { x[0].at($0) }, context)
            return result.outputs + [result.state!.hidden]
        }
    }
}
