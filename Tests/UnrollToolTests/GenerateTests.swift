import Foundation
import Testing

/// A language model that has learnt one sentence by heart, trained once for all tests.
enum TinyLanguageModel {
    static let recipe = """
        task: language_model
        data: {train: text, validation: text}
        text: {tokenizer: whitespace}
        model: {embedding: 8, hidden: 12, layers: 1}
        training:
          steps: 60
          batch_streams: 2
          bptt: 8
          optimizer: {kind: adam, learning_rate: 0.03}
          validate_every: 30
          save_every: 20
          log_every: 10

        """

    static let folder: Scratch = {
        do {
            let folder = try Scratch()
            try folder.write(recipe, to: "recipe.yaml")
            try folder.write(String(repeating: "the cat sat on a mat\nand so it did\n", count: 20), to: "text")
            let run = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
            precondition(run.code == 0, run.error)
            return folder
        } catch {
            preconditionFailure("the tests' language model cannot be trained: \(error)")
        }
    }()

    static var path: String { folder.url("run/best.safetensors").path }
}

@Suite("Language models from the command line")
struct GenerateTests {
    private func generate(_ arguments: String...) throws -> Tool.Run {
        try Tool.run(["generate", TinyLanguageModel.path] + arguments, in: TinyLanguageModel.folder)
    }

    @Test func goesOnFromThePrompt() throws {
        let run = try generate("--prompt", "the cat", "--length", "11", "--temperature", "0")
        #expect(run.code == 0)
        #expect(run.output == "the cat sat on a mat\nand so it did\nthe\n")
        #expect(run.told == "")
        #expect(
            try generate("--length", "7", "--temperature", "0", "--prompt", "and so it did\n").output
                == "and so it did\nthe cat sat on a mat\n")
        #expect(try generate("--length", "0").output == "\n")
    }

    @Test func theSameSeedGivesTheSameText() throws {
        let options = ["--length", "60", "--temperature", "3"]
        let texts = try ["1", "1", "2"].map { seed in
            let run = try Tool.run(["generate", TinyLanguageModel.path, "--seed", seed] + options, in: TinyLanguageModel.folder)
            #expect(run.code == 0)
            return run.output
        }
        #expect(texts[0] == texts[1] && texts[0] != texts[2])
        let threads = try Tool.run(["generate", TinyLanguageModel.path, "--threads", "3"] + options, in: TinyLanguageModel.folder)
        #expect(threads.output == texts[0])
    }

    @Test func limitsMakeItSure() throws {
        let greedy = try generate("--length", "20", "--temperature", "0").output
        #expect(try generate("--length", "20", "--temperature", "5", "--top-k", "1").output == greedy)
        #expect(try generate("--length", "20", "--temperature", "0.5", "--top-p", "0.01").output == greedy)
    }

    @Test func jsonHasExactlyTheDocumentedKeys() throws {
        let run = try generate("--prompt", "the cat", "--length", "9", "--samples", "2", "--json", "--temperature", "2")
        #expect(run.lines.count == 2)
        for line in run.lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object.keys.sorted() == ["log_probabilities", "prompt", "text", "tokens"])
            #expect(object["prompt"] as? String == "the cat")
            #expect((object["tokens"] as? [String])?.count == 9)
            #expect(try #require(object["log_probabilities"] as? [Double]).allSatisfy { $0 < 0 })
        }
        let alone = try generate("--prompt", "the cat", "--length", "9", "--json", "--temperature", "2")
        #expect(alone.lines[0] == run.lines[0])
        let texts = try generate("--length", "3", "--samples", "2", "--temperature", "0").output
        #expect(texts == "the cat sat\n\nthe cat sat\n")
    }

    @Test func unknownWordsAreSaid() throws {
        let run = try generate("--prompt", "the dog", "--length", "1")
        #expect(run.code == 0)
        #expect(run.told == "the model does not know 'dog' of the prompt, and takes it as unknown\n")
    }

    @Test func aModelOfAnotherKindIsSaidWithItsCommand() throws {
        let folder = try Scratch()
        let wrong = try Tool.run(["generate", TinyModel.path], in: folder)
        #expect(wrong.code == 65)
        #expect(wrong.told.hasSuffix(": holds a translation model, which 'unroll translate' uses; a language model is wanted here\n"))
        let other = try Tool.run(["translate", TinyLanguageModel.path], in: folder, input: "a\n")
        #expect((other.code, other.output) == (65, ""))
        #expect(other.told.hasSuffix(": holds a language model, which 'unroll generate' uses; a translation model is wanted here\n"))
    }

    @Test func evaluates() throws {
        let folder = TinyLanguageModel.folder
        let run = try Tool.run(["evaluate", "run/best.safetensors"], in: folder)
        #expect(run.code == 0)
        #expect(run.output.wholeMatch(of: /loss = [0-9.]+\nperplexity = [0-9.]+\ntokens = 240\n/) != nil, "\(run.output)")
        let named = try Tool.run(["evaluate", "run/best.safetensors", "--data", "text"], in: folder)
        #expect(named.output == run.output)
        let json = try Tool.run(["evaluate", "run/best.safetensors", "--data", "text", "--json"], in: folder)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Double])
        #expect(object.keys.sorted() == ["loss", "perplexity", "tokens"])
        #expect(try #require(object["perplexity"]) < 3)
    }

    @Test func evaluationOfAnotherKindIsRefused() throws {
        let folder = TinyLanguageModel.folder
        let wrong = try Tool.run(["evaluate", "run/best.safetensors", "--source", "text", "--reference", "text"], in: folder)
        #expect((wrong.code, wrong.output) == (64, ""))
        #expect(wrong.told == "unroll: run/best.safetensors: holds a language model; name its test data with --data\n")
        let translation = try Tool.run(["evaluate", TinyModel.path, "--data", "text"], in: folder)
        #expect(translation.code == 64)
        #expect(translation.told.hasSuffix(": holds a translation model; name its test set with --source and --reference\n"))
        let absent = try Tool.run(["evaluate", "run/best.safetensors", "--data", "absent"], in: folder)
        #expect(absent.code == 66)
    }

    @Test func infoAndResuming() throws {
        let folder = TinyLanguageModel.folder
        let lines = try Tool.run(["info", "run/best.safetensors"], in: folder).lines
        #expect(
            lines[1..<5] == [
                "kind: language_model", "text: whitespace, 14 tokens, read by the line",
                "cell: 1 × lstm, forget bias starts at 1.0; two tables", "recipe:",
            ])
        let copy = try Scratch()
        try copy.write(TinyLanguageModel.recipe, to: "recipe.yaml")
        try copy.write(try folder.text("text"), to: "text")
        #expect(try Tool.run(["train", "recipe.yaml", "--out", "run", "--set", "training.steps=40"], in: copy).code == 0)
        #expect(try Tool.run(["train", "recipe.yaml", "--out", "run", "--resume"], in: copy).code == 0)
        for name in ["best.safetensors", "last.safetensors", "state.safetensors", "recipe.yaml"] {
            #expect(try copy.bytes("run/\(name)") == folder.bytes("run/\(name)"), "\(name)")
        }
    }

    @Test func emptyAndMissingTexts() throws {
        let folder = try TinyModel.scratch(TinyLanguageModel.recipe)
        let missing = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
        #expect(missing.code == 66)
        try folder.write(" \n\n", to: "text")
        let empty = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
        #expect((empty.code, empty.output) == (65, ""))
        #expect(empty.told == "unroll: text: the file has no text (2 empty lines).\n")
    }
}
