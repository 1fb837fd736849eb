import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

/// Entries for the layers of a network that exists, at their own sizes and with their own weights: each is made anew in the precision that a check asks
/// for and gets the weights of the original.
extension CatalogueEntry {
    /// The elements of each tensor whose derivatives are compared with differences: all of a real layer's would take hours.
    static func sampledElements(of layer: some Module) -> Int { layer.parameterCount < 4_000_000 ? 12 : 4 }

    /// The layers of a stack, cell by cell.
    static func stack(_ name: String, _ stack: RecurrentStack, _ kind: CellKind, _ options: CellOptions) -> [CatalogueEntry] {
        stack.layers.enumerated().flatMap { layer, cells in
            cells.enumerated().map { direction, original in
                let way = cells.count == 1 ? "" : direction == 0 ? ", forward" : ", backward"
                return cell("\(name), layer \(layer)\(way)", original, kind, options, reversed: direction == 1)
            }
        }
    }

    /// A cell over a padded sequence.
    static func cell(
        _ name: String, _ original: some RecurrentCell, _ kind: CellKind, _ options: CellOptions, reversed: Bool = false
    ) -> CatalogueEntry {
        let (inputs, units) = (original.inputSize, original.hiddenSize)
        let layout = SequenceLayout(lengths: [4, 1, 3], reversed: reversed)
        let variant = kind.variant(options)
        return .layer(
            kind.subject, "\(name): \(inputs) → \(units)" + (variant.isEmpty ? "" : ", \(variant)"), in: .cell,
            equation: kind.equation(options),
            inputs: [CheckedInput("x", [4, 3, inputs])] + zip(original.stateNames, original.stateSizes).map { CheckedInput($0, [3, $1]) },
            original: original,
            reference: { cell, x, context in
                let result = PlainRecurrence.sequence(cell.cell, x[0], cell.state(x), layout, context)
                return [result.outputs] + result.state.tensors
            },
            make: { AnyCell(cell: kind.cell(inputs, units, options: options, key: .blank, scalarType: $0)) }
        ) { cell, x, context in
            let result = cell.cell(x[0], state: cell.state(x), layout: layout, context)
            return [result.outputs] + result.state.tensors
        }
    }

    /// A layer of vectors for tokens: first ones, last ones, and one twice.
    static func embedding(_ name: String, _ original: Embedding, padding: Int32? = nil) -> CatalogueEntry {
        let (count, width) = (original.weight.shape[0], original.weight.shape[1])
        let tokens = Tensor([0, count - 1, 1, count / 2, count - 1, 0].map { Int32(min($0, count - 1)) }, shape: [3, 2])
        return .layer(
            "Embedding", "\(name): \(count) → \(width)", equation: "y[i, :] = W[tokens[i], :]", original: original,
            untrained: padding.map { ("weight", Int($0) * width..<(Int($0) + 1) * width) },
            make: { Embedding(vocabulary: count, width: width, padding: padding, key: .blank, scalarType: $0) }
        ) { layer, _, context in [layer(tokens, context)] }
    }

    /// The layer to a vocabulary, with its loss.
    static func output(_ name: String, _ original: OutputLayer) -> CatalogueEntry {
        let (count, width) = (original.weight.shape[0], original.weight.shape[1])
        let targets = [0, count - 1, -1, count / 2, count - 1].map { Int32($0) }
        return .layer(
            "OutputLayer", "\(name): \(width) → \(count)", equation: "loss = −Σ q ⊙ log softmax(x Wᵀ + b)",
            inputs: [CheckedInput("x", [targets.count, width])], original: original,
            reference: { layer, x, context in
                [crossEntropyReference(hidden: x[0], weight: context[layer.weight], bias: context[layer.bias], targets: targets)]
            },
            make: { OutputLayer(width, vocabulary: count, key: .blank, scalarType: $0) }
        ) { layer, x, context in [layer.loss(x[0], targets: targets, context)] }
    }

    /// A linear layer.
    static func linear(_ name: String, _ original: Linear) -> CatalogueEntry {
        let (outputs, inputs) = (original.weight.shape[0], original.weight.shape[1])
        let hasBias = original.bias != nil
        return .layer(
            "Linear", "\(name): \(inputs) → \(outputs)", equation: hasBias ? "y = x Wᵀ + b" : "y = x Wᵀ",
            inputs: [CheckedInput("x", [3, inputs])], original: original,
            reference: { layer, x, context in
                let product = matmul(x[0], context[layer.weight], transposeB: true)
                return [layer.bias.map { product + context[$0] } ?? product]
            },
            make: { Linear(inputs, outputs, hasBias: hasBias, key: .blank, scalarType: $0) }
        ) { layer, x, context in [layer(x[0], context)] }
    }

