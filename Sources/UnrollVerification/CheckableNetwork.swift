import UnrollModels
import UnrollModules

/// A network whose layers can be checked one by one, at their own sizes and with their own weights.
public protocol CheckableNetwork: Module {
    /// An entry for each layer, in the order in which a signal goes through them.
    var layerEntries: [CatalogueEntry] { get }
}

extension LanguageModel: CheckableNetwork {
    /// Embedding, recurrent layers, output layer.
    public var layerEntries: [CatalogueEntry] {
        [CatalogueEntry.embedding("embedding", embedding)]
            + CatalogueEntry.stack("recurrence", recurrence, configuration.cell, configuration.cellOptions) + [
                CatalogueEntry.output("output", output)
            ]
    }
}

extension TransformerLanguageModel: CheckableNetwork {
    /// Embedding, positions that are learnt, the layers with the norm at their end, output layer.
    public var layerEntries: [CatalogueEntry] {
        [CatalogueEntry.embedding("embedding", embedding)] + CatalogueEntry.reader(reader, configuration.reader, isCausal: true)
            + [CatalogueEntry.output("output", output)]
    }
}

extension LanguageNetwork: CheckableNetwork {
    /// Those of the network's own kind.
    public var layerEntries: [CatalogueEntry] {
        switch self {
        case .recurrent(let network): network.layerEntries
        case .transformer(let network): network.layerEntries
        }
    }
}

extension SequenceToSequence: CheckableNetwork {
    /// Embeddings, encoder, bridge, decoder, attention, read-out, output layer.
    public var layerEntries: [CatalogueEntry] {
        let (kind, options) = (configuration.cell, configuration.cellOptions)
        var entries: [CatalogueEntry] = [CatalogueEntry.embedding("source_embedding", sourceEmbedding, padding: 0)]
        entries += CatalogueEntry.stack("encoder", encoder, kind, options)
        for (layer, projections) in bridge.enumerated() {
            for (name, projection) in zip(decoder.stateNames, projections) {
                entries.append(.linear("bridge.\(layer).\(name)", projection))
            }
        }
        if decoder.embedding.weight !== sourceEmbedding.weight {
            entries.append(.embedding("decoder.embedding", decoder.embedding, padding: 0))
        }
        for (layer, cell) in decoder.cells.enumerated() {
            entries.append(.cell("decoder, layer \(layer)", cell, kind, options))
        }
        if let attention = decoder.attention {
            entries.append(
                .attention("decoder.attention", attention, query: configuration.hidden, memory: configuration.memorySize))
        }
        if let readout = decoder.readout { entries.append(.linear("decoder.readout", readout)) }
        return entries + [CatalogueEntry.output("output", output)]
    }
}

extension Transformer: CheckableNetwork {
    /// Embeddings, positions that are learnt, the layers of encoder and decoder with the norms at their ends, output layer.
    public var layerEntries: [CatalogueEntry] {
        var entries: [CatalogueEntry] = [CatalogueEntry.embedding("source_embedding", sourceEmbedding, padding: 0)]
        if targetEmbedding.weight !== sourceEmbedding.weight {
            entries.append(.embedding("target_embedding", targetEmbedding, padding: 0))
        }
        for (name, positions) in [("source_positions", sourcePositions), ("target_positions", targetPositions)] {
            if let longest = positions.longest { entries.append(.positions(name, positions, longest: longest, configuration.width)) }
        }
        for (name, stack) in [("encoder", encoder), ("decoder", decoder)] {
            for (place, layer) in stack.layers.enumerated() {
                entries.append(.transformerLayer("\(name).layers.\(place)", layer, configuration.width, configuration.layerOptions))
            }
            if let norm = stack.norm { entries.append(.norm("\(name).norm", norm)) }
        }
        return entries + [CatalogueEntry.output("output", output)]
    }
}

extension TranslationNetwork: CheckableNetwork {
    /// Those of the network's own kind.
    public var layerEntries: [CatalogueEntry] {
        switch self {
        case .recurrent(let network): network.layerEntries
        case .transformer(let network): network.layerEntries
        }
    }
}

