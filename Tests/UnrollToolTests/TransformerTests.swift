import Foundation
import Testing

@Suite("A Transformer from the command line")
struct TransformerTests {
    private static let recipe = TinyModel.recipe.replacing(
        "model: {embedding: 8, hidden: 12}",
        with: "model: {kind: transformer, width: 16, heads: 2, feed_forward: 24, encoder_layers: 1, decoder_layers: 1}")

    private func trained(_ recipe: String = recipe, seed: Int = 1) throws -> Scratch {
        let folder = try TinyModel.scratch(recipe)
        let run = try Tool.run(["train", "recipe.yaml", "--out", "run", "--seed", "\(seed)"], in: folder)
        #expect(run.code == 0, "\(run.error)")
        return folder
    }

    @Test func isTrainedMeasuredAndUsed() throws {
        let folder = try trained()
        let info = try Tool.run(["info", "run/best.safetensors"], in: folder)
        #expect(
            info.output.contains("layers: 1 + 1 Transformer layers of 16, 2 heads, feed-forward relu 24; pre-norm; positions sinusoidal"))
        #expect(info.output.contains("decoder.layers.0.multihead_attn.query.weight"))
        try folder.write("a b c\nd e\n", to: "source")
        let measured = try Tool.run(
            ["evaluate", "run/best.safetensors", "--source", "source", "--reference", "source", "--json"], in: folder)
        #expect(measured.code == 0 && measured.output.contains("\"perplexity\""))
        let run = try Tool.run(["translate", "run/best.safetensors", "source", "--json", "--html", "page.html"], in: folder)
        #expect(run.code == 0)
        let first = try #require(JSONSerialization.jsonObject(with: Data(run.lines[0].utf8)) as? [String: Any])
        let hypothesis = try #require((first["hypotheses"] as? [[String: Any]])?.first)
        let (tokens, alignment) = try (#require(hypothesis["tokens"] as? [String]), #require(hypothesis["alignment"] as? [[Double]]))
        #expect(alignment.map(\.count) == [Int](repeating: 3, count: tokens.count))
        #expect(alignment.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-4 })
        #expect(try folder.text("page.html").contains("<html"))
        let inspected = try Tool.run(["inspect", "run/best.safetensors", "--text", "a b", "--html", "inside.html", "--json"], in: folder)
        #expect(inspected.code == 0, "\(inspected.told)")
        #expect(inspected.output.contains("the decoder, layer 1, over the source"))
        #expect(try folder.text("inside.html").contains("<summary>Each of the 2 heads"))
    }

    @Test func aSentenceBeyondItsPositionsIsRefused() throws {
        let folder = try trained(
            Self.recipe.replacing("decoder_layers: 1}", with: "decoder_layers: 1, positions: learned, maximum_positions: 12}")
                .replacing("  steps: 60", with: "  steps: 2\n  maximum_length: 11"))
        let long = [String](repeating: "a", count: 13).joined(separator: " ")
        let run = try Tool.run(["translate", "run/last.safetensors"], in: folder, input: "a b\n\(long)\n")
        #expect(run.told.contains("13 tokens") && run.told.contains("12"))
        try folder.write("a\n", to: "source")
        try folder.write(long + "\n", to: "reference")
        let measured = try Tool.run(["evaluate", "run/last.safetensors", "--source", "source", "--reference", "reference"], in: folder)
        #expect(measured.code == 65)
        #expect(measured.told.contains("line 1: a side has 14 tokens, and the model has positions for 12"))
    }

    @Test func severalModelsAreAveraged() throws {
        let folder = try trained()
        let same = try Tool.run(["average", "run/last.safetensors", "run/last.safetensors", "--out", "same.safetensors"], in: folder)
        #expect(same.code == 0)
        #expect(try folder.bytes("same.safetensors") == folder.bytes("run/last.safetensors"))
        let mean = try Tool.run(
            ["average", "run/last.safetensors", "run/best.safetensors", "run/best.safetensors", "--out", "mean.safetensors"], in: folder)
        #expect(mean.code == 0)
        #expect(try Tool.run(["translate", "mean.safetensors"], in: folder, input: "a b\n").code == 0)
        let other = try Tool.run(["average", "run/last.safetensors", TinyModel.path, "--out", "none.safetensors"], in: folder)
        #expect(other.code == 65)
        #expect(other.told.contains("differs from run/last.safetensors in its kind, its configuration or its vocabulary"))
        #expect(!FileManager.default.fileExists(atPath: folder.url("none.safetensors").path))
    }
}
