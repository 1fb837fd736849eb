import Foundation
import Testing

@Suite("Looking inside from the command line")
struct InspectTests {
    private func object(_ run: Tool.Run) throws -> [String: Any] {
        #expect(run.code == 0, "\(run.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    private static let models = [
        (TinyModel.path, "translation model"), (TinyLanguageModel.path, "language model"),
        (TinyLabellers.folder.url("classification/best.safetensors").path, "classifier"),
        (TinyLabellers.folder.url("tagging/best.safetensors").path, "tagger"),
        (TinyLabellers.folder.url("regression/best.safetensors").path, "regression model"),
    ]

    /// Recipes name their data by paths that are relative to the folder of the training.
    private func folder(of model: String) -> Scratch {
        model == TinyModel.path ? TinyModel.folder : model == TinyLanguageModel.path ? TinyLanguageModel.folder : TinyLabellers.folder
    }

    @Test(arguments: 0..<5)
    func everyKindIsShownByItsOwnValidationData(place: Int) throws {
        let (model, kind) = Self.models[place]
        let scratch = try Scratch()
        let page = scratch.url("page.html").path
        let run = try Tool.run(["inspect", model, "--example", "2", "--html", page], in: folder(of: model))
        #expect(run.code == 0, "\(run.error)")
        #expect(run.lines[0].hasPrefix("\(kind): "))
        #expect(run.lines.contains { $0.hasPrefix("gradient norm at") })
        #expect(run.told == "wrote \(page)\n")
        let html = try scratch.text("page.html")
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("<h2>The gradient through time</h2>"))
        let again = try Tool.run(["inspect", model, "--example", "2", "--html", page, "--threads", "3"], in: folder(of: model))
        #expect(again.code == 0)
        #expect(try scratch.text("page.html") == html)
    }

    @Test(arguments: 0..<5)
    func jsonHasTheKeysThatHelpPromises(place: Int) throws {
        let (model, kind) = Self.models[place]
        let folder = folder(of: model)
        let before = try folder.names
        let found = try object(try Tool.run(["inspect", model, "--json"], in: folder))
        #expect(found["kind"] as? String == kind)
        // No page is written, so nothing is new but the runs' own records.
        #expect(try !folder.names.contains("inspection.html") && Set(before).isSubset(of: Set(folder.names)))
        var keys: Set = [
            "kind", "equations", "input", "target", "target_is_own", "loss", "sequences", "answers", "recurrences", "attention",
        ]
        keys.formUnion(["parameters", "graph", "signals"])
        #expect(Set(found.keys) == keys)
        let recurrence = try #require((found["recurrences"] as? [[String: Any]])?.first)
        #expect(Set(recurrence.keys) == ["name", "sequence", "is_reversed", "gates", "states"])
        let gate = try #require((recurrence["gates"] as? [[String: Any]])?.first)
        #expect(Set(gate.keys) == ["name", "lowest", "highest", "values", "low_share", "high_share", "saturation"])
        let state = try #require((recurrence["states"] as? [[String: Any]])?.first)
        #expect(Set(state.keys) == ["name", "values", "gradient_norms"])
        let sequence = try #require((found["sequences"] as? [[String: Any]])?.first)
        #expect((state["gradient_norms"] as? [Double])?.count == (sequence["tokens"] as? [String])?.count)
        let parameter = try #require((found["parameters"] as? [[String: Any]])?.first)
        #expect(Set(parameter.keys) == ["name", "shape", "norm", "gradient_norm"])
    }

    @Test func textAndTargetAreTaken() throws {
        let folder = try Scratch()
        let own = try object(try Tool.run(["inspect", TinyModel.path, "--text", "a b c", "--json"], in: folder))
        #expect(own["target_is_own"] as? Bool == true)
        let given = try object(try Tool.run(["inspect", TinyModel.path, "--text", "a b c", "--target", "c b", "--json"], in: folder))
        #expect((given["target"] as? String, given["target_is_own"] as? Bool) == ("c b", false))
        let sequences = try #require(given["sequences"] as? [[String: Any]])
        #expect(sequences.map { $0["tokens"] as? [String] } == [["a", "b", "c"], ["<s>", "c", "b"]])
        let step = try object(
            try Tool.run(["inspect", TinyModel.path, "--text", "a b c", "--target", "c b", "--loss-step", "1", "--json"], in: folder))
        #expect(step["loss_step"] as? Int == 1)
        let sum = try object(
            try Tool.run(["inspect", Self.models[4].0, "--text", "0.5,1 0.25,0 0.5,1", "--target", "1", "--json"], in: folder))
        #expect(sum["target"] as? String == "1")
        let line = try object(try Tool.run(["inspect", Self.models[4].0, "--text", "1\t0.5,1 0.25,0 0.5,1", "--json"], in: folder))
        #expect(line["loss"] as? Double == sum["loss"] as? Double)
    }

    @Test func thePageIsCalledInspectionUnlessItIsNamed() throws {
        let folder = try Scratch()
        let run = try Tool.run(["inspect", TinyModel.path, "--text", "a b"], in: folder)
        #expect(run.code == 0)
        #expect(try folder.text("inspection.html").contains("A look inside best.safetensors"))
    }

    @Test func aTrainingsGradientNormsAreDrawn() throws {
        let folder = try TinyModel.scratch()
        let set = ["--set", "training.gradient_norms=true", "--set", "training.steps=20", "--set", "training.validate_every=20"]
        #expect(try Tool.run(["train", "recipe.yaml", "--out", "run"] + set, in: folder).code == 0)
        let found = try object(try Tool.run(["inspect", "run/best.safetensors", "--text", "a b", "--json"], in: folder))
        let training = try #require(found["training"] as? [String: Any])
        #expect(training["steps"] as? [Int] == [10, 20])
        let names = try #require(training["names"] as? [String])
        #expect(names.contains("encoder.weight_hh_l0_reverse") && names == names.sorted())
        let elsewhere = try Tool.run(
            ["inspect", TinyModel.path, "--text", "a b", "--metrics", "run/metrics.jsonl", "--json"], in: folder)
        #expect(try object(elsewhere)["training"] != nil)
        let none = try Tool.run(
            ["inspect", TinyModel.path, "--text", "a", "--metrics", TinyModel.folder.url("run/metrics.jsonl").path], in: folder)
        #expect(none.code == 65)
        #expect(none.told.contains("has no gradient norms; train with --set training.gradient_norms=true"))
    }

    @Test(arguments: [
        (["inspect", "absent"], Int32(66), "unroll: absent: there is no such file; check the path\n"),
        (["inspect", "MODEL", "--text", " "], 65, "unroll: the source is empty; there is nothing to look at\n"),
        (["inspect", "MODEL", "--data", "x"], 64, "holds a translation model; give it a sentence with --text"),
        (["inspect", "MODEL", "--example", "21"], 65, "unroll: the recipe's validation data: there is no example 21; there are 20\n"),
        (["inspect", "MODEL", "--text", "a", "--metrics", "absent"], 66, "absent: cannot be read"),
        (["inspect", "MODEL", "--text", "a", "--loss-step", "99"], 65, "unroll: the loss of step 99 cannot be taken"),
        (["inspect", "MODEL", "--text", "a", "--html", "absent/page.html"], 73, "absent/page.html: cannot be written"),
        (["inspect", "LANGUAGE", "--text", "a", "--target", "b"], 64, "leave out --target"),
        (["inspect", "LANGUAGE", "--text", "a", "--data", "x"], 64, "--text and --data both give the example; leave one out"),
        (["inspect", "LANGUAGE", "--target", "b"], 64, "--target belongs to --text; give both"),
        (["inspect", "LANGUAGE", "--example", "0"], 64, "--example must be from 1 to 1000000000, not 0"),
        (["inspect", "LANGUAGE", "--data", "absent"], 66, "absent: there is no such file"),
        (["inspect", "CLASSIFIER", "--text", "tea", "--target", "tool"], 65, "the model knows no class 'tool'; it knows 'drink', 'food'"),
        (["inspect", "CLASSIFIER", "--text", "tea", "--loss-step", "1"], 65, "a classifier speaks once, at the end"),
        (["inspect", "TAGGER", "--text", "to Paris", "--target", "O"], 65, "there are 2 words and 1 tags; each word needs one"),
        (["inspect", "NUMBERS", "--text", "1\t0.5,1 0.25"], 65, "step 2 has 1 numbers where 2 were expected"),
        (["inspect", "NUMBERS", "--text", "0.5,1"], 65, "a sequence is targets, a tab, and steps"),
        (["inspect", "NUMBERS", "--text", "1\t0.5 0.25"], 65, "the sequence has 1 numbers a step and 1 targets"),
        (["gradients", "--length", "1"], 64, "--length must be from 2 to 10000, not 1"),
        (["gradients", "--task", "nothing"], 64, "The value 'nothing' is invalid for '--task <task>'"),
        (["gradients", "--html", "absent/page.html"], 73, "absent/page.html: cannot be written"),
    ])
    func badInputIsSaid(arguments: [String], code: Int32, message: String) throws {
        let names = ["MODEL": 0, "LANGUAGE": 1, "CLASSIFIER": 2, "TAGGER": 3, "NUMBERS": 4]
        let run = try Tool.run(arguments.map { names[$0].map { Self.models[$0].0 } ?? $0 }, in: Scratch())
        #expect(run.code == code, "\(run.error)")
        #expect(run.told.contains(message), "\(run.error)")
        #expect(run.output == "")
    }

    @Test func gradientsAreMeasuredAndDrawn() throws {
        let folder = try Scratch()
        let small = ["gradients", "--length", "12", "--units", "6", "--sequences", "3", "--updates", "4", "--task", "recalling"]
        let run = try Tool.run(small, in: folder)
        #expect(run.code == 0, "\(run.error)")
        #expect(run.lines.count == 13)
        let page = try folder.text("gradients.html")
        #expect(page.contains("recalling the first symbol, 12 steps; networks of 6 units; gradients are means over 3 sequences; seed 1"))
        let json = try object(try Tool.run(small + ["--json", "--html", "again.html", "--threads", "1"], in: folder))
        #expect(Set(json.keys) == ["task", "length", "units", "sequences", "draws", "seed", "flows", "trained", "runs"])
        let flow = try #require((json["flows"] as? [[String: Any]])?.first)
        #expect(Set(flow.keys) == ["network", "initialization", "norms"])
        #expect(try folder.text("again.html") == page)
    }
}
