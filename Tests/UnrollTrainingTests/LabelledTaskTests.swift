import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollTraining

/// Small tasks of each kind, which take seconds.
private enum SmallTask {
    static func run() -> TrainingConfiguration {
        var run = TrainingConfiguration()
        run.steps = 9
        run.optimizer.learningRate = 0.02
        (run.validateEvery, run.logEvery, run.saveEvery) = (4, 2, 3)
        return run
    }

    static let sentences: [TaggedSentence] = (0..<30).map { number in
        let words = (0...number % 5).map { ["ab", "ba", "c", "dca", "abba"][(number * 7 + $0 * 3) % 5] }
        return TaggedSentence(words: words, tags: words.map { $0.hasPrefix("a") ? "B-x" : "O" }, lineNumber: number + 1)
    }

    static let texts: [LabelledText] = sentences.map { sentence in
        LabelledText(
            text: sentence.words.joined(separator: " "), label: sentence.words.contains("c") ? "has" : "lacks",
            lineNumber: sentence.lineNumber)
    }

    private static let reader: SequenceReaderConfiguration = {
        var reader = ReaderConfiguration()
        (reader.hidden, reader.dropout) = (7, 0.1)
        return .recurrent(reader)
    }()

    static let transformer: SequenceReaderConfiguration = {
        var reader = TransformerReaderConfiguration()
        (reader.width, reader.heads, reader.feedForward, reader.layers, reader.positions) = (12, 2, 9, 1, .learned)
        return .transformer(reader, maximumPositions: 7)
    }()

    static func classification(_ pooling: PoolingKind = .attention, reader: SequenceReaderConfiguration = reader, bptt: Int? = nil) throws
        -> ClassificationTask
    {
        var configuration = SequenceClassifierConfiguration()
        (configuration.embedding, configuration.reader, configuration.pooling) = (6, reader, pooling)
        let codec = TextCodec(tokenizer: .whitespace(WhitespaceTokenizer()), learningFrom: texts.map(\.text))
        let labels = LabelSet(texts.map(\.label))
        let network = SequenceClassifier(
            configuration, vocabulary: codec.vocabulary.count, classes: labels.count, key: RandomKey(seed: 1))
        var options = ClassificationOptions()
        (options.batches.batchSentences, options.batches.bptt) = (8, bptt)
        return try ClassificationTask(
            ClassificationModel(network: network, codec: codec, labels: labels, recipe: ""), training: texts,
            validation: Array(texts.prefix(11)), options: options, seed: 1)
    }

    static func tagging(reader: SequenceReaderConfiguration = reader, bptt: Int? = nil) throws -> TaggingTask {
        var configuration = SequenceTaggerConfiguration()
        (configuration.embedding, configuration.characterEmbedding, configuration.characterHidden) = (6, 4, 3)
        configuration.reader = reader
        var (words, characters) = (TokenCounter(), TokenCounter())
        words.add(sentences.flatMap(\.words))
        characters.add(["a", "b", "c"])
        let model = TaggingModel(
            network: SequenceTagger(configuration, words: 9, characters: 7, tags: 2, key: RandomKey(seed: 1)), words: Vocabulary(words),
            characters: Vocabulary(characters), tags: LabelSet(sentences.flatMap(\.tags)), recipe: "")
        var options = TaggingOptions()
        (options.batches.batchTokens, options.batches.bptt) = (20, bptt)
        return try TaggingTask(model, training: sentences, validation: Array(sentences.prefix(11)), options: options, seed: 1)
    }

    /// Tones of two heights.
    static let recordings: [Recording] = (0..<30).map { place in
        let period = place % 2 == 0 ? 4 : 10
        return Recording(
            samples: (0..<40 + 3 * place).map { ($0 + place) % period < period / 2 ? 0.5 : -0.5 }, label: place % 2 == 0 ? "high" : "low")
    }

    static func audio() throws -> AudioTask {
        var configuration = AudioClassifierConfiguration()
        (configuration.convolution.strides, configuration.convolution.channels, configuration.convolution.blocks) = ([2], 6, 2)
        (configuration.convolution.dropout, configuration.pooling) = (0.1, .max)
        var (augmentation, options) = (AudioAugmentation(), AudioOptions())
        (augmentation.speed, augmentation.noise, augmentation.shift) = (0.05, 0.1, 3)
        options.batchRecordings = 8
        let labels = LabelSet(["high", "low"])
        return try AudioTask(
            AudioModel(
                network: AudioClassifier(configuration, classes: 2, key: RandomKey(seed: 1)), sampleRate: 8000, labels: labels, recipe: ""),
            training: recordings, validation: Array(recordings.prefix(11)), augmentation: augmentation, options: options, seed: 1)
    }