    /// A causal convolution with a normalised weight, over some more steps than it sees at once.
    static func convolution(_ name: String, _ original: CausalConvolution) -> CatalogueEntry {
        let (shape, stride, dilation) = (original.direction.shape, original.stride, original.dilation)
        return .layer(
            "CausalConvolution", "\(name): \(shape[1]) → \(shape[0]), \(shape[2]) taps, stride \(stride), dilation \(dilation)",
            equation: "W = g v / ‖v‖; y(t) = b + Σ_k W_k x(s t − (K − 1 − k) d)",
            inputs: [CheckedInput("x", [original.reach + 2 * stride + 1, 2, shape[1]])], original: original,
            reference: { layer, x, context in
                [Catalogue.normalised(layer.parameters.map { context[$0.parameter] }, x[0], dilation: dilation, stride: stride)]
            },
            make: { CausalConvolution(shape[1], shape[0], taps: shape[2], dilation: dilation, stride: stride, key: .blank, scalarType: $0) }
        ) { layer, x, context in [layer(x[0], context)] }
    }

    /// Attention over a padded memory.
    static func attention(_ name: String, _ original: Attention, query: Int, memory: Int) -> CatalogueEntry {
        let lengths: [Int32] = [4, 1, 3]
        let width = original.parameters.first { $0.name == "v" }?.parameter.shape[0] ?? query
        let kind = original.kind
        return .layer(
            "Attention", "\(name): \(kind.rawValue), \(query) and \(memory)",
            equation: "a = softmax(score(query, key)); context = Σ a ⊙ value",
            inputs: [CheckedInput("query", [3, query]), CheckedInput("memory", [4, 3, memory])], original: original,
            reference: { layer, x, context in plainAttention(layer, query: x[0], memory: x[1], lengths: lengths, context) },
            make: { Attention(kind, querySize: query, memorySize: memory, width: width, key: .blank, scalarType: $0) }
        ) { layer, x, context in
            let result = layer(x[0], layer.memory(x[1], lengths: lengths, context), context)
            return [result.context, result.weights]
        }
    }

    /// What attention computes, of its parts.
    static func plainAttention(_ layer: Attention, query: Tensor, memory: Tensor, lengths: [Int32], _ context: Context) -> [Tensor] {
        let own = { (name: String) in layer.parameters.first { $0.name == name }.map { context[$0.parameter] } }
        let keys = own("key.weight").map { UnrollTensors.linear(memory, $0, bias: own("key.bias")) } ?? memory
        let result = attentionReference(
            query: own("query.weight").map { UnrollTensors.linear(query, $0) } ?? query, keys: keys, values: memory,
            score: own("v").map(AttentionScore.additive) ?? .dot(), lengths: lengths)
        return [result.context, result.weights]
    }

    /// A Turing machine over a few steps; every sequence on its own is the reference.
    static func machine(_ original: TuringMachine) -> CatalogueEntry {
        let (configuration, inputs, outputs) = (original.configuration, original.inputs, original.outputs)
        return .layer(
            "TuringMachine", "\(inputs) → \(outputs): \(configuration.equations)",
            equation: "w = addressing(M, W h); M ← M ⊙ (1 − w e) + w a; r = Σ w M; y = W [h; r]",
            inputs: [CheckedInput("inputs", [4, 2, inputs])], original: original,
            reference: { machine, x, context in
                [concatenated((0..<2).map { machine(x[0].sliced($0..<$0 + 1, axis: 1), context) }, axis: 1)]
            },
            make: { TuringMachine(configuration, inputs: inputs, outputs: outputs, key: .blank, scalarType: $0) }
        ) { machine, x, context in [machine(x[0], context)] }
    }

    /// An entry for a layer with the weights of an original.
    static func layer<Subject: Module>(
        _ subject: String, _ variant: String, in group: Group = .module, equation: String, inputs: [CheckedInput] = [],
        original: some Module, untrained: (name: String, elements: Range<Int>)? = nil,
        reference: (@Sendable (Subject, [Tensor], Context) -> [Tensor])? = nil,
        make: @escaping @Sendable (ScalarType) -> Subject,
        _ body: @escaping @Sendable (Subject, [Tensor], Context) -> [Tensor]
    ) -> CatalogueEntry {
        // A ReLU's corner may lie anywhere, weights may have grown large, and no other draw of the inputs is tried: a shorter step helps.
        CatalogueEntry(
            group, subject, variant, equation: equation, sampledElements: sampledElements(of: original),
            differenceSteps: [5e-4, 5e-5, 5e-6]
        ) { type in
            let module = make(type)
            module.restore(original.snapshot)
            return CheckedFunction(
                inputs: inputs, parameters: module.parameters, drawsParameters: false, seed: 1, type, untrained: untrained,
                reference: reference.map { reference in { inputs, context in reference(module, inputs, context) } },
                body: { inputs, context in body(module, inputs, context) })
        }
    }
}
