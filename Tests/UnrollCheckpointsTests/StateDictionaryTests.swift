import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollCheckpoints

/// Two modules that share a matrix, as tied embeddings do.
private struct Tied: Module {
    let embedding = Embedding(vocabulary: 4, width: 3, key: RandomKey(seed: 1))
    let cells = RecurrentStack(.lstm, inputSize: 3, hiddenSize: 3, key: RandomKey(seed: 2))

    func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        visitor("cells", cells)
        visitor("output.weight", embedding.weight)
    }
}

@Suite("PyTorch's state dictionaries")
struct StateDictionaryTests {
    private let folder: TemporaryFolder
    /// What `Scripts/golden/state_dictionary_golden.py` made.
    private let golden: URL

    init() throws {
        folder = try TemporaryFolder()
        golden = try #require(Bundle.module.url(forResource: "Golden/state_dictionary.safetensors", withExtension: nil))
    }

    /// Loads the golden weights of a name, compares what the module makes of them, and writes them back.
    private func check(_ name: String, _ module: some Module, _ run: (TensorFile, Context) throws -> Tensor) throws {
        try StateDictionary.load(contentsOf: golden, into: module, prefix: name + ".")
        let file = try TensorFile(contentsOf: golden)
        let result = try run(file, Context(tape: nil, isTraining: false, key: .blank))
        let wanted = try file.tensor("result.\(name)")
        #expect(result.shape == wanted.shape)
        for (ours, theirs) in zip(result.doubles, wanted.doubles) { #expect(abs(ours - theirs) < 1e-5, "\(name)") }

        let copy = folder.file(name)
        try StateDictionary.save(module, to: copy)
        let written = try TensorFile(contentsOf: copy)
        let theirs = file.entries.filter { $0.name.hasPrefix(name + ".") }
        #expect(written.entries.map { "\(name).\($0.name)" }.sorted() == theirs.map(\.name).sorted())
        for entry in written.entries where !entry.name.hasPrefix("bias_") {
            #expect(try written.tensor(entry.name).isIdentical(to: file.tensor("\(name).\(entry.name)")))
        }
        let before = module.snapshot
        try StateDictionary.load(contentsOf: copy, into: module)
        #expect(zip(before, module.snapshot).allSatisfy { $0.isIdentical(to: $1) })
    }

    private let key = RandomKey(seed: 1)

    @Test func plainModulesHaveTheSameTensors() throws {
        let embedding = Embedding(vocabulary: 7, width: 3, key: key)
        try check("embedding", embedding) { file, context in embedding(try file.tensor("given.tokens"), context) }
        let linear = Linear(6, 4, key: key)
        try check("linear", linear) { file, context in linear(try file.tensor("given.x"), context) }
        let norm = LayerNorm(6)
        try check("norm", norm) { file, context in norm(try file.tensor("given.x"), context) }
    }

    @Test func recurrencesHaveTheirSecondBiasAdded() throws {
        let lstm = RecurrentStack(.lstm, inputSize: 6, hiddenSize: 2, layers: 2, isBidirectional: true, key: key)
        try check("lstm", lstm) { file, context in lstm(try file.tensor("given.x"), context).outputs }
        let rnn = RecurrentStack(.rnn, inputSize: 6, hiddenSize: 2, options: CellOptions(activation: .relu), key: key)
        try check("rnn", rnn) { file, context in rnn(try file.tensor("given.x"), context).outputs }
        let gru = RecurrentStack(.gru, inputSize: 6, hiddenSize: 2, layers: 2, options: CellOptions(resetGate: .afterProduct), key: key)
        try check("gru", gru) { file, context in gru(try file.tensor("given.x"), context).outputs }
    }

    @Test func headsHaveTheirProjectionsStacked() throws {
        let heads = MultiHeadAttention(6, heads: 3, key: key)
        try check("heads", heads) { file, context in heads(try file.tensor("given.x"), lengths: nil, context).output }
        let reading = MultiHeadAttention(6, heads: 2, memoryFeatures: 5, key: key)
        try check("reading_heads", reading) { file, context in
            reading(try file.tensor("given.x"), reading.memory(try file.tensor("given.memory"), lengths: nil, context), context).output
        }
    }

    @Test func transformersHaveTheSameLayers() throws {
        var options = TransformerLayerOptions()
        (options.heads, options.inner, options.activation, options.norm) = (3, 7, .gelu, .pre)
        let encoder = TransformerStack(2, features: 6, options, key: key)
        try check("encoder", encoder) { file, context in encoder(try file.tensor("given.x"), context).output }
        (options.heads, options.activation, options.norm) = (2, .relu, .post)
        let decoder = TransformerStack(2, features: 6, options, readsMemory: true, key: key)
        try check("decoder", decoder) { file, context in
            let memories = decoder.memories(try file.tensor("given.encoded"), lengths: nil, context)
            return decoder(try file.tensor("given.x"), isCausal: true, memories: memories, context).output
        }
        #expect(
            StateDictionary.modules(of: encoder).map(\.constructor) == [
                "torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(6, 3, 7, activation='gelu', norm_first=True), 2, "
                    + "norm=torch.nn.LayerNorm(6))"
            ])
        #expect(
            StateDictionary.modules(of: decoder).map(\.constructor) == [
                "torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(6, 2, 7), 2)"
            ])
    }

    @Test func cellsAreThoseOfOneStep() throws {
        func first(_ cell: some RecurrentCell) -> (TensorFile, Context) throws -> Tensor {
            { file, context in cell(try file.tensor("given.x").sliced(0..<1, axis: 0), context).state.tensors[0] }
        }
        let lstm = LSTMCell(6, 2, key: key)
        try check("lstm_cell", lstm, first(lstm))
        let rnn = RNNCell(6, 2, key: key)
        try check("rnn_cell", rnn, first(rnn))
        let gru = GRUCell(6, 2, options: CellOptions(resetGate: .afterProduct), key: key)
        try check("gru_cell", gru, first(gru))
    }

    @Test func convolutionsHaveTheSameDirectionsAndLengths() throws {
        let convolution = CausalConvolution(6, 4, taps: 3, dilation: 2, key: key)
        try check("convolution", convolution) { file, context in convolution(try file.tensor("given.x"), context) }
    }

    @Test func aGRUOfTheOtherVariantIsRefusedWithTheReason() throws {
        let gru = RecurrentStack(.gru, inputSize: 6, hiddenSize: 2, layers: 2, key: key)
        for attempt in [
            { try StateDictionary.save(gru, to: folder.file("gru")) },
            { try StateDictionary.load(contentsOf: golden, into: gru, prefix: "gru.") },
        ] {
            let error = try #require(checkpointError(attempt))
            #expect(error.kind == .unsupported)
            #expect(error.message.contains("reset gate before the product") && error.message.contains("'reset_gate: after_product'"))
        }
        #expect(try folder.names.isEmpty)
    }

    @Test func whatIsSharedStandsUnderBothNamesAndMustBeEqual() throws {
        let url = folder.file("tied")
        try StateDictionary.save(Tied(), to: url)
        var tensors = try TensorFile(contentsOf: url).entries.map { ($0.name, try TensorFile(contentsOf: url).tensor($0.name)) }
        #expect(
            tensors.map(\.0).sorted() == [
                "cells.bias_hh_l0", "cells.bias_ih_l0", "cells.weight_hh_l0", "cells.weight_ih_l0", "embedding.weight", "output.weight",
            ])
        let place = try #require(tensors.firstIndex { $0.0 == "output.weight" })
        tensors[place].1 = .zeros([4, 3], .float32)
        try TensorFile.write(tensors, metadata: [:], to: url)
        let tied = Tied()
        let before = tied.snapshot
        let error = try #require(checkpointError { try StateDictionary.load(contentsOf: url, into: tied) })
        #expect(error.kind == .mismatch && error.message.contains("\"embedding.weight\" and \"output.weight\" are one parameter"))
        #expect(zip(before, tied.snapshot).allSatisfy { $0.isIdentical(to: $1) })
    }

    @Test func whatIsMissingLeftOverOrOfAnotherShapeIsNamed() throws {
        func failure(_ module: some Module, _ prefix: String) -> CheckpointError? {
            checkpointError { try StateDictionary.load(contentsOf: golden, into: module, prefix: prefix) }
        }
        let missing = try #require(
            failure(RecurrentStack(.lstm, inputSize: 6, hiddenSize: 2, layers: 3, isBidirectional: true, key: key), "lstm."))
        #expect(missing.kind == .missingTensor && missing.message.contains("\"lstm.weight_ih_l2\""))
        let leftOver = try #require(failure(RecurrentStack(.lstm, inputSize: 6, hiddenSize: 2, isBidirectional: true, key: key), "lstm."))
        #expect(leftOver.kind == .leftOver && leftOver.message.contains("\"lstm.bias_hh_l1\""))
        let other = try #require(failure(Linear(5, 4, key: key), "linear."))
        #expect(
            other.kind == .mismatch && other.message.contains("\"linear.weight\" has the shape [4, 6] in the file and [4, 5] in the model"))
    }

    @Test func modulesAreNamedAsPyTorchMakesThem() {
        #expect(
            StateDictionary.modules(of: Tied()).map { "\($0.name): \($0.constructor)" } == [
                "embedding: torch.nn.Embedding(4, 3)", "cells: torch.nn.LSTM(3, 3)",
            ])
        let deep = RecurrentStack(
            .rnn, inputSize: 6, hiddenSize: 2, layers: 2, isBidirectional: true, options: CellOptions(activation: .relu), key: key)
        #expect(
            StateDictionary.modules(of: deep).map(\.constructor) == [
                "torch.nn.RNN(6, 2, num_layers=2, bidirectional=True, nonlinearity='relu')"
            ])
        let heads = MultiHeadAttention(6, heads: 2, memoryFeatures: 5, key: key)
        #expect(StateDictionary.modules(of: heads).map(\.constructor) == ["torch.nn.MultiheadAttention(6, 2, kdim=5, vdim=5)"])
        #expect(StateDictionary.modules(of: RecurrentStack(.multiplicativeLSTM, inputSize: 2, hiddenSize: 2, key: key)).isEmpty)
    }
}