    static func regression(bptt: Int? = nil) throws -> RegressionTask {
        var configuration = SequenceRegressorConfiguration()
        (configuration.reader.hidden, configuration.reader.dropout) = (7, 0.1)
        let network = SequenceRegressor(configuration, features: 2, key: RandomKey(seed: 1))
        let generator = try AddingGenerator(seed: 1, length: 6)
        var options = RegressionOptions()
        (options.batchSequences, options.bptt) = (5, bptt)
        return RegressionTask(
            RegressionModel(network: network, features: 2, outputs: 1, recipe: ""), training: NumberCorpus(generator, count: 23, stream: 1),
            validation: NumberCorpus(generator, count: 7, stream: 2), options: options, seed: 1)
    }
}

@Suite("Classification, tagging and regression as tasks") struct LabelledTaskTests {
    private func checkResuming<Task: TrainingTask>(_ make: () throws -> Task) throws {
        let folder = try TemporaryFolder()
        func train(_ name: String, resuming: Bool = false, until step: Int = .max) throws -> Output {
            var made = 0
            _ = try Trainer(make(), SmallTask.run(), directory: folder.folder(name)) { _ in }.run(resuming: resuming) {
                made += 1
                return made >= step
            }
            return try Output(folder.folder(name))
        }
        let whole = try train("whole")
        #expect(whole.files.count == 3)
        for step in 1..<9 {
            _ = try train("\(step)", until: step)
            #expect(try whole.differences(from: train("\(step)", resuming: true)) == [], "interrupted at \(step)")
        }
    }

    @Test func interruptedAnywhereAndResumed() throws {
        try checkResuming { try SmallTask.classification() }
        try checkResuming { try SmallTask.tagging() }
        try checkResuming { try SmallTask.classification(.mean, reader: SmallTask.transformer) }
        try checkResuming { try SmallTask.tagging(reader: SmallTask.transformer) }
        try checkResuming { try SmallTask.regression() }
        try checkResuming { try SmallTask.audio() }
    }

    /// What is too long for learnt positions is an error with its line, before anything is learnt.
    @Test func sequencesBeyondThePositionsAreRefused() throws {
        var reader = TransformerReaderConfiguration()
        (reader.width, reader.heads, reader.positions) = (12, 2, .learned)
        let short = SequenceReaderConfiguration.transformer(reader, maximumPositions: 2)
        let texts = #expect(throws: CorpusError.self) { try SmallTask.classification(reader: short) }
        #expect(texts?.kind == .tooLong && texts?.message.contains("tokens, and the model has positions for 2") == true)
        let words = #expect(throws: CorpusError.self) { try SmallTask.tagging(reader: short) }
        #expect(words?.kind == .tooLong && words?.message.contains("words, and the model has positions for 2") == true)
    }

    /// The recipe's key reaches the gradients of every task, and its values stay.
    @Test func gradientsAreCutWhereTheOptionsSaySo() throws {
        func check<Task: TrainingTask>(_ make: (Int?) throws -> Task) throws {
            let results = try [nil, 1, 100].map { bptt in
                let task = try make(bptt)
                let item = try #require(try task.items(from: BatchPosition())())
                return valueAndGradients(of: task.network) { context in
                    (loss: task.loss(item, carried: task.carriedAtStart, context).loss, extra: ())
                }
            }
            let gradients = results.map { $0.gradients.values.map { $0?.dense.floats ?? [] } }
            #expect(results[1].loss == results[0].loss && results[2].loss == results[0].loss)
            #expect(gradients[1] != gradients[0] && gradients[2] == gradients[0])
        }
        try check { try SmallTask.classification(bptt: $0) }
        try check { try SmallTask.tagging(bptt: $0) }
        try check { try SmallTask.regression(bptt: $0) }
    }

    private func validations<Task: TrainingTask>(_ task: Task, steps: Int) throws -> (before: Validation, after: Validation) {
        let folder = try TemporaryFolder()
        var run = SmallTask.run()
        run.steps = steps
        run.validateEvery = steps
        let before = try task.validate()
        _ = try Trainer(task, run, directory: folder.url) { _ in }.run()
        return (before, try task.validate())
    }

