import Foundation
import Testing

/// Models whose text is divided by a SentencePiece model, which their files carry with them.
@Suite("SentencePiece models in recipes") struct SubwordTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("UnrollTextTests/Golden")

    private static let translation = """
        task: translation
        data: {train: {table: pairs.tsv}, validation: {table: pairs.tsv}}
        text: {tokenizer: sentencepiece, model: source.model, target_model: target.model}
        model: {embedding: 24, hidden: 48}
        training:
          steps: 400
          batch_sentences: 4
          optimizer: {kind: adam, learning_rate: 0.01}
          clip_norm: 1
          validate_every: 200
          save_every: 200
          log_every: 50

        """

    private static let pairs = [
        ("The cat sees 👍", "Die Katze sieht 👍"), ("گربه", "猫"), ("a red boat", "ein rotes Boot"),
    ]

    private static func scratch() throws -> Scratch {
        let folder = try Scratch()
        try folder.write(translation, to: "recipe.yaml")
        try folder.write(pairs.map { "\($0.0)\t\($0.1)\n" }.joined(), to: "pairs.tsv")
        try folder.write(Data(contentsOf: golden.appendingPathComponent("bpe.model")), to: "source.model")
        try folder.write(Data(contentsOf: golden.appendingPathComponent("unigram-bytes.model")), to: "target.model")
        return folder
    }

    @Test func aTranslatorCarriesBothModelsWithIt() throws {
        let folder = try Self.scratch()
        let trained = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
        #expect(trained.code == 0, "\(trained.error)")
        // 330 and 496 pieces, less the unknown one and the control symbols, and our own four.
        #expect(trained.told.contains("vocabulary: 329 source, 496 target;"), "\(trained.told)")
        let elsewhere = try Scratch()
        try elsewhere.write(folder.bytes("run/best.safetensors"), to: "model.safetensors")
        let input = Self.pairs.map { $0.0 + "\n" }.joined()
        let translated = try Tool.run(["translate", "model.safetensors", "--beam", "1"], in: elsewhere, input: input)
        #expect(translated.code == 0, "\(translated.error)")
        // An emoji that no piece spells comes out through its bytes.
        #expect(translated.lines == Self.pairs.map { $0.1 })
        let info = try Tool.run(["info", "model.safetensors"], in: elsewhere)
        #expect(info.output.contains("source: sentencePiece, 329 tokens\ntarget: sentencePiece, 496 tokens"))
        #expect(info.output.contains("target_model: target.model"))
        // The same command gives the same file, also where it goes on from a state.
        let again = try Tool.run(["train", "recipe.yaml", "--out", "again", "--set", "training.steps=200"], in: folder)
        #expect(again.code == 0)
        #expect(try Tool.run(["train", "recipe.yaml", "--out", "again", "--resume"], in: folder).code == 0)
        #expect(try folder.bytes("again/last.safetensors") == folder.bytes("run/last.safetensors"))
    }

    @Test func aLanguageModelWritesItsText() throws {
        let folder = try Self.scratch()
        try folder.write(String(repeating: "The cat 👍 sees.\n", count: 30), to: "text.txt")
        let recipe = """
            task: language_model
            data: {train: text.txt, validation: text.txt}
            text: {tokenizer: sentencepiece, model: target.model}
            model: {embedding: 24, hidden: 48, layers: 1}
            training: {steps: 250, batch_streams: 2, bptt: 20, optimizer: {learning_rate: 0.01}, validate_every: 250, save_every: 250}
            """
        try folder.write(recipe, to: "recipe.yaml")
        let trained = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
        #expect(trained.code == 0, "\(trained.error)")
        let arguments = ["generate", "run/best.safetensors", "--prompt", "The cat", "--temperature", "0.01", "--length", "40"]
        let run = try Tool.run(arguments, in: folder)
        #expect(run.code == 0 && run.output.hasPrefix("The cat 👍 sees.\nThe cat 👍 sees.\n"), "\(run.output)")
    }

    @Test func whatIsWrongIsSaid() throws {
        let folder = try Self.scratch()
        func refusal(_ changes: String..., code: Int32, _ message: String) throws {
            let arguments = ["train", "recipe.yaml", "--out", "run"] + changes.flatMap { ["--set", $0] }
            let run = try Tool.run(arguments, in: folder)
            #expect(run.code == code)
            #expect(run.told.hasPrefix("unroll: \(message)"), "\(run.told)")
        }
        try refusal("text.model=absent.model", code: 66, "absent.model: there is no such file; name a SentencePiece model")
        try refusal("text.model=.", code: 66, ".: this cannot be read")
        try refusal("text.model=pairs.tsv", code: 65, "pairs.tsv: is no SentencePiece model, or is damaged at byte 0; give the file")
    }
}
