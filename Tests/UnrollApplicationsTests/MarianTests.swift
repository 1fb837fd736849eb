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

@Suite("Marian models") struct MarianTests {
    static let golden = Bundle.module.resourceURL!.appendingPathComponent("Golden/marian")

    private func comparison(_ model: TranslationModel) throws -> MarianComparison {
        try MarianComparison(model, vocabulary: Self.golden.appendingPathComponent("vocab.json"), expected: Self.golden)
    }

    /// What of a model must be the library's.
    private func expectTheLibrarysResults(_ model: TranslationModel) throws {
        let comparison = try comparison(model)
        #expect(comparison.sentences.count == 6)
        let (greedy, beam) = (comparison.found(beam: 1), comparison.found(beam: 4))
        for (place, sentence) in comparison.sentences.enumerated() {
            #expect(comparison.numbers(model.sourceCodec.encode(sentence.source)) == sentence.sourceIds)
            #expect(comparison.numbers(model.targetCodec.encode(sentence.target, end: true)) == sentence.targetIds)
            #expect(try comparison.logitError(place) < 1e-4)
            #expect(comparison.numbers(greedy[place].hypothesis.tokens) == sentence.greedy)
            #expect(greedy[place].strippedText == sentence.greedyText)
            #expect(comparison.numbers(beam[place].hypothesis.tokens) == sentence.beam)
            #expect(beam[place].strippedText == sentence.beamText)
            #expect(abs(beam[place].hypothesis.logProbability - sentence.beamLogProbability) < 1e-4)
        }
    }

    @Test func logitsAndTokensAreTheLibrarys() throws {
        let model = try TranslationModel(marian: Self.golden)
        try expectTheLibrarysResults(model)
        #expect(model.network.configuration.equations.hasSuffix("feed-forward silu 24; post-norm; positions sinusoidal, at most 64"))
        #expect(model.summary[0] == "source: sentencePiece, 81 tokens, each text closed with </s>")
    }

    @Test func theFileHoldsAllOfIt() throws {
        let folder = try MarianFolder()
        let model = try TranslationModel(marian: Self.golden)
        try model.write(to: folder.file("model.safetensors"))
        let read = try TranslationModel(contentsOf: folder.file("model.safetensors"))
        #expect(read.sourceCodec == model.sourceCodec && read.targetCodec == model.targetCodec)
        try expectTheLibrarysResults(read)
    }

    @Test func theWeightsMayBeAFileOfPyTorchs() throws {
        let folder = try MarianFolder()
        try FileManager.default.removeItem(at: folder.file("model.safetensors"))
        try FileManager.default.copyItem(
            at: Self.golden.deletingLastPathComponent().appendingPathComponent("marian.bin"), to: folder.file("pytorch_model.bin"))
        try expectTheLibrarysResults(try TranslationModel(marian: folder.url))
    }

    @Test func theSourcesEndIsPartOfTheAlignment() throws {
        let translator = Translator(try TranslationModel(marian: Self.golden))
        let translation = try translator.translate("die Frau sieht den Hund.")
        #expect(translation.sourceTokens.last == "</s>")
        #expect(try translator.translate("").hypotheses[0].tokens.isEmpty)
        #expect(try translator.translate(" ").sourceTokens.isEmpty)
    }

    @Test func aSentenceBeyondTheLastPositionIsRefused() throws {
        let translator = Translator(try TranslationModel(marian: Self.golden))
        #expect(throws: Never.self) { try translator.translate(String(repeating: "z", count: 62)) }
        let error = #expect(throws: TranslationError.self) { try translator.translate(String(repeating: "z", count: 63)) }
        #expect(error == TranslationError(place: 0, tokenCount: 65, maximum: 64))
    }

