import Foundation
import Testing

@Suite("A Marian model from the command line")
struct MarianToolTests {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("UnrollApplicationsTests/Golden/marian").path

    private func imported() throws -> Scratch {
        let scratch = try Scratch()
        let run = try Tool.run(["import", "marian", Self.directory, "--out", "model.safetensors"], in: scratch)
        #expect((run.code, run.told, run.output) == (0, "wrote model.safetensors\n", ""))
        return scratch
    }

    @Test func isUsedAsAnyOther() throws {
        let scratch = try imported()
        let info = try Tool.run(["info", "model.safetensors"], in: scratch)
        #expect(info.lines.contains("source: sentencePiece, 81 tokens, each text closed with </s>"))
        #expect(info.output.contains("There is no recipe."))
        let sentence = "ein alter Mann trägt zwei Äpfel."
        try scratch.write(sentence + "\n", to: "source")
        try scratch.write("an old man carries two apples.\n", to: "reference")
        let run = try Tool.run(
            ["translate", "model.safetensors", "--beam", "1", "--length-penalty", "0"], in: scratch, input: sentence + "\n")
        let golden = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: Self.directory + "/expected.json")))
                as? [String: Any])
        let second = try #require((golden["sentences"] as? [[String: Any]])?[1])
        #expect(second["source"] as? String == sentence)
        #expect(run.lines == [second["greedy_text"] as? String])
        let measured = try Tool.run(
            ["evaluate", "model.safetensors", "--source", "source", "--reference", "reference", "--json"], in: scratch)
        #expect(measured.code == 0 && measured.output.contains("\"perplexity\""))
        #expect(try Tool.run(["quantize", "model.safetensors", "--out", "small.safetensors"], in: scratch).code == 0)
        #expect(try Tool.run(["translate", "small.safetensors", "source"], in: scratch).code == 0)
        #expect(try Tool.run(["average", "model.safetensors", "model.safetensors", "--out", "mean.safetensors"], in: scratch).code == 0)
        #expect(try scratch.bytes("mean.safetensors") == scratch.bytes("model.safetensors"))
        let checked = try Tool.run(["check", "model.safetensors"], in: scratch)
        #expect(checked.code == 0, "\(checked.output)")
    }

    @Test func aLineBeyondThePositionsIsLeftEmptyAndTheOthersGoOn() throws {
        let scratch = try imported()
        let long = String(repeating: "z", count: 70)
        let run = try Tool.run(["translate", "model.safetensors"], in: scratch, input: "niemand\n\(long)\nniemand\n")
        #expect(run.code == 65)
        #expect(run.lines.count == 3 && run.lines[0] == run.lines[2] && run.lines[1].isEmpty)
        #expect(
            run.told.contains(
                "unroll: standard input:2: 72 tokens, at most 64 are translated; split the line into sentences; the model has positions for no more"
            ))
        #expect(run.told.contains("1 line too long to be translated; left empty"))
    }

    @Test func whatIsNoMarianModelIsRefusedAndNothingIsWritten() throws {
        let scratch = try Scratch()
        let run = try Tool.run(["import", "marian", ".", "--out", "model.safetensors"], in: scratch)
        #expect(run.code == 66)
        #expect(run.told.contains("lacks config.json, model.safetensors, vocab.json, source.spm, target.spm; a Marian directory has"))
        try FileManager.default.copyItem(atPath: Self.directory, toPath: scratch.url("copy").path)
        try scratch.write(try scratch.text("copy/config.json").replacing("\"swish\"", with: "\"mish\""), to: "copy/config.json")
        let other = try Tool.run(["import", "marian", "copy", "--out", "model.safetensors"], in: scratch)
        #expect(other.code == 65)
        #expect(other.told == "unroll: copy/config.json: has 'activation_function' mish, and supported is relu, gelu, swish, silu\n")
        try scratch.write(try scratch.text("copy/config.json").replacing("\"mish\"", with: "\"swish\""), to: "copy/config.json")
        try scratch.write(try scratch.bytes("copy/source.spm").dropLast(), to: "copy/source.spm")
        let cut = try Tool.run(["import", "marian", "copy", "--out", "model.safetensors"], in: scratch)
        #expect(cut.code == 65 && cut.told.hasPrefix("unroll: copy/source.spm: "))
        #expect(try !scratch.names.contains("model.safetensors"))
    }
}
