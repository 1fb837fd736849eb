import Foundation
import Testing

/// A memory network that says where someone is, trained once for all tests.
enum TinyAnswerer {
    static let recipe = """
        task: question_answering
        data: {stories: {kinds: [places], train: 600, validation: 40}}
        model: {hops: 1, memory_size: 12}
        training:
          steps: 380
          linear_epochs: 5
          optimizer: {kind: sgd, learning_rate: 0.01}
          clip_norm: 40
          validate_every: 190
          save_every: 190
          log_every: 19

        """

    static let folder = Scratch.trained(by: recipe)
}

@Suite("Answering questions from the command line")
struct AnswerTests {
    private let folder = TinyAnswerer.folder
    private let model = "run/best.safetensors"

    private func answer(_ arguments: String..., input: String? = nil) throws -> Tool.Run {
        try Tool.run(["answer", model] + arguments, in: folder, input: input)
    }

    private static let story =
        "Anna went to the garden.\nBoris moved to the attic.\nWhere is Anna?\nAnna hurried to the cellar.\nWhere is Anna?\n"

    @Test func answersWithTheSentencesThatWereRead() throws {
        let run = try answer(input: Self.story)
        #expect((run.code, run.told) == (0, ""))
        #expect(run.lines.count == 4)
        #expect(run.lines[0].wholeMatch(of: /garden\t[01]\.\d{4}/) != nil, "\(run.output)")
        #expect(run.lines[1].wholeMatch(of: #/  hop 1  [01]\.\d\d  Anna went to the garden\./#) != nil, "\(run.output)")
        #expect(run.lines[2].hasPrefix("cellar\t"))
        #expect(run.lines[3].hasSuffix("  Anna hurried to the cellar."))
    }

    @Test func aFileOfTheTasksIsUnderstood() throws {
        let made = try Tool.run(["data", "stories", "--kind", "places", "--count", "20", "--seed", "9"], in: folder)
        #expect(made.code == 0 && made.lines.first?.hasPrefix("1 ") == true)
        try folder.write(made.output, to: "stories.txt")
        let run = try answer("stories.txt")
        #expect(run.code == 0)
        let marks = run.lines.filter { !$0.hasPrefix(" ") }.map { $0.split(separator: "\t")[2] }
        #expect(marks.count == 20)
        #expect(marks.filter { $0 == "right" }.count > 14)
        #expect(marks.allSatisfy { $0 == "right" || $0.hasPrefix("wrong, it is ") })
        let quality = try Tool.run(["evaluate", model, "--data", "stories.txt"], in: folder)
        #expect((quality.code, quality.lines.last) == (0, "questions = 20"))
        #expect(quality.lines[0].wholeMatch(of: /[✓✗] stories +\d+\.\d% of 20 wrong/) != nil, "\(quality.output)")
    }

    @Test func jsonIsOneObjectForEachQuestion() throws {
        let run = try answer("--json", "--top", "2", input: "Anna went to the garden.\nThe unicorn slept.\nWhere is Anna?\n")
        #expect(run.lines.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["candidates", "forgotten_sentences", "hops", "question", "unknown_words"])
        #expect((object["candidates"] as? [[String: Any]])?.count == 2)
        #expect(object["unknown_words"] as? [String] == ["unicorn", "slept"])
        let hop = try #require((object["hops"] as? [[String: Any]])?.first)
        #expect(hop.keys.sorted() == ["place", "sentence", "weight", "weights"])
        #expect((hop["place"] as? Int, (hop["weights"] as? [Double])?.count) == (0, 2))
    }

    @Test func unknownWordsAreNamed() throws {
        let run = try answer(input: "Anna went to the moon.\nWhere is Anna, Zoltan?\n")
        #expect(run.code == 0)
        #expect(run.lines.last == "  unknown: moon, zoltan")
    }

    @Test func forgettingIsSaidOnce() throws {
        let long = (0..<15).map { _ in "Anna went to the garden.\n" }.joined() + "Where is Anna?\n"
        let run = try answer(input: long + "\n" + long)
        #expect(run.code == 0)
        #expect(run.told == "the memory holds 12 sentences; the oldest of longer stories are forgotten\n")
    }