    @Test func theCodeOfALanguageIsOneToken() throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration("vocab.json") { $0[">>eng<<"] = $0.removeValue(forKey: "▁for") }
        let codec = try TranslationModel(marian: folder.url).sourceCodec
        #expect(codec.languageCodes == [">>eng<<"])
        // As transformers' tokenizer divides it.
        #expect(codec.tokens(in: ">>eng<< Hund sucht") == [">>eng<<", "▁", "H", "u", "nd", "▁s", "u", "ch", "t", "</s>"])
        #expect(codec.tokens(in: "Hund >>eng<<").contains(">>eng<<") == false)
        #expect(try JSONDecoder().decode(TextCodec.self, from: JSONEncoder().encode(codec)) == codec)
        #expect(codec.encode(">>eng<<") == [codec.vocabulary.id(of: ">>eng<<"), Vocabulary.end])
        #expect(try !TranslationModel(marian: Self.golden).sourceCodec.readsLanguageCodes)
    }

    @Test(arguments: ["model.shared.weight", "lm_head.weight", "model.decoder.embed_tokens.weight"])
    func aSharedTableMayHaveAnyOfItsNames(_ name: String) throws {
        let folder = try MarianFolder()
        try folder.changeWeights { $0[name] = $0.removeValue(forKey: "model.shared.weight") }
        try expectTheLibrarysResults(try TranslationModel(marian: folder.url))
    }

    @Test(arguments: [(ElementType.float16, WeightPrecision.float32), (.bfloat16, .bfloat16)])
    func weightsMayHaveSixteenBits(_ type: ElementType, _ precision: WeightPrecision) throws {
        let (halved, whole) = (try MarianFolder(), try MarianFolder())
        let rounded = try halved.halveWeights(type)
        try whole.changeWeights { $0 = rounded }
        let (model, expected) = (try TranslationModel(marian: halved.url), try TranslationModel(marian: whole.url))
        for (one, other) in zip(model.network.parameters, expected.network.parameters) {
            #expect(one.parameter.value.isIdentical(to: other.parameter.value), "\(one.name)")
            #expect(one.parameter.precision == (one.parameter.shape.rank == 2 ? precision : .float32), "\(one.name)")
        }
        let (found, wanted) = (try comparison(model).found(beam: 4), try comparison(expected).found(beam: 4))
        for (one, other) in zip(found, wanted) {
            #expect(one.hypothesis.tokens == other.hypothesis.tokens)
            #expect(one.hypothesis.logProbability == other.hypothesis.logProbability)
        }
    }

    @Test func positionsMayStandInTheFile() throws {
        let folder = try MarianFolder()
        var sinusoids: [Double] = []
        for position in 0..<64 {
            for feature in 0..<16 {
                let angle = Double(position) / pow(10_000, Double(feature % 8) / 8)
                sinusoids.append(feature < 8 ? sin(angle) : cos(angle))
            }
        }
        let table = Tensor(sinusoids, shape: [64, 16], scalarType: .float32)
        try folder.changeWeights { $0["model.encoder.embed_positions.weight"] = table }
        try expectTheLibrarysResults(try TranslationModel(marian: folder.url))
        try folder.changeWeights { $0["model.encoder.embed_positions.weight"] = .zeros([64, 16]) }
        #expect(folder.refusal.contains("positions \"model.encoder.embed_positions.weight\" that are not sines and cosines"))
    }

    /// A model that keeps its tables apart, and one whose output layer has a weight of its own, compute the same if these are equal.
    @Test(arguments: [true, false], [true, false])
    func tablesMayBeApart(shared: Bool, tied: Bool) throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration {
            $0["share_encoder_decoder_embeddings"] = shared
            $0["tie_word_embeddings"] = tied
        }
        try FileManager.default.copyItem(at: folder.file("vocab.json"), to: folder.file("target_vocab.json"))
        try folder.changeWeights {
            let table = $0["model.shared.weight"]!
            if !shared {
                $0["model.shared.weight"] = nil
                $0["model.encoder.embed_tokens.weight"] = table
                $0["model.decoder.embed_tokens.weight"] = table
            }
            if !tied { $0["lm_head.weight"] = table }
        }
        let model = try TranslationModel(marian: folder.url)
        #expect(model.network.configuration.tiedEmbeddings == (!tied ? .none : shared ? .all : .output))
        try expectTheLibrarysResults(model)
    }

    /// √16 = 4: with a table that is 4 times as large, unscaled token vectors are the same, and logits 4 times as large, which the last norm takes back.
    @Test func tokenVectorsMayBeUnscaled() throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration { $0["scale_embedding"] = false }
        try folder.changeWeights {
            $0["model.shared.weight"] = $0["model.shared.weight"]! * 4
            for part in ["weight", "bias"] {
                let name = "model.decoder.layers.1.final_layer_norm.\(part)"
                $0[name] = $0[name]! / 4
            }
        }
        try expectTheLibrarysResults(try TranslationModel(marian: folder.url))
    }
}

/// Larger than a test should be: models of the size that is published, where `UNROLL_MARIAN` names a folder that
/// `Scripts/golden/marian_golden.py --real` has written.
@Suite struct RealMarianTests {
    static let folder = ProcessInfo.processInfo.environment["UNROLL_MARIAN"].map { URL(fileURLWithPath: $0) }

    @Test(
        .enabled(
            if: folder != nil,
            "run Scripts/golden/marian_golden.py --real with a folder, which needs the Python package, and set UNROLL_MARIAN to that folder"
        ))
    func logitsAndTokensAreTheLibrarys() throws {
        let folder = try #require(Self.folder)
        let directory = folder.appendingPathComponent("model")
        let comparison = try MarianComparison(
            try TranslationModel(marian: directory), vocabulary: directory.appendingPathComponent("vocab.json"), expected: folder)
        #expect(comparison.sentences.count == 200)
        let (greedy, beam) = (comparison.found(beam: 1), comparison.found(beam: 4))
        var worst: Float = 0
        for (place, sentence) in comparison.sentences.enumerated() {
            worst = max(worst, try comparison.logitError(place))
            #expect(comparison.numbers(comparison.model.sourceCodec.encode(sentence.source)) == sentence.sourceIds)
            #expect(comparison.numbers(greedy[place].hypothesis.tokens) == sentence.greedy)
            #expect(comparison.numbers(beam[place].hypothesis.tokens) == sentence.beam)
            #expect(greedy[place].strippedText == sentence.greedyText && beam[place].strippedText == sentence.beamText)
        }
        print("the largest difference of a logit over \(comparison.sentences.count) sentences: \(worst)")
        #expect(worst < 1e-4)
    }
}
