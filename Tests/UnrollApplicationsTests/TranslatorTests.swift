import Foundation
import Testing
import UnrollCheckpoints
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollApplications

@Suite("Translator") struct TranslatorTests {
    /// Everything in a translation, its numbers as bits.
    private func bits(_ translation: Translation) -> [String] {
        var parts = [translation.source] + translation.sourceTokens
        for hypothesis in translation.hypotheses {
            parts.append(hypothesis.text)
            parts += hypothesis.tokens
            parts.append("\(hypothesis.score.bitPattern) \(hypothesis.logProbability.bitPattern) \(hypothesis.isComplete)")
            for weights in hypothesis.alignment { parts.append("\(weights.map(\.bitPattern))") }
        }
        return parts
    }

    private func options(best: Int) -> SearchOptions {
        var options = SearchOptions()
        options.best = best
        options.wantsAlignments = true
        return options
    }

    @Test(arguments: SequenceToSequenceConfiguration.AttentionChoice.allCases)
    func aTextIsTheSameAloneAndAmongOthers(_ attention: SequenceToSequenceConfiguration.AttentionChoice) throws {
        let model = try SampleModel(attention)
        let translator = try Translator(contentsOf: model.url, options: options(best: 3))
        let alone = try SampleModel.texts.map { bits(try translator.translate($0)) }
        let together = try translator.translate(SampleModel.texts)
        #expect(together.map(bits) == alone)
        #expect(together.map(\.source) == SampleModel.texts)
        let many = try translator.translate(Array(repeating: SampleModel.texts, count: 8).flatMap(\.self))
        #expect(many.map(bits) == Array(repeating: alone, count: 8).flatMap(\.self))
        let again = try Translator(contentsOf: model.url, options: options(best: 3))
        #expect(try again.translate(SampleModel.texts).map(bits) == alone)
        #expect(Set(together.map { $0.hypotheses[0].score }).count == Set(SampleModel.texts).count, "it looks at its source")
    }

    @Test(arguments: SequenceToSequenceConfiguration.AttentionChoice.allCases)
    func eightTasksAtOnceGetTheSameBits(_ attention: SequenceToSequenceConfiguration.AttentionChoice) async throws {
        let model = try SampleModel(attention)
        let expected = try Translator(contentsOf: model.url).translate(SampleModel.texts).map(bits)
        // Opened anew, so that the tasks also meet where weights are packed at their first use.
        let translator = try Translator(contentsOf: model.url)
        try await withThrowingTaskGroup(of: (Int, [[String]]).self) { group in
            for task in 0..<8 {
                group.addTask {
                    // Half of them one by one, half of them together; each from another text on.
                    let turned = Array(SampleModel.texts[task...] + SampleModel.texts[..<task])
                    let found = task % 2 == 0 ? try turned.map { try translator.translate($0) } : try translator.translate(turned)
                    return (task, found.map(bits))
                }
            }
            var finished = 0
            for try await (task, found) in group {
                #expect(found == Array(expected[task...] + expected[..<task]), "task \(task)")
                finished += 1
            }
            #expect(finished == 8)
        }
    }

    @Test(arguments: ["", " ", "\t \u{3000}\u{A0}"])
    func aTextOfNothingButWhiteSpaceGivesAnEmptyOne(text: String) throws {
        let model = try SampleModel()
        let translator = try Translator(contentsOf: model.url)
        let translation = try translator.translate(text)
        #expect(translation.source == text)
        #expect(translation.text == "")
        #expect(translation.sourceTokens == [])
        #expect(translation.hypotheses.count == 1)
        #expect(translation.hypotheses[0].isComplete)
        #expect(translation.alignment == nil)
        #expect(try translator.translate([]).isEmpty)
    }

    @Test func aTextThatIsTooLongIsRefused() throws {
        let model = try SampleModel()
        let translator = try Translator(contentsOf: model.url, maximumSourceTokens: 4)
        #expect(try translator.translate("a b c d").sourceTokens.count == 4)
        let error = #expect(throws: TranslationError.self) { try translator.translate(["a", "b", "a b c d e f"]) }
        #expect(error == TranslationError(place: 2, tokenCount: 6, maximum: 4))
        #expect(error?.description == "text 3 has 6 tokens, and at most 4 are translated at once; split it into sentences")
        #expect(throws: TranslationError.self) { try Translator(contentsOf: model.url).translate(String(repeating: "a ", count: 50_000)) }
    }

    @Test func theAlignmentHasARowForEachToken() throws {
        let model = try SampleModel()
        let translation = try Translator(contentsOf: model.url, options: options(best: 1)).translate("a b c d")
        let alignment = try #require(translation.alignment)
        #expect(alignment.source == ["a", "b", "c", "d"])
        #expect(alignment.target == translation.hypotheses[0].tokens)
        #expect(!alignment.target.isEmpty)
        #expect(alignment.weights.allSatisfy { $0.count == 4 && abs($0.reduce(0, +) - 1) < 1e-5 })
        let blind = try SampleModel(.none)
        #expect(try Translator(contentsOf: blind.url, options: options(best: 1)).translate("a b c d").alignment == nil)
        let unasked = try Translator(contentsOf: model.url).translate("a b c d")
        #expect(unasked.alignment == nil)
        #expect((unasked.text, unasked.hypotheses[0].score) == (translation.text, translation.hypotheses[0].score))
    }

