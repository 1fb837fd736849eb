import Foundation
import Testing

@Suite("Models in fewer bits")
struct QuantizeTests {
    private func size(_ url: URL) throws -> Int { try Data(contentsOf: url).count }

    @Test(arguments: ["int8", "bfloat16", "int8_dynamic"])
    func theNewFileIsSmallerAndIsUsedLikeTheOldOne(precision: String) throws {
        let scratch = try Scratch()
        try scratch.write("a b c\n", to: "source")
        let run = try Tool.run(["quantize", TinyModel.path, "--out", "small.safetensors", "--precision", precision], in: scratch)
        #expect((run.code, run.told) == (0, "wrote small.safetensors\n"))
        #expect(
            run.lines[0].wholeMatch(of: /(int8|bfloat16|int8_dynamic): [0-9]+ matrices, [0-9.]+ MB of weights become [0-9.]+ MB/) != nil)
        #expect(run.lines[1].wholeMatch(of: /they change by [0-9.]+% of their size, [a-z_.0-9]+ most, by [0-9.]+%/) != nil)
        #expect(try size(scratch.url("small.safetensors")) < size(URL(fileURLWithPath: TinyModel.path)))
        let translated = try Tool.run(["translate", "small.safetensors", "source", "--json"], in: scratch)
        #expect(translated.code == 0 && translated.lines.count == 1)
        let checked = try Tool.run(["check", "small.safetensors"], in: scratch)
        #expect(checked.code == 0, "\(checked.output)")
    }

    @Test func aTestSetIsMeasuredBeforeAndAfter() throws {
        let scratch = try Scratch()
        try scratch.write("to be or not to be\n", to: "test.txt")
        let words = ["quantize", TinyLanguageModel.path, "--out", "small.safetensors", "--data", "test.txt"]
        let run = try Tool.run(words + ["--json"], in: scratch)
        let found = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(found.keys.sorted() == ["after", "before", "bytes_after", "bytes_before", "error", "matrices", "precision"])
        let losses = try ["before", "after"].map { try #require((found[$0] as? [String: Any])?["loss"] as? Double) }
        #expect(losses[0] != losses[1] && abs(losses[0] - losses[1]) < 0.1)
        let evaluated = try Tool.run(["evaluate", "small.safetensors", "--data", "test.txt", "--json"], in: scratch)
        let after = try #require(try JSONSerialization.jsonObject(with: Data(evaluated.output.utf8)) as? [String: Any])
        #expect(after["loss"] as? Double == losses[1])
        let text = try Tool.run(words, in: scratch)
        #expect(text.lines.contains("before:") && text.lines.contains("after:"))
    }

    @Test func whatDoesNotFitIsSaidAndNothingIsWritten() throws {
        let scratch = try Scratch()
        for (words, code) in [
            ([TinyModel.path, "--data", "x"], Int32(64)), ([TinyLanguageModel.path, "--source", "x", "--reference", "y"], 64),
            (["none.safetensors"], 66), ([TinyModel.path, "--precision", "int4"], 64), ([TinyModel.path, "--source", "x"], 64),
        ] {
            let run = try Tool.run(["quantize"] + words + ["--out", "small.safetensors"], in: scratch)
            #expect(run.code == code, "\(words): \(run.error)")
        }
        #expect(try !scratch.names.contains("small.safetensors"))
    }
}
