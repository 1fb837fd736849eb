import Foundation
import Testing

@Suite("Bad input: its message and its exit code")
struct BadInputTests {
    /// Expects that the tool refuses with one message and says nothing else.
    private func expectRefusal(
        _ arguments: [String], in folder: Scratch, input: String? = nil, code: Int32, _ message: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let run = try Tool.run(arguments, in: folder, input: input)
        #expect(run.code == code, sourceLocation: location)
        #expect(run.told == "unroll: \(message)\n", sourceLocation: location)
        #expect(run.output == "", sourceLocation: location)
    }

    // MARK: - Text

    @Test func missingFiles() throws {
        let folder = try TinyModel.scratch(TinyModel.fileRecipe)
        let absent = "there is no such file; check the path"
        try expectRefusal(["translate", "absent"], in: folder, code: 66, "absent: \(absent)")
        try expectRefusal(["info", "absent"], in: folder, code: 66, "absent: \(absent)")
        try expectRefusal(["train", "absent", "--out", "run"], in: folder, code: 66, "absent: \(absent)")
        try expectRefusal(["train", ".", "--out", "run"], in: folder, code: 66, ".: is a folder; name the recipe's file")
        let relative = "\(absent) (it is relative to the working directory)."
        try expectRefusal(["translate", TinyModel.path, "absent"], in: folder, code: 66, "absent: \(relative)")
        try expectRefusal(["train", "recipe.yaml", "--out", "run"], in: folder, code: 66, "source: \(relative)")
        try expectRefusal(
            ["evaluate", TinyModel.path, "--source", "absent", "--reference", "absent"], in: folder, code: 66, "absent: \(relative)")
        try expectRefusal(["translate", TinyModel.path, "."], in: folder, code: 66, ".: this is a directory; name a file inside it.")
    }

    @Test func unequalLineCounts() throws {
        let folder = try TinyModel.scratch(TinyModel.fileRecipe)
        try folder.write("a\nb\nc\n", to: "source")
        try folder.write("a\nb\n", to: "target")
        let message = "source, target: the files have 3 and 2 lines; line n of one must translate line n of the other."
        try expectRefusal(["train", "recipe.yaml", "--out", "run"], in: folder, code: 65, message)
        try expectRefusal(["evaluate", TinyModel.path, "--source", "source", "--reference", "target"], in: folder, code: 65, message)
    }

    @Test func invalidUTF8() throws {
        let folder = try TinyModel.scratch(TinyModel.fileRecipe)
        try folder.write(Data("a b\nb\n\u{e9}\n".unicodeScalars.map { UInt8($0.value) }), to: "source")
        try folder.write("a\nb\nc\n", to: "target")
        let message = "source:3: the line is not valid UTF-8; convert the file, for example: iconv -f ISO-8859-1 -t UTF-8."
        try expectRefusal(["train", "recipe.yaml", "--out", "run"], in: folder, code: 65, message)
        try expectRefusal(["evaluate", TinyModel.path, "--source", "source", "--reference", "target"], in: folder, code: 65, message)
        let run = try Tool.run(["translate", TinyModel.path, "source"], in: folder)
        #expect(run.code == 65)
        #expect(run.told == "unroll: \(message)\n")
        #expect(run.lines.count == 2, "what stands before the line is translated")
    }

    @Test func emptyData() throws {
        let folder = try TinyModel.scratch(TinyModel.fileRecipe)
        for (text, skipped) in [("", 0), ("\n \n", 2)] {
            try folder.write(text, to: "source")
            try folder.write(text, to: "target")
            try expectRefusal(
                ["train", "recipe.yaml", "--out", "run"], in: folder, code: 65,
                "source, target: there is no pair with text on both sides (\(skipped) were skipped).")
            try expectRefusal(
                ["evaluate", TinyModel.path, "--source", "source", "--reference", "target"], in: folder, code: 65,
                "source, target: there is no pair with text on both sides.")
        }
        let run = try Tool.run(["translate", TinyModel.path], in: folder, input: "")
        #expect((run.code, run.output, run.told) == (0, "", ""))
    }