    /// What is given comes out as it was given, words that the model does not know among it, and the rest goes on from there.
    @Test(arguments: [false, true]) func aPrefixBeginsTheTranslation(_ isDrawn: Bool) throws {
        let model = try SampleModel()
        var options = options(best: 2)
        if isDrawn { options.sampling = SamplingOptions() }
        let translator = try Translator(contentsOf: model.url, options: options)
        let prefixes = ["k l", "", "o", "never seen, k", "q", "", "k", "l m n o p q r s", "s", "k k"]
        let found = try translator.translate(SampleModel.texts, prefixes: prefixes)
        for (place, translation) in found.enumerated() {
            guard !SampleModel.texts[place].isEmpty else {
                #expect(translation.text == "")
                continue
            }
            #expect(translation.hypotheses.allSatisfy { $0.text.hasPrefix(prefixes[place]) })
            #expect(bits(translation) == bits(try translator.translate(SampleModel.texts[place], prefix: prefixes[place])))
        }
        #expect(found.contains { $0.text.split(separator: " ").count > 4 })
        #expect(found[3].hypotheses[0].tokens.starts(with: ["<unk>", "<unk>", "<unk>", "k"]))
        let short = try Translator(contentsOf: model.url, maximumSourceTokens: 4)
        let error = #expect(throws: TranslationError.self) { try short.translate(["a", "b"], prefixes: ["k", "k l m n o"]) }
        #expect(error == TranslationError(place: 1, tokenCount: 5, maximum: 4, isPrefix: true))
        #expect(error?.description == "the prefix of text 2 has 5 tokens, and a translation can begin with at most 4")
    }

    @Test func survivesJSON() throws {
        let model = try SampleModel()
        let translation = try Translator(contentsOf: model.url, options: options(best: 2)).translate("a b")
        #expect(translation.hypotheses.count == 2)
        #expect(try JSONDecoder().decode(Translation.self, from: JSONEncoder().encode(translation)) == translation)
    }
}

@Suite("Unknown words") struct UnknownWordTests {
    private static let codec = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["a b c d e f g h"])

    private static func model(_ configuration: TranslationConfiguration) -> TranslationModel {
        let network = TranslationNetwork(
            configuration, sourceVocabulary: codec.vocabulary.count, targetVocabulary: codec.vocabulary.count, key: RandomKey(seed: 3))
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.5, key: RandomKey(seed: 4).split(place)))
        }
        // It shall often not know a word, and not end at once.
        let bias = network.output.bias
        let more = (0..<bias.shape.count).map { $0 == Int(Vocabulary.end) ? -3.0 : $0 == Int(Vocabulary.unknown) ? 3 : 0 }
        bias.set(bias.value + Tensor(more, shape: bias.shape, scalarType: .float32))
        return TranslationModel(network: network, sourceCodec: codec, targetCodec: codec, recipe: "drawn at random")
    }

    private static func recurrent(_ attention: SequenceToSequenceConfiguration.AttentionChoice) -> TranslationConfiguration {
        var configuration = SequenceToSequenceConfiguration()
        (configuration.embedding, configuration.hidden, configuration.attention) = (8, 14, attention)
        configuration.reverseSource = attention == .general
        configuration.bidirectional = attention != .dot
        return .recurrent(configuration)
    }

    private static var transformer: TranslationConfiguration {
        var configuration = TransformerConfiguration()
        (configuration.width, configuration.heads, configuration.feedForward) = (16, 2, 24)
        (configuration.encoderLayers, configuration.decoderLayers) = (1, 2)
        return .transformer(configuration)
    }

    private let texts = ["Anna b Berta , c", "d", "", "Carl : h g ( Dora ) f"]

    @Test(arguments: [recurrent(.additive), recurrent(.general), recurrent(.dot), transformer])
    func becomeTheSourceWordThatWasLookedAtMost(_ configuration: TranslationConfiguration) throws {
        let model = Self.model(configuration)
        var options = SearchOptions()
        (options.beam, options.best, options.minimumLength) = (3, 2, 3)
        let plain = try Translator(model, options: options).translate(texts)
        #expect(plain.allSatisfy { $0.hypotheses.allSatisfy { !$0.tokens.contains("<unk>") } })
        options.replacesUnknown = true
        let replaced = try Translator(model, options: options).translate(texts)
        var words: [String] = []
        for translation in replaced {
            for hypothesis in translation.hypotheses {
                let expected = zip(hypothesis.tokens, hypothesis.alignment).map { token, weights in
                    token == "<unk>" ? translation.sourceTokens[weights.firstIndex(of: weights.max()!)!] : token
                }
                #expect(expected.count == hypothesis.tokens.count)
                #expect(hypothesis.text == WordTokenizer().text(from: expected))
                words += zip(hypothesis.tokens, expected).filter { $0.0 == "<unk>" }.map(\.1)
            }
        }
        #expect(Set(words).count > 2, "several words are taken over: \(words)")
    }

    @Test func withoutAttentionThatIsRefused() throws {
        let model = Self.model(Self.recurrent(.none))
        var options = SearchOptions()
        options.replacesUnknown = true
        let error = #expect(throws: SearchError.self) { try Translator(model, options: options).translate("a") }
        #expect(
            error?.description
                == "the model has no attention, which would say what source word an unknown word stands for; do not replace them")
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-unknown-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        try model.write(to: url)
        #expect(throws: SearchError.self) { try Translator(contentsOf: url, options: options) }
    }
}

