import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollTraining

/// Learning a short text of letters by heart: a real language model that takes seconds.
private struct Alphabet {
    var model = LanguageModelConfiguration()
    var training = LanguageModelTraining()
    var text = String(repeating: "abcde edcba abc cba ", count: 12)
    var scalarType = ScalarType.float32
    /// What learns in place of the recurrent network.
    var transformer: TransformerLanguageModelConfiguration?

    init() {
        (model.embedding, model.hidden, model.dropout) = (6, 9, 0.1)
        training.steps = 14
        training.batchStreams = 3
        training.bptt = 16
        training.optimizer.learningRate = 0.02
        training.validateEvery = 5
        training.logEvery = 3
        training.saveEvery = 4
        training.clipNorm = 1
        training.accumulate = 2
    }

    func makeModel() -> TextModel {
        let codec = TextCodec(tokenizer: .character(CharacterTokenizer()), learningFrom: [text])
        let network = LanguageNetwork(
            transformer.map { .transformer($0) } ?? .recurrent(model), vocabulary: codec.vocabulary.count,
            key: RandomKey(seed: training.seed).split(0), scalarType: scalarType)
        return TextModel(network: network, codec: codec, unit: .text, recipe: "alphabet")
    }

    func makeTask(_ model: TextModel) throws -> LanguageModelTask {
        let tokens = model.codec.encode(text)
        return try LanguageModelTask(model, training: tokens, validation: Array(tokens.prefix(50)), options: training.options)
    }

    /// The same, learnt by a Transformer of a context that the streams do not divide.
    static var read: Alphabet {
        var alphabet = Alphabet()
        var transformer = TransformerLanguageModelConfiguration()
        (transformer.reader.width, transformer.reader.heads, transformer.reader.feedForward, transformer.reader.layers) = (12, 2, 16, 1)
        transformer.context = 14
        alphabet.transformer = transformer
        return alphabet
    }

    @discardableResult
    func run(in folder: URL, resuming: Bool = false, model: TextModel? = nil, until step: Int = .max) throws -> TrainingOutcome {
        var made = 0
        return try Trainer(try makeTask(model ?? makeModel()), training.run, directory: folder) { _ in }.run(resuming: resuming) {
            made += 1
            return made >= step
        }
    }
}

@Suite("Language models as a task") struct LanguageModelTaskTests {
    /// 240 characters in 3 streams of 80 make 5 pieces an epoch, so two pieces an update end epochs in the middle of updates.
    @Test func interruptedAnywhereAndResumed() throws {
        let folder = try TemporaryFolder()
        let task = Alphabet()
        try task.run(in: folder.folder("whole"))
        let whole = try Output(folder.folder("whole"))
        #expect(whole.files.count == 3)
        for step in 1..<task.training.steps {
            let parted = folder.folder("\(step)")
            #expect(try task.run(in: parted, until: step) == .interrupted(step: step))
            #expect(try task.run(in: parted, resuming: true) == .finished)
            #expect(try whole.differences(from: Output(parted)) == [], "interrupted at \(step)")
        }
    }

    @Test func aTransformerInterruptedAnywhereAndResumed() throws {
        let folder = try TemporaryFolder()
        let task = Alphabet.read
        try task.run(in: folder.folder("whole"))
        let whole = try Output(folder.folder("whole"))
        for step in 1..<task.training.steps {
            let parted = folder.folder("\(step)")
            #expect(try task.run(in: parted, until: step) == .interrupted(step: step))
            #expect(try task.run(in: parted, resuming: true) == .finished)
            #expect(try whole.differences(from: Output(parted)) == [], "interrupted at \(step)")
        }
    }

    /// Every epoch has windows of the context, each read on its own, and cuts the text elsewhere.
    @Test func aTransformersWindowsMoveFromEpochToEpoch() throws {
        let alphabet = Alphabet.read
        let model = alphabet.makeModel()
        let task = try alphabet.makeTask(model)
        #expect(task.carriedAtStart.isEmpty)
        var firsts: [[Int32]] = []
        for epoch in 0..<4 {
            let next = try task.items(from: BatchPosition(epoch: epoch))
            var (pieces, tokens) = (0, 0)
            while let piece = try next() {
                if pieces == 0 { firsts.append(piece.inputs) }
                #expect(piece.time <= 14)
                #expect(task.loss(piece, carried: [], .inference()).carried.isEmpty)
                pieces += 1
                tokens += piece.tokenCount
            }
            #expect(pieces == 6 && (227...240).contains(tokens))
        }
        #expect(Set(firsts).count == 4)
    }

    /// What measuring finds is what a text costs that is fed token by token, over many windows.
    @Test func aTransformerIsMeasuredAsItWrites() throws {
        var alphabet = Alphabet.read
        alphabet.scalarType = .float64
        let model = alphabet.makeModel()
        let tokens = model.codec.encode(String(alphabet.text.prefix(150)))
        var (said, state) = model.network.start([Vocabulary.start], rows: 1, .inference())
        var total = 0.0
        for (place, token) in tokens.enumerated() {
            total -= said.doubles[Int(token)]
            if place < tokens.count - 1 { (said, state) = model.network.step([token], state, .inference()) }
        }
        let found = try model.validation(on: tokens)
        #expect(abs(found.loss - total / 150) < 1e-12)
        #expect(try model.validation(on: tokens, streams: 4).loss == found.loss)
        #expect(found.metrics.map(\.kind) == [.bitsPerCharacter, .perplexity])
        #expect(throws: Error.self) { try model.validation(on: []) }
    }

