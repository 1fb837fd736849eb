import Foundation
import Testing
import UnrollCheckpoints
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollApplications

@Suite("Classifier, tagger and regressor", .serialized) struct LabellerTests {
    /// Weights drawn at random, large enough that answers differ.
    private static func shaken<Network: Module>(_ network: Network) -> Network {
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.5, key: RandomKey(seed: 7).split(place)))
        }
        return network
    }

    private static func classifier(_ pooling: PoolingKind) -> ClassificationModel {
        var configuration = SequenceClassifierConfiguration()
        var reader = ReaderConfiguration()
        (reader.hidden, reader.layers) = (11, 2)
        (configuration.embedding, configuration.reader, configuration.pooling) = (7, .recurrent(reader), pooling)
        let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a b c d e f g h , ."])
        let network = SequenceClassifier(configuration, vocabulary: codec.vocabulary.count, classes: 3, key: RandomKey(seed: 1))
        return ClassificationModel(
            network: shaken(network), codec: codec, labels: LabelSet(["yes", "no", "perhaps"]), recipe: "drawn at random")
    }

    private static func tagger(characters: Int = 3) -> TaggingModel {
        var configuration = SequenceTaggerConfiguration()
        (configuration.embedding, configuration.characterEmbedding, configuration.characterHidden) = (7, 4, characters)
        var reader = ReaderConfiguration()
        reader.hidden = 11
        configuration.reader = .recurrent(reader)
        var (words, letters) = (TokenCounter(), TokenCounter())
        words.add(["the", "cat", "sat"])
        letters.add("thecasun".map { String($0) })
        let (wordVocabulary, letterVocabulary) = (Vocabulary(words), Vocabulary(letters))
        let network = SequenceTagger(
            configuration, words: wordVocabulary.count, characters: letterVocabulary.count, tags: 3, key: RandomKey(seed: 1))
        return TaggingModel(
            network: shaken(network), words: wordVocabulary, characters: letterVocabulary, tags: LabelSet(["O", "B-x", "I-x"]),
            recipe: "drawn at random")
    }

    private static func regressor() -> RegressionModel {
        var configuration = SequenceRegressorConfiguration()
        (configuration.reader.hidden, configuration.reader.bidirectional) = (11, true)
        let network = SequenceRegressor(configuration, features: 3, outputs: 2, key: RandomKey(seed: 1))
        return RegressionModel(network: shaken(network), features: 3, outputs: 2, recipe: "drawn at random")
    }

    private static let texts = ["a b c", "", "h", "a a a a a a a, b.", "unheard of", "c, d. e f g h", "h"]
    private static let sentences: [[String]] = [
        ["the", "cat", "sat"], [], ["sun"], ["the", "the", "the", "tea", "sat", "nuts"], ["日本", "cat"], ["cat"],
    ]
    private static let sequences: [[[Float]]] = [0, 1, 4, 9, 5, 3].map { time in
        let key = RandomKey(seed: UInt64(time))
        return (0..<time).map { step in (0..<3).map { feature in Float(key.uniform(3 * step + feature)) } }
    }

    @Test(arguments: PoolingKind.allCases)
    func aTextIsTheSameAloneAndAmongOthers(_ pooling: PoolingKind) throws {
        let classifier = Classifier(Self.classifier(pooling))
        let together = try classifier.classify(Self.texts)
        #expect(Set(together.map(\.probability)).count > 3)
        for (text, found) in zip(Self.texts, together) {
            #expect(try classifier.classify(text) == found)
            #expect(found.text == text && found.candidates.count == 3)
            #expect(abs(found.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
            #expect(found.candidates.map(\.probability) == found.candidates.map(\.probability).sorted(by: >))
            #expect(found.attention.count == (pooling == .attention ? found.tokens.count : 0))
            if !found.attention.isEmpty { #expect(abs(found.attention.reduce(0, +) - 1) < 1e-5) }
        }
    }

    @Test(arguments: [0, 3])
    func aSentenceIsTheSameAloneAndAmongOthers(_ characters: Int) throws {
        let tagger = Tagger(Self.tagger(characters: characters))
        let together = try tagger.tag(Self.sentences)
        for (words, found) in zip(Self.sentences, together) {
            #expect(try tagger.tag([words]) == [found])
            #expect(found.words.map(\.text) == words)
            #expect(found.words.allSatisfy { $0.probability > 1 / 3.0 && $0.probability <= 1 })
        }
        #expect(try tagger.tag("the  cat sat") == together[0])
        #expect(Set(together.joined.map(\.probability)).count > 5)
    }

    @Test func aSequenceIsTheSameAloneAndAmongOthers() throws {
        let regressor = Regressor(Self.regressor())
        let together = try regressor.outputs(ofAll: Self.sequences)
        for (sequence, found) in zip(Self.sequences, together) {
            #expect(try regressor.outputs(of: sequence) == found)
            #expect(found.count == 2)
        }
        #expect(Set(together).count == 6)
    }

    /// Unknown words that are spelt alike are alike; without characters all unknown words are.
    @Test func charactersTellUnknownWordsApart() throws {
        let (with, without) = (Tagger(Self.tagger()), Tagger(Self.tagger(characters: 0)))
        let probability = { (tagger: Tagger, word: String) in try tagger.tag([[word]])[0].words[0].probability }
        #expect(try probability(with, "tun") != probability(with, "nut"))
        #expect(try probability(without, "tun") == probability(without, "nut"))
        #expect(try probability(with, String(repeating: "t", count: 5_000)) == probability(with, String(repeating: "t", count: 100)))
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let before = Processor.threads
        defer { Processor.threads = before }
        let found = try [1, 2, 5].map { threads in
            Processor.threads = threads
            return (
                try Classifier(Self.classifier(.attention)).classify(Self.texts), try Tagger(Self.tagger()).tag(Self.sentences),
                try Regressor(Self.regressor()).outputs(ofAll: Self.sequences)
            )
        }
        for others in found.dropFirst() { #expect(others.0 == found[0].0 && others.1 == found[0].1 && others.2 == found[0].2) }
    }

    @Test func whatIsTooLongOrOfAnotherSizeIsRefused() throws {
        let classifier = Classifier(Self.classifier(.last), maximumTokens: 3)
        let long = #expect(throws: LengthError.self) { try classifier.classify(["a", "a b c d"]) }
        #expect(long == LengthError(place: 1, tokenCount: 4, maximum: 3))
        #expect(throws: LengthError.self) { try Tagger(Self.tagger(), maximumWords: 1).tag("the cat") }
        let wrong = #expect(throws: SequenceError.self) { try Regressor(Self.regressor()).outputs(ofAll: [[], [[1, 2, 3], [1, 2]]]) }
        #expect(wrong == SequenceError(place: 1, step: 1, count: 2, expected: 3))
        #expect(wrong?.description == "step 2 of sequence 2 has 2 numbers, and the model reads 3")
    }

    @Test func theFilesGiveTheSameModels() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-labellers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = { (name: String) in folder.appendingPathComponent(name) }
        try Self.classifier(.attention).write(to: url("classifier"))
        try Self.tagger().write(to: url("tagger"))
        try Self.regressor().write(to: url("regressor"))
        #expect(
            try Classifier(contentsOf: url("classifier")).classify(Self.texts)
                == Classifier(Self.classifier(.attention)).classify(Self.texts))
        #expect(try Tagger(contentsOf: url("tagger")).tag(Self.sentences) == Tagger(Self.tagger()).tag(Self.sentences))
        #expect(
            try Regressor(contentsOf: url("regressor")).outputs(ofAll: Self.sequences)
                == Regressor(Self.regressor()).outputs(ofAll: Self.sequences))
        for (name, kind) in [("classifier", ModelKind.classification), ("tagger", .tagging), ("regressor", .regression)] {
            let model = try ModelKind.model(contentsOf: url(name))
            #expect(type(of: model).kind == kind && model.recipe == "drawn at random")
        }
        let error = #expect(throws: CheckpointError.self) { try Classifier(contentsOf: url("tagger")) }
        #expect(error?.message == "holds a tagger, which 'unroll tag' uses; a classifier is wanted here")
    }
}

extension [TaggedText] {
    fileprivate var joined: [TaggedText.Word] { flatMap(\.words) }
}