    @Test(arguments: PoolingKind.allCases)
    func learnsClasses(_ pooling: PoolingKind) throws {
        let (before, after) = try validations(SmallTask.classification(pooling), steps: 120)
        #expect(after.loss < before.loss / 3)
        #expect(after.metrics.map(\.kind) == [.accuracy])
        #expect(after[.accuracy] == 1)
    }

    @Test func learnsTags() throws {
        let (before, after) = try validations(SmallTask.tagging(), steps: 80)
        #expect(after.loss < before.loss / 3)
        #expect(after.metrics.map(\.kind) == [.accuracy, .precision, .recall, .f1])
        #expect(after[.accuracy] == 1 && after[.f1] == 1)
    }

    @Test func learnsSounds() throws {
        let (before, after) = try validations(SmallTask.audio(), steps: 100)
        #expect(after.loss < before.loss / 3)
        #expect(after.metrics.map(\.kind) == [.accuracy] && after[.accuracy] == 1)
    }

    @Test func learnsSums() throws {
        let (before, after) = try validations(SmallTask.regression(), steps: 300)
        #expect(after.loss < before.loss / 3)
        #expect(after[.meanSquaredError] == after.loss)
        #expect(try #require(after[.meanAbsoluteError]) < after.loss.squareRoot() + 1e-12)
    }

    /// Every text of a batch counts alike, and padding for nothing.
    @Test func aBatchsLossIsTheMeanOfItsTexts() throws {
        let task = try SmallTask.classification(.max)
        let next = try task.items(from: .init())
        var batch = try #require(try next())
        while Set(batch.source.lengths).count == 1 { batch = try #require(try next()) }
        let whole = task.loss(batch, carried: [], .inference())
        #expect(whole.tokens == batch.source.tokenCount && whole.carried.isEmpty)
        let model = task.network
        let losses = (0..<batch.count).map { row in
            let tokens = batch.source[row]
            let label: Int32 = SmallTask.texts[batch.indices[row]].label == "has" ? 0 : 1
            let (features, _) = model(Tensor(tokens, shape: [tokens.count, 1]), lengths: [Int32(tokens.count)], .inference())
            return model.output.loss(features, targets: [label], .inference()).scalar
        }
        #expect(abs(whole.loss.scalar - losses.reduce(0, +) / Double(batch.count)) < 1e-6)
    }

    @Test func labelsThatAreUnknownCountAsWrong() throws {
        let folder = try TemporaryFolder()
        try SmallTask.classification().writeModel(to: folder.url.appendingPathComponent("model"))
        let model = try ClassificationModel(contentsOf: folder.url.appendingPathComponent("model"))
        let known = Array(SmallTask.texts.prefix(4))
        let strange = known.map { LabelledText(text: $0.text, label: "strange", lineNumber: 1) }
        let (alone, mixed) = (try model.validation(on: known), try model.validation(on: known + strange))
        #expect(alone.loss == mixed.loss)
        #expect(try #require(alone[.accuracy]) == 2 * #require(mixed[.accuracy]))
        let error = #expect(throws: CorpusError.self) { try model.validation(on: strange) }
        #expect(error?.message.contains("such as 'strange', is one that the model knows, such as 'has'") == true)
    }

    @Test func longOnesAreLeftOutAndNoneIsAnError() throws {
        var options = TaggingOptions()
        options.batches.maximumLength = 2
        options.batches.batchSentences = 100
        let folder = try TemporaryFolder()
        try SmallTask.tagging().writeModel(to: folder.url.appendingPathComponent("model"))
        let model = try TaggingModel(contentsOf: folder.url.appendingPathComponent("model"))
        let task = try TaggingTask(
            model, training: SmallTask.sentences, validation: SmallTask.sentences, options: options, seed: 1)
        let batch = try #require(try task.items(from: .init())())
        #expect(batch.count == SmallTask.sentences.count { $0.words.count <= 2 })
        let long = SmallTask.sentences.filter { $0.words.count > 2 }
        #expect(throws: CorpusError.self) {
            try TaggingTask(model, training: long, validation: SmallTask.sentences, options: options, seed: 1)
        }
        #expect(throws: CorpusError.self) {
            try TaggingTask(model, training: SmallTask.sentences, validation: [], options: options, seed: 1)
        }
    }
}
