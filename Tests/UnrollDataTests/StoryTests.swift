import Testing

@testable import UnrollData

@Suite("Stories and their questions") struct StoryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let text = """
        1 Mary got the milk.
        2 John moved to the bedroom.
        3 Where is the milk? \tgarden,shed\t1 2

        4 Mary went away.
        5 Is it there?\tno\t
        1 A cat sat.
        2 Who sat?\tcat\t1
        """

    private static let stories = [
        Story(
            sentences: ["Mary got the milk.", "John moved to the bedroom.", "Mary went away."],
            questions: [
                .init(text: "Where is the milk?", answer: "garden,shed", facts: [0, 1], sentenceCount: 2, lineNumber: 3),
                .init(text: "Is it there?", answer: "no", facts: [], sentenceCount: 3, lineNumber: 6),
            ]),
        Story(
            sentences: ["A cat sat."],
            questions: [.init(text: "Who sat?", answer: "cat", facts: [0], sentenceCount: 1, lineNumber: 8)]),
    ]

    @Test func aFileOfStoriesIsRead() throws {
        #expect(try Story.read(folder.write(Self.text, to: "plain.txt")) == Self.stories)
        #expect(try Story.read(folder.write(GzipFixture.stored(Self.text), to: "packed.txt.gz")) == Self.stories)
        let task = try StoryTask.read(folder.write(Self.text, to: "qa3_cats.txt.gz"))
        #expect((task.name, task.questionCount) == ("qa3_cats", 3))
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let text = Self.stories.map(\.lines).joined()
        let read = try Story.read(folder.write(text, to: "again.txt"))
        #expect(read.map(\.sentences) == Self.stories.map(\.sentences))
        #expect(read.map { $0.questions.map(\.facts) } == Self.stories.map { $0.questions.map(\.facts) })
        #expect(read.map(\.lines).joined() == text)
    }

    @Test(arguments: [
        ("Mary went.\n", "file:1: the line does not begin with its number"), ("1Mary went.\n", "file:1: the line does not begin"),
        ("2 Mary went.\n", "file:1: the line has the number 2 after 0"),
        ("1 Mary went.\n3 John went.\n", "file:2: the line has the number 3 after 1"),
        ("1 Mary went.\n2 \n", "file:2: there is nothing after the line's number"),
        ("1 Mary went.\n2 Where?\n", "file:2: a question is its text, a tab, its answer"),
        ("1 Mary went.\n2 Where?\t\t1\n", "file:2: a question is its text, a tab, its answer"),
        ("1 Where?\tout\t\n", "file:1: there is no sentence before the question"),
        ("1 Mary went.\n2 Where?\tout\t2\n", "file:2: the answer should follow from line '2', which is no sentence"),
        ("1 Mary went.\n2 Where?\tout\tx\n", "file:2: the answer should follow from line 'x'"),
        ("1 Mary went.\n", "file: the file has no question"), ("", "file: the file has no question"),
    ])
    func aMalformedLineIsNamed(_ text: String, _ message: String) throws {
        let path = try folder.write(text, to: "file")
        let error = #expect(throws: CorpusError.self) { try Story.read(path) }
        let said = (error?.description ?? "").replacing(path, with: "file")
        #expect(said.hasPrefix(message), "\(said)")
    }

    @Test func tasksOfAFolder() throws {
        let text = "1 A cat sat.\n2 Who sat?\tcat\t1\n"
        for name in [
            "qa10_late_train.txt", "qa2_two-facts_train.txt.gz", "qa2_two-facts_test.txt", "other.txt", "qa3_partial_train_5q.txt",
        ] {
            _ = try folder.write(text, to: name)
        }
        let path = folder.url.path
        #expect(try StoryTask.read(folder: path, .train).map(\.name) == ["2 two-facts", "10 late"])
        #expect(try StoryTask.read(folder: path, .test).map(\.name) == ["2 two-facts"])
        #expect(try StoryTask.read(folder: path, .train, numbers: [10]).map(\.name) == ["10 late"])
        let absent = #expect(throws: CorpusError.self) { try StoryTask.read(folder: path, .test, numbers: [2, 10]) }
        #expect(absent?.description.hasSuffix("the task 10 has no file 'qa10_…_test.txt' there.") == true)
        #expect(throws: CorpusError.self) { try StoryTask.read(folder: path + "/absent", .train) }
    }

    @Test func aShareOfTheStoriesIsKept() throws {
        let task = StoryTask(name: "t", stories: (0..<20).map { Story(sentences: ["\($0)"]) })
        let parts = try task.parted(share: 0.1, seed: 1)
        #expect((parts.training.stories.count, parts.heldOut.stories.count) == (18, 2))
        #expect(Set((parts.training.stories + parts.heldOut.stories).map(\.sentences)) == Set(task.stories.map(\.sentences)))
        #expect(try task.parted(share: 0.001, seed: 1).heldOut.stories.count == 1)
    }

    @Test func linesAreTakenApart() {
        #expect(StoryLine("12 Where is it? \t a b \t3 4").facts == ["3", "4"])
        let line = StoryLine("  Where is it?  ")
        #expect((line.number, line.text, line.answer, line.isQuestion) == (nil, "Where is it?", nil, true))
        #expect(StoryLine("2 cats sat.").number == 2)
        #expect((StoryLine("2cats").number, StoryLine("").isQuestion, StoryLine("7").text) == (nil, false, ""))
    }
}

@Suite("Gaps in the ages of sentences") struct TimeNoiseTests {
    private static func ages(_ count: Int, share: Double = 0.1, batch: Int = 0) -> [[Int32]] {
        var noise = TimeNoise(share: share, seed: 1, position: BatchPosition(epoch: 2, batch: batch))
        return (0..<200).map { _ in noise.ages(sentences: count) }
    }

    @Test(arguments: [0, 1, 5, 37])
    func agesFallAndHaveAFewGaps(_ count: Int) {
        let most = Int((Double(count) * 0.1).rounded(.up))
        let drawn = Self.ages(count)
        for ages in drawn {
            #expect(ages.count == count)
            #expect(zip(ages, ages.dropFirst()).allSatisfy { $0 > $1 })
            #expect(ages.allSatisfy { $0 >= 0 && Int($0) < count + most })
        }
        guard count > 0 else { return }
        // Each number of gaps occurs, and each age.
        #expect(Set(drawn.flatMap { $0 }).count == count + most)
        #expect(drawn.contains { $0 == (0..<Int32(count)).reversed() })
    }

    @Test func drawsAreThoseOfTheBatch() {
        #expect(Self.ages(9) == Self.ages(9))
        #expect(Self.ages(9) != Self.ages(9, batch: 1))
        #expect(Self.ages(9, share: 0).allSatisfy { $0 == (0..<9).reversed() })
    }
}
