import UnrollKernels
import UnrollModules
import UnrollTensors

/// Recurrent layers that write a sequence, reading a memory on the way.
///
/// Additive attention reads before the cell, with the state before it, and what it read is part of the cell's input (Bahdanau 2014):
///
///     c(t) = attend(s(t−1))     s(t) = cell([y(t−1); c(t)], s(t−1))     o(t) = tanh(W_o [s(t); c(t); y(t−1)] + b_o)
///
/// The other scores read after it (Luong 2015); with input feeding o(t−1) is part of the cell's input:
///
///     s(t) = cell([y(t−1); o(t−1)], s(t−1))     c(t) = attend(s(t))     o(t) = tanh(W_o [s(t); c(t)] + b_o)
///
/// A concatenated read-out leaves W_o and tanh out: o(t) is what stands in the brackets.
public struct RecurrentDecoder: Module {
    /// What a row carries from token to token.
    public struct State: Sendable {
        /// The state of each layer.
        public var layers: [RecurrentState]
        /// What attention reads.
        public var memory: AttentionMemory?
        /// o(t − 1), with input feeding.
        public var fed: Tensor?
        /// Whose memory each row reads: rows of one sentence read the same.
        var sentences: [Int32]

        /// This state before a step: what it carries from the one before is detached where the context cuts gradients there.
        func cut(before step: Int, _ context: Context) -> State {
            guard context.cutsGradient(before: step) else { return self }
            return State(layers: layers.map { $0.detached() }, memory: memory, fed: fed?.detached(), sentences: sentences)
        }

        func gathered(_ rows: [Int32]) -> State {
            let sentences = rows.map { self.sentences[Int($0)] }
            // Hypotheses of a sentence that change places among themselves read what they have read before.
            return State(
                layers: layers.map { $0.gathered(rows) }, memory: sentences == self.sentences ? memory : memory?.gathered(rows),
                fed: fed.map { UnrollTensors.gathered($0, Tensor(rows, shape: [rows.count])) }, sentences: sentences)
        }

        func joined(with other: State) -> State {
            let behind = (sentences.max() ?? -1) + 1
            return State(
                layers: zip(layers, other.layers).map { $0.joined(with: $1) },
                memory: memory.flatMap { memory in other.memory.map { memory.joined(with: $0) } },
                fed: fed.flatMap { fed in other.fed.map { concatenated([fed, $0], axis: 0) } },
                sentences: sentences + other.sentences.map { behind + $0 })
        }
    }

    /// Token vectors of the target.
    public let embedding: Embedding
    /// One cell for each layer.
    public let cells: [any GatedCell]
    /// What reads the memory; nil without attention.
    public let attention: Attention?
    package let readout: Linear?
    private let dropout: Dropout
    private let recurrentDropout: Dropout
    private let embeddingSize: Int
    private let hiddenSize: Int
    private let memorySize: Int
    /// Attention reads before the cell and feeds it.
    private let readsFirst: Bool
    private let feedsOutput: Bool

    init(
        _ configuration: SequenceToSequenceConfiguration, embedding: Embedding, key: RandomKey, scalarType: ScalarType
    ) {
        self.embedding = embedding
        embeddingSize = configuration.embedding
        hiddenSize = configuration.hidden
        readsFirst = configuration.attention == .additive
        feedsOutput = configuration.inputFeeding
        memorySize = configuration.attention == .none ? 0 : configuration.memorySize
        dropout = Dropout(configuration.dropout, isVariational: configuration.variationalDropout)
        recurrentDropout = Dropout(configuration.recurrentDropout)
        let inputSize = embeddingSize + (readsFirst ? memorySize : 0) + (feedsOutput ? configuration.readoutSize : 0)
        cells = (0..<configuration.decoderLayers).map { layer in
            configuration.cell.cell(
                layer == 0 ? inputSize : configuration.hidden, configuration.hidden, options: configuration.cellOptions,
                key: key.split(layer), scalarType: scalarType)
        }
        attention = AttentionKind(rawValue: configuration.attention.rawValue).map {
            Attention(
                $0, querySize: configuration.hidden, memorySize: configuration.memorySize, width: configuration.hidden,
                key: key.split(100), scalarType: scalarType)
        }
        readout =
            configuration.projectsReadout
            ? Linear(configuration.concatenatedSize, configuration.readoutSize, key: key.split(101), scalarType: scalarType) : nil
    }

    /// The names of the parts of a layer's state.
    public var stateNames: [String] { cells[0].stateNames }

    /// Features of each part of a layer's state.
    public var stateSizes: [Int] { cells[0].stateSizes }