extension SequenceClassifier: CheckableNetwork {
    /// Embedding, the layers that read, attention where it pools, output layer.
    public var layerEntries: [CatalogueEntry] {
        let features = configuration.reader.outputSize
        let pools = pooling.attention.map { CatalogueEntry.attention("pooling.attention", $0, query: features, memory: features) }
        return [CatalogueEntry.embedding("embedding", embedding, padding: 0)] + CatalogueEntry.reader(reader, configuration.reader)
            + (pools.map { [$0] } ?? []) + [CatalogueEntry.output("output", output)]
    }
}

extension SequenceTagger: CheckableNetwork {
    /// Embeddings, the layer over characters, the layers that read, output layer.
    public var layerEntries: [CatalogueEntry] {
        let (cell, options) = configuration.spelling
        var entries: [CatalogueEntry] = [CatalogueEntry.embedding("embedding", embedding, padding: 0)]
        if let characterEmbedding { entries.append(.embedding("character_embedding", characterEmbedding, padding: 0)) }
        if let spelling { entries += CatalogueEntry.stack("spelling", spelling, cell, options) }
        return entries + CatalogueEntry.reader(reader, configuration.reader) + [CatalogueEntry.output("output", output)]
    }
}

extension SequenceRegressor: CheckableNetwork {
    /// Recurrent layers and the line to the numbers.
    public var layerEntries: [CatalogueEntry] {
        let reader = configuration.reader
        return CatalogueEntry.stack("recurrence", recurrence, reader.cell, reader.cellOptions) + [CatalogueEntry.linear("output", output)]
    }
}

extension AudioClassifier: CheckableNetwork {
    /// Convolutions before the blocks and in them, attention where it pools, output layer.
    public var layerEntries: [CatalogueEntry] {
        var entries = convolution.front.enumerated().map { CatalogueEntry.convolution("front.\($0.offset)", $0.element) }
        for (place, block) in convolution.blocks.enumerated() {
            entries.append(.convolution("blocks.\(place).conv1", block.first))
            entries.append(.convolution("blocks.\(place).conv2", block.second))
            if let residual = block.residual { entries.append(.linear("blocks.\(place).downsample", residual)) }
        }
        if let attention = pooling.attention {
            entries.append(.attention("pooling.attention", attention, query: convolution.outputSize, memory: convolution.outputSize))
        }
        return entries + [CatalogueEntry.output("output", output)]
    }
}

extension AlgorithmNetwork: CheckableNetwork {
    /// Of a Turing machine its controller, what tells the heads what to do, their steps at its sizes, the output, and all of it over a few steps; else
    /// recurrent layers and the layer to the output.
    public var layerEntries: [CatalogueEntry] {
        switch configuration {
        case .turingMachine: machine?.layerEntries ?? []
        case .recurrent(let reader):
            (recurrence.map { CatalogueEntry.stack("recurrence", $0, reader.cell, reader.cellOptions) } ?? [])
                + (output.map { [CatalogueEntry.linear("output", $0)] } ?? [])
        }
    }
}

extension TuringMachine: CheckableNetwork {
    /// Controller, heads, output, and the whole machine.
    public var layerEntries: [CatalogueEntry] {
        let (slots, width, shifts) = (configuration.slots, configuration.width, configuration.shifts)
        var entries: [CatalogueEntry] = []
        if let cell { entries.append(.cell("controller", cell, .lstm, CellOptions())) }
        if let layer { entries.append(.linear("controller", layer)) }
        entries.append(.linear("heads", heads))
        entries.append(
            Catalogue.addressed("\(slots) × \(width), \(shifts) shifts", slots: slots, width: width, shifts: shifts, sampledElements: 12))
        entries.append(Catalogue.written("\(slots) × \(width)", slots: slots, width: width, sampledElements: 12))
        entries.append(Catalogue.read("\(slots) × \(width)", slots: slots, width: width, sampledElements: 12))
        return entries + [.linear("output", output), .machine(self)]
    }
}
