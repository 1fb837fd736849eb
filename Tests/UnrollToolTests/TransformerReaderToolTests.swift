import Foundation
import Testing

/// The recipes of the other tests' small models with a Transformer in place of the recurrent layers, each trained once.
private enum TinyTransformers {
    private static let model = "kind: transformer, width: 12, heads: 2, feed_forward: 16, layers: 1, dropout: 0"

    static let language = TinyLanguageModel.recipe.replacing("  bptt: 8\n", with: "").replacing(
        "model: {embedding: 8, hidden: 12, layers: 1}", with: "model: {\(model), context: 8}")
    static let classification = TinyLabellers.classification.replacing(
        "model: {embedding: 8, hidden: 8, pooling: attention}",
        with: "model: {\(model), pooling: attention, positions: learned, maximum_positions: 9}"
    ).replacing("training:\n", with: "training:\n  maximum_length: 9\n")
    static let tagging = TinyLabellers.tagging.replacing(
        "model: {embedding: 8, hidden: 8, character_embedding: 4, character_hidden: 4}",
        with: "model: {\(model), character_embedding: 4, character_hidden: 4}")

    static let folder: Scratch = {
        do {
            let folder = try TinyLabellers.scratch()
            try folder.write(String(repeating: "the cat sat on a mat\nand so it did\n", count: 20), to: "text")
            for (name, recipe) in [("language", language), ("classification", classification), ("tagging", tagging)] {
                try folder.write(recipe, to: "\(name).yaml")
                let run = try Tool.run(["train", "\(name).yaml", "--out", name], in: folder)
                precondition(run.code == 0, run.error)
            }
            return folder
        } catch {
            preconditionFailure("the tests' models cannot be trained: \(error)")
        }
    }()
}

@Suite("Transformers that read, from the command line")
struct TransformerReaderToolTests {
    private let folder = TinyTransformers.folder

    private func run(_ arguments: String..., input: String = "") throws -> Tool.Run {
        let run = try Tool.run(arguments, in: folder, input: input)
        #expect(run.code == 0, "\(arguments): \(run.told)")
        return run
    }

    /// Far more tokens than the context has.
    @Test func aLanguageModelWritesWhatItHasLearnt() throws {
        let text = try run("generate", "language/best.safetensors", "--prompt", "the cat", "--length", "24", "--temperature", "0")
        #expect(text.output == "the cat sat on a mat\nand so it did\nthe cat sat on a mat\nand so it did\nthe cat\n")
        let options = ["--seed", "7", "--length", "30", "--temperature", "1.5"]
        let alone = try Tool.run(["generate", "language/best.safetensors", "--prompt", "the cat"] + options, in: folder)
        let threads = try Tool.run(
            ["generate", "language/best.safetensors", "--prompt", "the cat", "--threads", "3"] + options, in: folder)
        #expect(alone.output == threads.output && alone.output != text.output)
        let many = try Tool.run(
            ["generate", "language/best.safetensors", "--prompt", "the cat", "--samples", "3", "--json"] + options, in: folder)
        let first = try #require(JSONSerialization.jsonObject(with: Data(many.lines[0].utf8)) as? [String: Any])
        #expect(alone.output.hasPrefix("the cat" + (try #require(first["text"] as? String)).trimmingCharacters(in: .newlines)))
    }

    @Test func eachIsMeasuredAndUsed() throws {
        #expect(try run("evaluate", "language/best.safetensors", "--data", "text").output.contains("perplexity = 1."))
        #expect(try run("evaluate", "classification/best.safetensors").output.contains("accuracy = 100.0%"))
        #expect(try run("evaluate", "tagging/best.safetensors").output.contains("F1 = "))
        #expect(try run("classify", "classification/best.safetensors", input: "hot tea please\n").output.hasPrefix("drink\t"))
        #expect(try run("tag", "tagging/best.safetensors", input: "from Paris\n").output == "O B-city\n")
        let info = try run("info", "tagging/best.safetensors").output
        #expect(info.contains("layers: 1 × Transformer layer of 12, 2 heads, feed-forward relu 16; pre-norm; positions sinusoidal"))
    }

    @Test func aTextBeyondTheLearntPositionsIsRefused() throws {
        let long = [String](repeating: "tea", count: 10).joined(separator: " ")
        let classified = try Tool.run(["classify", "classification/best.safetensors"], in: folder, input: "tea\n\(long)\n")
        #expect(classified.code == 65)
        #expect(
            classified.told.contains(
                "standard input:2: 10 tokens, at most 9 are taken; shorten the line; the model has positions for no more"))
        try folder.write("\(long)\tdrink\n", to: "long.tsv")
        let measured = try Tool.run(["evaluate", "classification/best.safetensors", "--data", "long.tsv"], in: folder)
        #expect(measured.code == 65)
        #expect(measured.told.contains("line 1: the text has 10 tokens, and the model has positions for 9"))
    }

    @Test(arguments: ["language", "classification", "tagging"])
    func eachIsCheckedQuantizedAveragedAndExported(_ name: String) throws {
        let path = "\(name)/best.safetensors"
        #expect(try run("check", path).output.contains("transformer.layers.0"))
        #expect(try run("quantize", path, "--out", "\(name)-small.safetensors").output.contains("int8: "))
        #expect(try run("check", "\(name)-small.safetensors", "transformer").output.contains("✓"))
        _ = try run("average", path, path, "--out", "\(name)-same.safetensors")
        #expect(try folder.bytes("\(name)-same.safetensors") == folder.bytes(path))
        let exported = try run("export", path, "--out", "\(name)-state.safetensors").output
        #expect(exported.contains("torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(12, 2, 16, norm_first=True), 1"))
        _ = try run("import", "pytorch", "\(name)-state.safetensors", "--like", path, "--out", "\(name)-back.safetensors")
        #expect(try folder.bytes("\(name)-back.safetensors") == folder.bytes(path))
    }

    @Test(arguments: ["language", "classification", "tagging"])
    func theInsideOfEachIsShown(_ name: String) throws {
        let shown = try run("inspect", "\(name)/best.safetensors", "--text", "the cat", "--html", "\(name).html", "--json").output
        #expect(shown.contains("\"heads\"") && shown.contains("\"layer 1\""))
        let page = try folder.text("\(name).html")
        #expect(page.contains("<summary>Each of the 2 heads, of which this is the mean</summary>"))
        #expect(page.contains("The gradient through time") && !page.contains("<h2>The graph</h2>"))
    }

    @Test(arguments: ["language", "classification", "tagging"])
    func oneThatWasStoppedGoesOnToTheSameBytes(_ name: String) throws {
        let other = "\(name)-resumed"
        let half = try Tool.run(["train", "\(name).yaml", "--out", other, "--set", "training.steps=40"], in: folder)
        #expect(half.code == 0)
        let rest = try Tool.run(["train", "\(name).yaml", "--out", other, "--resume"], in: folder)
        #expect(rest.code == 0, "\(rest.told)")
        #expect(try folder.bytes("\(other)/last.safetensors") == folder.bytes("\(name)/last.safetensors"))
    }
}