    /// Feeds tokens [time, batch] from a state.
    ///
    /// - Returns: the features for the output layer [time, batch, features], the state after the last token, and for each step the
    ///   attention's weights [batch, memoryTime].
    public func callAsFunction(_ tokens: Tensor, _ state: State, _ context: Context) -> (features: Tensor, state: State, weights: [Tensor])
    {
        let embedded = context.within("embedding") { dropout(embedding(tokens, context), context) }
        context.report("embedding", embedded)
        let cells = self.cells.map { bound($0, batch: tokens.shape[1], context) }
        let projected = cells[0].project(embedded, columns: 0..<embeddingSize, addsBias: true)
        return readsFirst || feedsOutput
            ? stepByStep(embedded, projected, cells, state, context) : wholeSequence(embedded, projected, cells, state, context)
    }

    private func bound(_ cell: some GatedCell, batch: Int, _ context: Context) -> any BoundCell {
        cell.bound(to: cell.weights(batch: batch, recurrentDropout: recurrentDropout, context))
    }

    /// Nothing of a step's result enters the next one but the cells' own state: each layer is one kernel.
    private func wholeSequence(
        _ embedded: Tensor, _ projected: Tensor, _ cells: [any BoundCell], _ state: State, _ context: Context
    ) -> (features: Tensor, state: State, weights: [Tensor]) {
        var state = state
        var outputs = projected
        for (layer, cell) in cells.enumerated() {
            let inputs = layer == 0 ? projected : cell.project(dropout(outputs, context), columns: nil, addsBias: true)
            (outputs, state.layers[layer]) = cell.recurrence(inputs, state.layers[layer], context)
            context.report("layer\(layer)", outputs)
        }
        guard let attention, let memory = state.memory else {
            return (dropout(features(embedded, outputs, nil, context), context), state, [])
        }
        let reads = (0..<outputs.shape[0]).map { attention(outputs.at($0), memory, context) }
        return (dropout(features(embedded, outputs, stacked(reads.map(\.context)), context), context), state, reads.map(\.weights))
    }

    private func stepByStep(
        _ embedded: Tensor, _ projected: Tensor, _ cells: [any BoundCell], _ state: State, _ context: Context
    ) -> (features: Tensor, state: State, weights: [Tensor]) {
        var state = state
        var outputs: [Tensor] = []
        var reads: [(context: Tensor, weights: Tensor)] = []
        var fed: [Tensor] = []
        var dropouts = cells.map { _ in StepwiseDropout(dropout) }
        let fedColumns = embeddingSize + (readsFirst ? memorySize : 0)
        for time in 0..<projected.shape[0] {
            state = state.cut(before: time, context)
            var input = projected.at(time)
            if readsFirst, let attention, let memory = state.memory {
                let read = attention(state.layers[cells.count - 1].hidden, memory, context)
                input = input + cells[0].project(read.context, columns: embeddingSize..<embeddingSize + memorySize, addsBias: false)
                reads.append(read)
            }
            if let last = state.fed {
                input = input + cells[0].project(last, columns: fedColumns..<fedColumns + last.shape[1], addsBias: false)
            }
            var output = input
            for (layer, cell) in cells.enumerated() {
                if layer > 0 { input = cell.project(dropouts[layer](output, context), columns: nil, addsBias: true) }
                (output, state.layers[layer]) = cell.advance(input, state.layers[layer])
            }
            outputs.append(output)
            if !readsFirst, let attention, let memory = state.memory { reads.append(attention(output, memory, context)) }
            if feedsOutput {
                let feature = dropouts[0](features(embedded.at(time), output, reads.last?.context, context), context)
                fed.append(feature)
                state.fed = feature
            }
        }
        let stackedOutputs = stacked(outputs)
        context.report("layer\(cells.count - 1)", stackedOutputs)
        guard !feedsOutput else { return (stacked(fed), state, reads.map(\.weights)) }
        let read = reads.isEmpty ? nil : stacked(reads.map(\.context))
        return (dropout(features(embedded, stackedOutputs, read, context), context), state, reads.map(\.weights))
    }

    /// o = tanh(W_o [s; c; y] + b_o), whose parts meet W_o's columns where they are; or [s; c; y]. The arguments are [batch, …] or
    /// [time, batch, …].
    private func features(_ embedded: Tensor, _ output: Tensor, _ read: Tensor?, _ context: Context) -> Tensor {
        guard let readout else {
            guard let read else { return output }
            return concatenated(readsFirst ? [output, read, embedded] : [output, read], axis: -1)
        }
        var sum = readout(output, context, columns: 0..<hiddenSize)
        if let read { sum = sum + readout(read, context, columns: hiddenSize..<hiddenSize + memorySize, addsBias: false) }
        if readsFirst {
            let start = hiddenSize + memorySize
            sum = sum + readout(embedded, context, columns: start..<start + embeddingSize, addsBias: false)
        }
        let feature = tanh(sum)
        context.report("readout", feature)
        return feature
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        for (layer, cell) in cells.enumerated() { visitor(suffix: "_l\(layer)", cell) }
        if let attention { visitor("attention", attention) }
        if let readout { visitor("readout", readout) }
    }
}
