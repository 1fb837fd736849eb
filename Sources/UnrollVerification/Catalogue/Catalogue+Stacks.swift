import UnrollKernels
import UnrollModules
import UnrollTensors

extension Catalogue {
    /// Layers of cells above one another.
    static let stacks: [CatalogueEntry] = CellKind.allCases.flatMap { kind in
        [
            stack(kind, "two layers, both directions, lengths 4 0 2", layers: 2, isBidirectional: true, lengths: [4, 0, 2]),
            stack(kind, "two layers, given states", layers: 2, isBidirectional: false, lengths: nil, hasStates: true),
            stack(
                kind, "both directions, given states, lengths 1 4 3", layers: 1, isBidirectional: true, lengths: [1, 4, 3],
                hasStates: true),
        ]
    }

    private static func stack(
        _ kind: CellKind, _ variant: String, layers: Int, isBidirectional: Bool, lengths: [Int32]?, hasStates: Bool = false
    ) -> CatalogueEntry {
        let (time, batch, input, hidden) = (4, 3, 2, 5)
        let directions = isBidirectional ? 2 : 1
        let options = CellOptions(hyper: HyperOptions(hidden: 3, embedding: 2))
        let cell = kind.cell(input, hidden, options: options, key: .blank)
        let parts = cell.stateNames
        let given = (0..<layers).flatMap { layer in
            (0..<directions).flatMap { way in
                zip(parts, cell.stateSizes).map { CheckedInput("\($0) of layer \(layer), direction \(way)", [batch, $1]) }
            }
        }
        let states = { @Sendable (x: [Tensor]) -> [[RecurrentState]]? in
            guard hasStates else { return nil }
            return (0..<layers).map { layer in
                (0..<directions).map { direction in
                    let start = 1 + (layer * directions + direction) * parts.count
                    return RecurrentState(names: parts, tensors: Array(x[start..<start + parts.count]))
                }
            }
        }
        return .module(
            "RecurrentStack", "\(kind.rawValue), \(variant)", equation: "h(l) = cells of layer l over h(l − 1), [forward; backward]",
            inputs: [CheckedInput("x", [time, batch, input])] + (hasStates ? given : []),
            // Cells of many small operations take long, and are checked at every element by themselves.
            sampledElements: kind == .multiplicativeLSTM || kind == .hyperLSTM ? 6 : nil,
            reference: { module, x, context in
                let result = PlainRecurrence.stack(module, x[0], states: states(x), lengths: lengths, context)
                return [result.outputs] + result.states.flatMap { $0.flatMap(\.tensors) }
            },
            make: { type in
                RecurrentStack(
                    kind, inputSize: input, hiddenSize: hidden, layers: layers, isBidirectional: isBidirectional, options: options,
                    key: RandomKey(seed: 0), scalarType: type)
            }
        ) { module, x, context in
            let result = module(x[0], states: states(x), lengths: lengths, context)
            return [result.outputs] + result.states.flatMap { $0.flatMap(\.tensors) }
        }
    }
}
