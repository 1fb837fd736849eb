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

    static let folder: Scratch = {
        do {
            let folder = try Scratch()
            try folder.write(recipe, to: "recipe.yaml")
            let run = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
            precondition(run.code == 0, run.error)
            return folder
        } catch {
            preconditionFailure("the tests' model cannot be trained: \(error)")
        }
    }()
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
        let check = try Tool.run(["check", model], in: folder)
        #expect(check.code == 64)
        #expect(check.told.contains("the layers of a question answering model cannot be checked one by one; 'unroll check memory'"))
        let info = try Tool.run(["info", model], in: folder)
        #expect(info.lines.contains("kind: memory_network"))
        #expect(info.lines.contains { $0.hasPrefix("memory: 1 hops, adjacent tying; position encoding, temporal encoding; 12 sentences") })
    }
}
