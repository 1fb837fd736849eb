import UnrollKernels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Modules whose weights are computed.
    static let multiplicatives: [CatalogueEntry] = [
        .module(
            "MultiplicativeLayer", "each row its own z", equation: "w_ij = Σ_k u_ijk z_k; s = W(z) x",
            inputs: [CheckedInput("x", [3, 5]), CheckedInput("z", [3, 2])],
            reference: { module, x, context in
                let rows = (0..<3).map { row in matmul(module.weight(x[1].at(row), context), x[0].at(row).reshaped(to: [5, 1])) }
                return [concatenated(rows.map { $0.reshaped(to: [1, 4]) }, axis: 0)]
            },
            make: { MultiplicativeLayer(5, conditions: 2, 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], x[1], context)] },
        .module(
            "MultiplicativeLayer", "W(z) itself", equation: "w_ij = Σ_k u_ijk z_k", inputs: [CheckedInput("z", [3])],
            reference: { module, x, context in
                let u = context[module.weight].reshaped(to: [4, 5, 3])
                let terms = (0..<3).map { k in u.at(k, axis: 2) * x[0].sliced(k..<k + 1, axis: 0) }
                return [terms[0] + terms[1] + terms[2]]
            },
            make: { MultiplicativeLayer(5, conditions: 3, 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module.weight(x[0], context)] },
        .module(
            "FactoredMultiplicativeLayer", equation: "u_ijk = Σ_f a_if b_jf c_kf; s_i = Σ_jk u_ijk x_j z_k",
            inputs: [CheckedInput("x", [3, 5]), CheckedInput("z", [3, 2])],
            reference: { module, x, context in
                let own = module.parameters.map { context[$0.parameter] }
                // Σ over f of the outer products of the factors' columns: the tensor itself.
                let (b, c, a) = (own[0].transposed(), own[1].transposed(), own[2])
                let u = sum(
                    a.reshaped(to: [4, 1, 1, 3]) * b.reshaped(to: [1, 5, 1, 3]) * c.reshaped(to: [1, 1, 2, 3]), axis: 3)
                let products = x[0].reshaped(to: [3, 1, 5, 1]) * x[1].reshaped(to: [3, 1, 1, 2]) * u.reshaped(to: [1, 4, 5, 2])
                return [sum(products.reshaped(to: [3, 4, 10]), axis: 2)]
            },
            make: { FactoredMultiplicativeLayer(5, conditions: 2, 4, rank: 3, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], x[1], context)] },
        .module(
            "Hypernetwork", equation: "a_j = V_j e + d_j; W[:, j] = M a_j + m", inputs: [CheckedInput("e", [3])],
            reference: { module, x, context in
                let own = module.parameters.map { context[$0.parameter] }
                let columns = (0..<5).map { j in
                    let a = linear(x[0], own[0].sliced(j * 2..<j * 2 + 2, axis: 0), bias: own[1].sliced(j * 2..<j * 2 + 2, axis: 0))
                    return linear(a, own[2], bias: own[3]).reshaped(to: [4, 1])
                }
                return [concatenated(columns, axis: 1)]
            },
            make: { Hypernetwork(embeddingSize: 3, width: 2, inputs: 5, outputs: 4, key: RandomKey(seed: 0), scalarType: $0) }
        ) { module, x, context in [module(x[0], context)] },
        .module(
            "HyperLinear", equation: "y = x W(e)ᵀ + b", inputs: [CheckedInput("x", [3, 5])],
            reference: { module, x, context in
                let weight = module.hypernetwork(context[module.embedding], context)
                return [matmul(x[0], weight, transposeB: true) + context[module.bias]]
            },
            make: { (type: ScalarType) -> HyperLinear in
                let network = Hypernetwork(embeddingSize: 3, width: 2, inputs: 5, outputs: 4, key: RandomKey(seed: 0), scalarType: type)
                return HyperLinear(network, key: RandomKey(seed: 1), scalarType: type)
            }
        ) { module, x, context in [module(x[0], context)] },
    ]
}