    @Test func whatIsCarriedIsPartOfTheState() throws {
        let folder = try TemporaryFolder()
        try Alphabet().run(in: folder.url, until: 1)
        let state = try TensorFile(contentsOf: folder.url.appendingPathComponent("state.safetensors"))
        let carried = state.entries.filter { $0.name.hasPrefix("carried.") }
        // Two LSTM layers with a hidden and a cell state each.
        #expect(carried.map(\.shape) == [[3, 9], [3, 9], [3, 9], [3, 9]])
        #expect(try carried.allSatisfy { try state.tensor($0.name).sumOfSquares > 0 })
    }

    /// The second piece's loss is that of a text that was read from its beginning, and not from zeros.
    @Test func theStateGoesOnFromPieceToPiece() throws {
        var alphabet = Alphabet()
        alphabet.scalarType = .float64
        let model = alphabet.makeModel()
        let task = try alphabet.makeTask(model)
        let next = try task.items(from: .init())
        let (first, second) = (try #require(try next()), try #require(try next()))
        let start = task.loss(first, carried: task.carriedAtStart, .inference())
        let carried = task.loss(second, carried: start.carried, .inference()).loss.scalar
        let forgotten = task.loss(second, carried: task.carriedAtStart, .inference()).loss.scalar
        let features = model.network.features(Tensor(first.inputs + second.inputs, shape: [32, 3]), .inference())
        let rest = features.sliced(16..<32, axis: 0)
        let whole = model.network.output.loss(rest, targets: second.targets, scale: 1 / 48, .inference()).scalar
        #expect(abs(carried - whole) < 1e-12)
        #expect(abs(forgotten - whole) > 1e-6)
    }

    /// A learned first state is where the first piece begins, and the first piece alone.
    @Test func aLearnedStateIsTrainedByTheFirstPiece() throws {
        var alphabet = Alphabet()
        alphabet.model.initialState = .learned
        let model = alphabet.makeModel()
        let task = try alphabet.makeTask(model)
        let next = try task.items(from: .init())
        var carried = task.carriedAtStart
        for isFirst in [true, false] {
            let piece = try #require(try next())
            #expect(piece.isFirst == isFirst)
            let result = valueAndGradients(of: model.network) { context in
                let found = task.loss(piece, carried: carried, context)
                return (loss: found.loss, extra: found.carried)
            }
            carried = result.extra
            let learned = zip(model.network.parameters, result.gradients.values).filter { $0.0.name.contains("initial_") }
            #expect(learned.count == 4)
            #expect(learned.allSatisfy { ($0.1 != nil) == isFirst })
        }
    }

    @Test func anEpochBeginsWithZeros() throws {
        let task = try Alphabet().makeTask(Alphabet().makeModel())
        #expect(task.carriedAtStart.map(\.shape) == [[3, 9], [3, 9], [3, 9], [3, 9]])
        #expect(task.carriedAtStart.allSatisfy { $0.sumOfSquares == 0 })
    }

    /// Σ −log p(token | all before) over the text, which is longer than the pieces that it is measured in.
    @Test func validationCarriesTheStateOver() throws {
        var alphabet = Alphabet()
        alphabet.scalarType = .float64
        let model = alphabet.makeModel()
        let tokens = model.codec.encode(String(alphabet.text.prefix(150)))
        let inputs = [Vocabulary.start] + tokens.dropLast()
        let features = model.network.features(Tensor(inputs, shape: [150, 1]), .inference())
        let expected = model.network.output.loss(features, targets: tokens, scale: 1 / 150, .inference()).scalar
        let found = try model.validation(on: tokens)
        #expect(abs(found.loss - expected) < 1e-12)
        #expect(found[.perplexity] == exp(found.loss))
        #expect(found[.bitsPerCharacter] == found.loss / log(2))
        #expect(found.metrics.map(\.kind) == [.bitsPerCharacter, .perplexity])
        let parted = try model.validation(on: tokens, streams: 4)
        #expect(parted.loss != found.loss && abs(parted.loss - found.loss) < 0.2)
        #expect(throws: Error.self) { try model.validation(on: []) }
    }

    @Test func learnsTheTextByHeart() throws {
        let folder = try TemporaryFolder()
        var task = Alphabet()
        task.model.dropout = 0
        task.model.hidden = 24
        task.training.steps = 120
        task.training.accumulate = 1
        task.training.validateEvery = 120
        let model = task.makeModel()
        let tokens = model.codec.encode(task.text)
        let before = try model.validation(on: tokens).loss
        try task.run(in: folder.url, model: model)
        let after = try model.validation(on: tokens).loss
        #expect(before > 2 && after < 0.5)
    }

    @Test func anotherCutIsRefused() throws {
        let folder = try TemporaryFolder()
        let task = Alphabet()
        try task.run(in: folder.url, until: 2)
        func refusal(_ change: (inout Alphabet) -> Void) -> String {
            var changed = task
            change(&changed)
            let error = #expect(throws: TrainingError.self) { try changed.run(in: folder.url, resuming: true) }
            return error?.description ?? ""
        }
        #expect(refusal { $0.training.bptt = 8 }.contains("training.bptt 16, the recipe has 8"))
        #expect(refusal { $0.training.batchStreams = 4 }.contains("training.batch_streams 3, the recipe has 4"))
        #expect(refusal { $0.text += "abc" }.contains("another training data"))
        #expect(refusal { $0.model.cell = .gru }.contains("another model"))
    }
}