    @Test func aSinglePairTrains() throws {
        let folder = try TinyModel.scratch(TinyModel.fileRecipe)
        try folder.write("a b\n", to: "source")
        try folder.write("c d\n", to: "target")
        let run = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
        #expect(run.code == 0)
        #expect(run.output == "finished; the best model is run/best.safetensors\n")
        #expect(run.told.hasPrefix("data: 1 example, 2 source and 2 target tokens, 1 for validation\n"))
        #expect(try Tool.run(["translate", "run/best.safetensors"], in: folder, input: "a b\n").output == "c d\n")
    }

    @Test func aLineOf100000Characters() throws {
        let folder = try TinyModel.scratch(TinyModel.fileRecipe)
        let long = String(repeating: "a ", count: 50_000)
        let run = try Tool.run(["translate", TinyModel.path], in: folder, input: "a b\n\(long)\nb a\n")
        #expect(run.code == 65)
        #expect(
            run.told == """
                unroll: standard input:2: 50001 tokens, at most 1000 are translated; split the line into sentences, or raise --maximum-tokens
                unroll: 1 line too long to be translated; left empty

                """)
        let alone = try Tool.run(["translate", TinyModel.path], in: folder, input: "a b\nb a\n").lines
        #expect(run.lines == [alone[0], "", alone[1]])

        try folder.write("a b\n\(long)\nb a\n", to: "source")
        try folder.write("a b\nb a\n\(long)\n", to: "target")
        let training = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
        #expect(training.code == 0)
        #expect(training.told.contains("\nleft out: 2 too long, 0 with an empty side\nleft out of validation: 2 too long\n"))
        try expectRefusal(
            ["evaluate", TinyModel.path, "--source", "source", "--reference", "target"], in: folder, code: 65,
            "source:2: 50001 tokens, at most 1000 are translated; split the line")
    }

    // MARK: - Recipes

    @Test(arguments: [
        ("steps:", "setps:", "recipe.yaml:7: unknown key 'setps' in 'training'; did you mean 'steps'?"),
        ("steps: 60", "steps: sixty", "recipe.yaml:7: 'training.steps' must be a whole number, found 'sixty'"),
        ("hidden: 12", "hidden: 0", "recipe.yaml:5: 'model.hidden' must be at least 1, not 0"),
        (
            "kind: adam", "kind: adma",
            "recipe.yaml:9: 'training.optimizer.kind' must be one of 'sgd', 'adam', 'adamw', 'adadelta' or 'rmsprop', found 'adma'; "
                + "did you mean 'adam'?"
        ),
        ("task: translation\n", "", "recipe.yaml:1: missing key 'task'"),
        (
            "longest: 6", "longest: 6000000000",
            "recipe.yaml:3: 'data.copying.longest' must be smaller: times 'train' and 'validation' it allows more than 1,000,000,000 symbols"
        ),
    ])
    func wrongRecipes(part: String, replacement: String, message: String) throws {
        let folder = try TinyModel.scratch(TinyModel.recipe.replacing(part, with: replacement))
        try expectRefusal(["train", "recipe.yaml", "--out", "run"], in: folder, code: 78, message)
        #expect(try !folder.names.contains("run"))
    }

    @Test func wrongOverrides() throws {
        let folder = try TinyModel.scratch()
        try expectRefusal(
            ["train", "recipe.yaml", "--out", "run", "--set", "training.stpes=3"], in: folder, code: 78,
            "--set training.stpes=3: unknown key 'stpes' in 'training'; valid keys: "
                + "seed, accumulate, schedule, clip_norm, clip_value, average, best, patience, keep, gradient_norms, batch_tokens, maximum_length, "
                + "label_smoothing, bptt, validation_sentences, validation_beam")
        try expectRefusal(
            ["train", "recipe.yaml", "--out", "run", "--set", "training.steps"], in: folder, code: 78,
            "--set training.steps: an override is written as key.path=value, such as training.steps=100")
    }

    @Test(arguments: ["100000000", "100000000000000"])
    func aModelThatNoMachineHolds(hidden: String) throws {
        let run = try Tool.run(["train", "recipe.yaml", "--out", "run", "--set", "model.hidden=\(hidden)"], in: try TinyModel.scratch())
        #expect(run.code == 78)
        let message = /unroll: the recipe's model: to train it takes more than .* GiB, and this machine has .* layers\n/
        #expect(run.told.wholeMatch(of: message) != nil, "\(run.told)")
    }
}