    @Test func anEmptyStoryIsRefusedAndTheRestAnswered() throws {
        let run = try answer(input: "Where is Anna?\nAnna went to the garden.\nWhere is Anna?\n\nWhere is Anna?\n")
        #expect(run.code == 65)
        #expect(run.lines.count == 4 && run.lines[0] == "" && run.lines[1].hasPrefix("garden\t") && run.lines[3] == "")
        #expect(
            run.told == """
                unroll: standard input:1: there is no sentence before the question; tell one first
                unroll: standard input:5: there is no sentence before the question; tell one first
                unroll: 2 questions could not be answered

                """)
    }

    @Test func evaluatesOnNewStoriesOfTheRecipe() throws {
        let run = try Tool.run(["evaluate", model], in: folder)
        #expect(run.code == 0)
        #expect(
            run.lines.map { $0.prefix { $0 != "=" } }.dropFirst() == ["loss ", "accuracy ", "mean error ", "failed tasks ", "questions "])
        #expect(run.lines[0].hasPrefix("✓ places") || run.lines[0].hasPrefix("✗ places"))
        let json = try Tool.run(["evaluate", model, "--json"], in: folder)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["accuracy", "failed_tasks", "loss", "mean_error", "questions", "tasks"])
        #expect((object["tasks"] as? [[String: Any]])?.first?["name"] as? String == "places")
    }

    @Test func aMalformedLineIsNamed() throws {
        try folder.write("1 Anna went to the garden.\n2 Where is Anna?\tgarden\t7\n", to: "wrong.txt")
        let run = try Tool.run(["evaluate", model, "--data", "wrong.txt"], in: folder)
        #expect((run.code, run.output) == (65, ""))
        #expect(run.told.hasPrefix("unroll: wrong.txt:2: the answer should follow from line '7'"))
    }

    @Test func otherCommandsSayWhatTheFileIs() throws {
        let run = try Tool.run(["classify", model], in: folder, input: "a\n")
        #expect(run.code == 65)
        #expect(run.told.contains("holds a question answering model, which 'unroll answer' uses"))
        let info = try Tool.run(["info", model], in: folder)
        #expect(info.lines.contains("kind: memory_network"))
        #expect(info.lines.contains { $0.hasPrefix("memory: 1 hops, adjacent tying; position encoding, temporal encoding; 12 sentences") })
    }

    @Test func itsLayersAreChecked() throws {
        let run = try Tool.run(["check", model], in: folder)
        #expect(run.code == 0, "\(run.output)")
        #expect(run.lines[0] == "run/best.safetensors: question answering model")
        #expect(run.lines.contains { $0.hasPrefix("✓") && $0.contains("encoder: positions, ") && $0.hasSuffix(" words, 12 ages → 20") })
        #expect(run.lines.contains { $0.hasPrefix("✓") && $0.contains("1 hops, adjacent tying") })
        #expect(run.lines.last?.hasSuffix("all passed") == true)
    }

    @Test func inspectShowsWhatEachHopRead() throws {
        let story = "Anna went to the garden.\nBoris moved to the attic.\nWhere is Anna?"
        let run = try Tool.run(["inspect", model, "--text", story, "--html", "hops.html", "--json"], in: folder)
        #expect(run.code == 0, "\(run.error)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect((object["target"] as? String, object["target_is_own"] as? Bool) == ("garden", true))
        let attention = try #require((object["attention"] as? [[String: Any]])?.first)
        let alignment = try #require(attention["alignment"] as? [String: Any])
        #expect(alignment["source"] as? [String] == ["Anna went to the garden.", "Boris moved to the attic."])
        #expect(alignment["target"] as? [String] == ["hop 1"] && attention["reads_downwards"] as? Bool == true)
        #expect(((alignment["weights"] as? [[Double]])?[0][0] ?? 0) > 0.5)
        let candidates = try #require(object["candidates"] as? [[String: Any]])
        #expect(candidates.first?["answer"] as? String == "garden")
        let recurrence = try #require((object["recurrences"] as? [[String: Any]])?.first)
        let state = try #require((recurrence["states"] as? [[String: Any]])?.first)
        #expect(recurrence["name"] as? String == "hops" && (state["gradient_norms"] as? [Double])?.count == 2)
        #expect(try folder.text("hops.html").contains("<bdi>Boris moved to the attic.</bdi>"))
    }

    @Test func inspectTakesAnExampleOfTheRecipeOrAFile() throws {
        let own = try Tool.run(["inspect", model, "--html", "own.html"], in: folder)
        #expect(own.code == 0 && own.lines[0].hasPrefix("question answering model: 1 hops"), "\(own.error)")
        try folder.write("1 Anna went to the garden.\n2 Where is Anna?\tgarden\t1\n", to: "one.txt")
        let file = try Tool.run(["inspect", model, "--data", "one.txt", "--html", "one.html"], in: folder)
        #expect(Array(file.lines.prefix(3).dropFirst()) == ["input   Where is Anna?", "target  garden"], "\(file.error)")
        let absent = try Tool.run(["inspect", model, "--data", "one.txt", "--example", "2"], in: folder)
        #expect(absent.code == 65 && absent.told.contains("one.txt: there is no example 2; there are 1"))
    }

    @Test(arguments: [
        ("Anna went to the garden.", nil, 64, "the last line of --text should be a question about the lines before it"),
        ("Where is Anna?", nil, 65, "the story is empty; there is nothing to look at"),
        ("Anna slept.\nWhere is Anna?", "moon", 65, "'moon' is no answer that the model can give, such as "),
        ("Anna slept.\n?", nil, 65, "the question has no word"),
    ])
    func inspectRefusesWhatItCannotShow(text: String, target: String?, code: Int32, message: String) throws {
        let run = try Tool.run(
            ["inspect", model, "--text", text, "--html", "no.html"] + (target.map { ["--target", $0] } ?? []), in: folder)
        #expect(run.code == code)
        #expect(run.told.contains(message), "\(run.told)")
        #expect(!folder.exists("no.html"))
    }

    @Test func answersOfSeveralWordsAreOne() throws {
        let folder = try Scratch()
        let facts = [("lamp", "coin"), ("coin", "lamp"), ("rope", "lamp")]
        let stories = facts.map { first, second in
            "1 Anna took the \(first).\n2 Anna took the \(second).\n3 What does Anna carry?\t\(first),\(second)\t1 2\n"
        }
        try folder.write((0..<8).map { _ in stories.joined() }.joined(), to: "lists.txt")
        let recipe = TinyAnswerer.recipe.replacing(
            "{stories: {kinds: [places], train: 600, validation: 40}}", with: "{train: [lists.txt], validation: [lists.txt]}")
        try folder.write(recipe, to: "recipe.yaml")
        #expect(try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder).code == 0)
        let run = try Tool.run(["answer", "run/last.safetensors", "lists.txt", "--json"], in: folder)
        let answers = try run.lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return (object?["candidates"] as? [[String: Any]])?.first?["answer"] as? String
        }
        #expect(answers.count == 24 && answers.prefix(3) == ["lamp,coin", "coin,lamp", "rope,lamp"], "\(answers)")
    }
}