@Suite("Files that are no translation model") struct OtherFileTests {
    private func refusal(_ url: URL) -> CheckpointError? {
        #expect(throws: CheckpointError.self) { try Translator(contentsOf: url) }
    }

    private func withFile(_ body: (URL) throws -> Void) rethrows {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-applications-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url)
    }

    @Test func aPlainFileOfTensorsIsRefused() throws {
        try withFile { url in
            try TensorFile.write([("x", Tensor(repeating: 1, shape: [2]))], metadata: [:], to: url)
            #expect(refusal(url)?.kind == .notAModel)
            #expect(refusal(url)?.description.hasPrefix(url.path) == true)
        }
    }

    @Test func aModelOfAnotherKindIsRefused() throws {
        let model = try SampleModel()
        let file = try TensorFile(contentsOf: model.url)
        let tensors = try file.entries.map { ($0.name, try file.tensor($0.name)) }
        try withFile { url in
            var metadata = file.metadata
            metadata["unroll.kind"] = "tagger"
            try TensorFile.write(tensors, metadata: metadata, to: url)
            #expect(refusal(url)?.kind == .notAModel)
            #expect(
                refusal(url)?.message
                    == #"holds a model of the kind "tagger", which this version does not know; a newer one may have written it"#)

            metadata["unroll.kind"] = file.metadata["unroll.kind"]
            // Without it the file says nothing about what its metadata were, and each value has to stand for itself.
            metadata["unroll.fingerprint"] = nil
            metadata["unroll.configuration"] = #"{"attention":"dot"}"#
            try TensorFile.write(tensors, metadata: metadata, to: url)
            #expect(refusal(url)?.kind == .notAModel)
            #expect(refusal(url)?.message.contains("unroll.configuration") == true)

            let source = try #require(file.metadata["unroll.source_codec"])
            let other = TextCodec(tokenizer: .word(WordTokenizer()), learningFrom: ["only these"])
            metadata["unroll.source_codec"] = String(decoding: try JSONEncoder().encode(other), as: UTF8.self)
            metadata["unroll.configuration"] = #"{"tiedEmbeddings":"all"}"#
            try TensorFile.write(tensors, metadata: metadata, to: url)
            #expect(refusal(url)?.message.contains("one table for two vocabularies") == true)

            metadata["unroll.source_codec"] = source
            metadata["unroll.configuration"] = nil
            try TensorFile.write(tensors, metadata: metadata, to: url)
            #expect(refusal(url)?.message.contains("lacks 'unroll.configuration'") == true)

            try TensorFile.write(Array(tensors.dropLast()), metadata: file.metadata, to: url)
            #expect(refusal(url)?.kind == .missingTensor)
        }
    }

    @Test func aFileThatIsNotThereOrCutShortIsRefused() throws {
        try withFile { url in
            #expect(refusal(url)?.kind == .unreadable)
            let model = try SampleModel()
            let bytes = try Data(contentsOf: model.url)
            for count in [0, 7, 100, bytes.count / 2, bytes.count - 1] {
                try bytes.prefix(count).write(to: url)
                #expect(refusal(url)?.kind == .cutShort, "\(count) bytes")
            }
            try bytes.write(to: url)
            #expect(throws: Never.self) { try Translator(contentsOf: url) }
        }
    }

    /// A model whose weights are not numbers gives what it can and does not trap.
    @Test func weightsThatAreNotNumbersGiveNothing() throws {
        let model = try SampleModel()
        let file = try TensorFile(contentsOf: model.url)
        let tensors = try file.entries.map { entry in
            let tensor = try file.tensor(entry.name)
            return (entry.name, entry.name == "output.bias" ? Tensor(repeating: .nan, shape: tensor.shape) : tensor)
        }
        try withFile { url in
            try TensorFile.write(tensors, metadata: file.metadata, to: url)
            let translation = try Translator(contentsOf: url).translate("a b")
            #expect(translation.text == "")
            #expect(!translation.hypotheses[0].isComplete)
        }
    }
}
