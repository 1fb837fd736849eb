import Foundation
import Testing
import UnrollCheckpoints
import UnrollDecoding
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollApplications

@Suite("Writing text", .serialized) struct GeneratorTests {
    /// A network with weights drawn at random, which is sure of itself: it writes nonsense, but always the same.
    private static func model(_ tokenizer: StoredTokenizer, unit: TextUnit) -> TextModel {
        var configuration = LanguageModelConfiguration()
        (configuration.embedding, configuration.hidden) = (8, 14)
        let codec = TextCodec(tokenizer: tokenizer, learningFrom: ["the cat sat , on a mat .\n", "so it did ! the end"])
        let network = LanguageModel(configuration, vocabulary: codec.vocabulary.count, key: RandomKey(seed: 31))
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.8, key: RandomKey(seed: 32).split(place)))
        }
        return TextModel(network: .recurrent(network), codec: codec, unit: unit, recipe: "drawn at random")
    }

    private static let models = [
        model(.whitespace(WhitespaceTokenizer()), unit: .line), model(.character(CharacterTokenizer()), unit: .text),
        model(.word(WordTokenizer()), unit: .line),
    ]

    private static func stream(_ generator: Generator, _ prompt: String, _ count: Int) -> String {
        generator.stream(prompt).prefix(count).reduce("", +)
    }

    @Test(arguments: [0, 1, 2])
    func aSampleIsTheSameAloneAndBesideOthers(_ index: Int) {
        let model = Self.models[index]
        let alone = TextGeneration(model, prompt: "the cat").prefix(40).map { $0[0] }
        let together = Array(TextGeneration(model, prompt: "the cat", samples: 5).prefix(40))
        #expect(together.map { $0[0] } == alone)
        #expect(Set(together.map { $0.map(\.token) }.transposed()).count == 5, "the samples differ")
        let generator = Generator(model)
        #expect(generator.texts("the cat", tokens: 40, samples: 5)[0] == Self.stream(generator, "the cat", 40))
    }

    @Test func theNumberOfThreadsChangesNothing() {
        let before = Processor.threads
        defer { Processor.threads = before }
        let texts = [1, 2, 5].map { threads in
            Processor.threads = threads
            return Array(TextGeneration(Self.models[1], prompt: "a mat", samples: 3).prefix(30))
        }
        #expect(texts[0] == texts[1] && texts[0] == texts[2])
    }

    /// Reading the whole text so far at every token, without any state carried over.
    @Test func goesOnAsIfTheWholeTextWereReadAnew() throws {
        let model = Self.models[0]
        var tokens: [Int32] = [Vocabulary.end] + model.codec.encode("the cat")
        let sampler = Sampler(SamplingOptions(), forbidden: [0, 1, 2])
        for (place, drawn) in TextGeneration(model, prompt: "the cat").prefix(30).enumerated() {
            let features = model.network.features(Tensor(tokens, shape: [tokens.count, 1]), .inference())
            let values = model.network.output.logProbabilities(features.at(tokens.count - 1), .inference()).floats
            let token = try #require(sampler.token(values, at: place))
            #expect(drawn[0].token == model.codec.vocabulary.token(for: token))
            #expect(drawn[0].logProbability == Double(values[Int(token)]))
            tokens.append(token)
        }
    }

    @Test func linesEndAndWordsStandApart() {
        let model = Self.models[0]
        var options = SamplingOptions()
        options.temperature = 2
        let drawn = TextGeneration(model, prompt: "the cat\nso", options: options).prefix(200).map { $0[0] }
        #expect(drawn.contains { $0.text == "\n" && $0.token == "</s>" })
        for (token, before) in zip(drawn.dropFirst(), drawn) where token.token != "</s>" {
            #expect(token.text == (before.token == "</s>" ? "" : " ") + token.token)
        }
        #expect(drawn[0].token == "</s>" || drawn[0].text.hasPrefix(" "))
        #expect(!drawn.contains { ["<pad>", "<unk>", "<s>"].contains($0.token) })
    }

    @Test func aTextOfCharactersHasNoEnd() {
        let drawn = TextGeneration(Self.models[1]).prefix(300).map { $0[0] }
        #expect(drawn.count == 300)
        #expect(drawn.allSatisfy { $0.text == $0.token && $0.token.unicodeScalars.count == 1 })
    }

    @Test func aGeneratorLetsNothingStandTwiceEither() {
        let model = Self.models[1]
        let drawn = TextGeneration(model, prompt: "cat", noRepeat: 2).prefix(30).map { $0[0].text }.joined()
        let generator = Generator(model, noRepeat: 2)
        #expect(generator.texts("cat", tokens: 30) == [drawn] && Self.stream(generator, "cat", 30) == drawn)
        #expect(Generator(model).texts("cat", tokens: 30) != [drawn])
    }

    @Test(arguments: [1, 2, 3]) func noNGramOfPromptAndTextStandsTwice(_ n: Int) {
        let model = Self.models[1]
        let repeats = { (noRepeat: Int?) in
            let drawn = TextGeneration(model, prompt: "cat", samples: 3, noRepeat: noRepeat).prefix(60)
            return drawn.map { $0.map(\.token) }.transposed().map { tokens -> Bool in
                let all = ["c", "a", "t"] + tokens
                let grams = (0...all.count - n).map { Array(all[$0..<$0 + n]) }
                return Set(grams).count < grams.count
            }
        }
        #expect(repeats(n) == [false, false, false])
        #expect(repeats(nil) == [true, true, true])
    }

    @Test func temperatureZeroTakesTheLikeliest() {
        var options = SamplingOptions()
        options.temperature = 0
        let generator = Generator(Self.models[0], options: options)
        #expect(Set(generator.texts("a mat", tokens: 30, samples: 3)).count == 1)
        options.seed = 9
        #expect(Generator(Self.models[0], options: options).texts("a mat", tokens: 30) == generator.texts("a mat", tokens: 30))
    }

    @Test func wordsThatThePromptDoesNotShareAreNamed() {
        #expect(Self.models[0].unknownTokens(in: "the dog and the\ndog ran") == ["dog", "and", "ran"])
        #expect(Self.models[1].unknownTokens(in: "mat\nz").map { $0 } == ["z"])
        #expect(Generator(Self.models[0]).texts("dogs ran", tokens: 3).count == 1)
    }

    @Test func aModelThatIsNoNumberEndsAtOnce() {
        let model = Self.model(.whitespace(WhitespaceTokenizer()), unit: .line)
        model.network.output.bias.set(Tensor(repeating: .nan, shape: model.network.output.bias.shape))
        #expect(Generator(model).texts("the", tokens: 5) == [""])
    }

    @Test(arguments: [0, 1, 2])
    func theFileGivesTheSameModel(_ index: Int) throws {
        let model = Self.models[index]
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-generator-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        try model.write(to: url)
        let read = try Generator(contentsOf: url)
        #expect(read.model.codec == model.codec && read.model.unit == model.unit && read.model.recipe == model.recipe)
        #expect(read.model.network.configuration == model.network.configuration)
        #expect(Self.stream(read, "the", 20) == Self.stream(Generator(model), "the", 20))
        #expect(try ModelKind.model(contentsOf: url) is TextModel)

        let error = #expect(throws: CheckpointError.self) { try TranslationModel(contentsOf: url) }
        #expect(error?.kind == .notAModel)
        #expect(error?.message == "holds a language model, which 'unroll generate' uses; a translation model is wanted here")
        let translation = try SampleModel()
        let other = #expect(throws: CheckpointError.self) { try Generator(contentsOf: translation.url) }
        #expect(other?.message == "holds a translation model, which 'unroll translate' uses; a language model is wanted here")
    }
}

extension [[String]] {
    fileprivate func transposed() -> [[String]] { self[0].indices.map { column in map { $0[column] } } }
}
