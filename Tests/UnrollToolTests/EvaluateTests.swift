import Foundation
import Testing

@Suite("Evaluating from the command line")
struct EvaluateTests {
    private func folder() throws -> Scratch {
        let folder = try Scratch()
        try folder.write("a b\nc d e a\n\nb b b b b\n", to: "source")
        try folder.write("a b\nc d e a\nempty\nb b b b a\n", to: "reference")
        return folder
    }

    private let arguments = ["evaluate", TinyModel.path, "--source", "source", "--reference", "reference"]

    @Test func jsonHasExactlyTheDocumentedKeys() throws {
        let run = try Tool.run(arguments + ["--json"], in: folder())
        #expect(run.code == 0)
        #expect(run.lines.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["bleu", "chrf", "chrf_signature", "exact_match", "perplexity", "sentences", "signature"])
        #expect(object["sentences"] as? Int == 4)
        #expect(try #require(object["signature"] as? String).hasPrefix("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:"))
        #expect(try #require(object["perplexity"] as? Double) > 1)
    }

    @Test func writesTheSameTranslationsAsTranslate() throws {
        let folder = try folder()
        let run = try Tool.run(arguments + ["--output", "hypotheses"], in: folder)
        #expect(run.code == 0)
        let translated = try Tool.run(["translate", TinyModel.path, "source"], in: folder).output
        #expect(try folder.text("hypotheses") == translated)
        #expect(run.lines.count == 4)
        #expect(run.lines[0].hasPrefix("BLEU|"))
        #expect(run.lines[1].hasPrefix("chrF2|"))
        #expect(run.lines[2].wholeMatch(of: /exact match = [0-9.]+% of 4/) != nil)
        #expect(run.lines[3].wholeMatch(of: /perplexity = [0-9.]+/) != nil)
        #expect(run.told.split(separator: "\n").first == "translated 4 of 4")
    }

    @Test func translationsAndResultCanShareOneFile() throws {
        let folder = try folder()
        let arguments = arguments.map { "'\($0)'" }.joined(separator: " ")
        let shared = try Tool.shell("\"$unroll\" \(arguments) --output both > both", in: folder)
        #expect(shared.code == 0)
        let apart = try Tool.shell("\"$unroll\" \(arguments) --output hypotheses", in: folder)
        #expect(try folder.text("both") == folder.text("hypotheses") + apart.output)
    }

    @Test func aPlaceThatCannotBeWrittenIsSaidBeforeTheWork() throws {
        let run = try Tool.run(arguments + ["--output", "absent/hypotheses"], in: folder())
        #expect((run.code, run.output) == (73, ""))
        let message = "absent/hypotheses: cannot be written: No such file or directory; make its folder first, or name another one"
        #expect(run.told == "unroll: \(message)\n")
    }
}
