import Foundation
import Testing

@Suite("Running published experiments again")
struct ReproduceTests {
    /// A folder whose recipe of the name that the experiment asks for makes its own stories, and few of them.
    private static func scratch() throws -> Scratch {
        let folder = try Scratch()
        try FileManager.default.createDirectory(at: folder.url("recipes"), withIntermediateDirectories: true)
        try folder.write(recipe, to: "recipes/babi-joint.yaml")
        return folder
    }

    private static let recipe = """
        task: question_answering
        data: {stories: {kinds: [places], train: 60, validation: 10}}
        model: {hops: 1, memory_size: 12}
        training: {steps: 6, optimizer: {kind: sgd, learning_rate: 0.01}, clip_norm: 40, validate_every: 6, save_every: 3, log_every: 3}

        """

    @Test func finishedRunsAreNotMadeAgain() throws {
        let folder = try Self.scratch()
        let first = try Tool.run(["reproduce", "babi", "--quick"], in: folder)
        // These are not the bAbI tasks, so nothing is what was measured before.
        #expect(first.code == 70, "\(first.error)")
        #expect(first.told.hasSuffix("differ from what was measured before\n"))
        #expect(first.told.contains("joint-1k, run 1 of 3, seed 1\n") && first.told.contains("step 6/6"))
        #expect(first.lines[1].hasPrefix("babi-joint.yaml, 3 runs; the lowest loss in training has seed "))
        #expect(first.lines[2].wholeMatch(of: #/ +ours +before +paper +ours − paper/#) != nil)
        #expect(
            first.lines.contains { $0.wholeMatch(of: /[✓✗] +mean error +\d+\.\d% +\S+ +12\.4% +[+−]\d+\.\d%/) != nil }, "\(first.output)")
        #expect(folder.exists("runs/babi/joint-1k/seed-2/result.json"))
        let again = try Tool.run(["reproduce", "babi", "--quick"], in: folder)
        #expect(again.output == first.output)
        #expect(!again.told.contains("step") && again.told.contains("joint-1k, run 3 of 3, seed 3: is there\n"))
    }

    @Test func aRunThatWasStoppedGoesOn() throws {
        let folder = try Self.scratch()
        let arguments = ["reproduce", "babi", "--quick", "--out", "o"]
        let whole = try Tool.run(arguments, in: folder)
        // As if the process had been killed while a model was measured.
        try FileManager.default.removeItem(at: folder.url("o/joint-1k/seed-3/result.json"))
        try FileManager.default.removeItem(at: folder.url("o/joint-1k/seed-2"))
        let again = try Tool.run(arguments, in: folder)
        #expect(again.output == whole.output)
        #expect(again.told.contains("seed 1: is there") && again.told.contains("going on after step 6"))
    }

    @Test func jsonIsOneObject() throws {
        let folder = try Self.scratch()
        let run = try Tool.run(["reproduce", "babi", "--quick", "--json", "--out", "o"], in: folder)
        #expect(run.lines.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["experiment", "parts"])
        let part = try #require((object["parts"] as? [[String: Any]])?.first)
        #expect(part.keys.sorted() == ["chosen_seed", "name", "overrides", "recipe", "rows", "runs", "title"])
        let runs = try #require(part["runs"] as? [[String: Any]])
        #expect(runs.map { $0["seed"] as? Int } == [1, 2, 3])
        let losses = runs.compactMap { $0["training_loss"] as? Double }
        #expect(losses.count == 3 && part["chosen_seed"] as? Int == losses.firstIndex(of: losses.min() ?? 0).map { $0 + 1 })
        let row = try #require((part["rows"] as? [[String: Any]])?.first { $0["measure"] as? String == "mean_error" })
        #expect(row["summary"] as? String == "chosen" && row["published"] as? Double == 0.124 && row["ours"] is Double)
    }

    @Test func aRunByAnotherRecipeIsNotTaken() throws {
        let folder = try Self.scratch()
        _ = try Tool.run(["reproduce", "babi", "--quick", "--out", "o"], in: folder)
        try folder.write(Self.recipe.replacing("hops: 1", with: "hops: 2"), to: "recipes/babi-joint.yaml")
        let run = try Tool.run(["reproduce", "babi", "--quick", "--out", "o"], in: folder)
        #expect((run.code, run.output) == (73, ""))
        #expect(run.told.contains("o/joint-1k/seed-1: holds a run by another recipe; remove it, or choose another folder with --out"))
    }

    @Test func whatIsNotThereIsNamed() throws {
        let folder = try Scratch()
        let experiment = try Tool.run(["reproduce", "squad"], in: folder)
        #expect(experiment.code == 64)
        #expect(experiment.told.hasPrefix("unroll: there is no experiment 'squad'; there are: babi, ntm"))
        let recipes = try Tool.run(["reproduce", "babi", "--recipes", "nowhere"], in: folder)
        #expect(recipes.code == 66)
        #expect(recipes.told.contains("nowhere/babi-joint.yaml"))
    }
}
