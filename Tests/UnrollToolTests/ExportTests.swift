import Foundation
import Testing

@testable import UnrollTool

@Suite("Weights that go to PyTorch and come back")
struct ExportTests {
    @Test func whatComesBackAnswersAsBefore() throws {
        let scratch = try Scratch()
        let exported = try Tool.run(["export", TinyLanguageModel.path, "--out", "state.safetensors"], in: scratch)
        #expect((exported.code, exported.told) == (0, "wrote state.safetensors\n"))
        #expect(exported.lines.contains { $0.wholeMatch(of: /recurrence +torch\.nn\.LSTM\([0-9]+, [0-9]+\)/) != nil })
        let imported = try Tool.run(
            ["import", "pytorch", "state.safetensors", "--like", TinyLanguageModel.path, "--out", "model.safetensors"], in: scratch)
        #expect((imported.code, imported.told, imported.output) == (0, "wrote model.safetensors\n", ""))
        #expect(try Data(contentsOf: scratch.url("model.safetensors")) == Data(contentsOf: URL(fileURLWithPath: TinyLanguageModel.path)))
    }

    @Test func jsonHasTheModules() throws {
        let scratch = try Scratch()
        let run = try Tool.run(["export", TinyLanguageModel.path, "--out", "state.safetensors", "--json"], in: scratch)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: [[String: String]]])
        let modules = try #require(object["modules"])
        #expect(modules.contains { $0["constructor"]?.hasPrefix("torch.nn.LSTM(") == true })
        #expect(modules.allSatisfy { $0.keys.sorted() == ["constructor", "name"] })
    }

    @Test func aStateOfAnotherModelIsRefusedAndNothingIsWritten() throws {
        let scratch = try Scratch()
        let gru = try Tool.run(["export", TinyModel.path, "--out", "state.safetensors"], in: scratch)
        #expect(gru.code == 65 && gru.error.contains("reset gate before the product"))
        #expect(try !scratch.names.contains("state.safetensors"))
        let classifier = TinyLabellers.folder.url("classification/best.safetensors").path
        #expect(try Tool.run(["export", classifier, "--out", "state.safetensors"], in: scratch).code == 0)
        let run = try Tool.run(
            ["import", "pytorch", "state.safetensors", "--like", TinyLanguageModel.path, "--out", "model.safetensors"], in: scratch)
        #expect(run.code == 65)
        #expect(run.error.hasPrefix("unroll: state.safetensors: "))
        #expect(try !scratch.names.contains("model.safetensors"))
        let missing = try Tool.run(["export", "none.safetensors", "--out", "x"], in: scratch)
        #expect(missing.code == 66)
    }
}
