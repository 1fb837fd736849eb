import Testing

@testable import UnrollData

/// The answers of generated stories are found again from their sentences alone.
@Suite("Generated stories") struct StoryGeneratorTests {
    private let generator = StoryGenerator(seed: 3)

    private static func words(_ sentence: String) -> [String] { sentence.dropLast().split(separator: " ").map(String.init) }

    /// Where everyone is and what everyone holds after the first sentences, and where what was dropped lies.
    private struct Told {
        var places: [String: String] = [:]
        var held: [String: [String]] = [:]
        var lying: [String: String] = [:]

        init(_ sentences: some Sequence<String>) {
            for sentence in sentences {
                let words = StoryGeneratorTests.words(sentence)
                let (person, last) = (words[0], words[words.count - 1])
                if last == "there" {
                    let object = words[words.count - 2]
                    held[person, default: []].append(object)
                    lying[object] = nil
                } else if ["went", "walked", "moved", "hurried"].contains(words[1]) {
                    places[person] = last
                } else {
                    held[person]?.removeAll { $0 == last }
                    lying[last] = places[person]
                }
            }
        }

        func place(of object: String) -> String? {
            if let place = lying[object] { return place }
            let holder = held.first { $0.value.contains(object) }?.key
            return holder.flatMap { places[$0] }
        }
    }

    private func answer(_ kind: StoryGenerator.Kind, _ question: String, _ told: Told) -> String? {
        let words = Self.words(question)
        switch kind {
        case .places: return told.places[words[2]]
        case .yesNo: return told.places[words[1]] == words[4] ? "yes" : "no"
        case .objects: return told.place(of: words[3])
        case .counting: return ["none", "one", "two", "three", "four"][told.held[words[4]]?.count ?? 0]
        case .paths: return nil
        }
    }

    @Test(arguments: StoryGenerator.Kind.allCases.filter { $0 != .paths })
    func answersFollowFromTheSentences(_ kind: StoryGenerator.Kind) {
        var answers: Set<String> = []
        for place in 0..<60 {
            let story = generator.story(kind, place, stream: 1)
            #expect(story.questions.count == 5)
            for question in story.questions {
                let told = Told(story.sentences.prefix(question.sentenceCount))
                #expect(answer(kind, question.text, told) == question.answer, "\(story.lines)")
                #expect(!question.facts.isEmpty && question.facts.allSatisfy { $0 < question.sentenceCount })
                // Nothing else need be known to answer, but for where a thing was dropped.
                let facts = question.facts.sorted().map { story.sentences[$0] }
                #expect(answer(kind, question.text, Told(facts)) == question.answer, "\(story.lines)")
                answers.insert(question.answer)
            }
        }
        #expect(answers.count >= (kind == .yesNo ? 2 : 4))
    }

    @Test func pathsFollowFromTheirTwoFacts() throws {
        let steps = ["north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)]
        var answers: Set<String> = []
        for place in 0..<60 {
            let story = generator.story(.paths, place, stream: 1)
            let question = try #require(story.questions.first)
            #expect((story.questions.count, story.sentences.count, question.facts.count) == (1, 5, 2))
            let asked = Self.words(question.text)
            var here = asked[asked.count - 4]
            for (fact, letter) in zip(question.facts, question.answer.split(separator: ",")) {
                let words = Self.words(story.sentences[fact])
                let (subject, side, object) = (words[1], words[3], words[6])
                let isForward = object == here
                #expect(isForward || subject == here, "\(story.lines)")
                let step = try #require(steps[side])
                let expected = isForward ? step : (-step.0, -step.1)
                #expect(steps.first { $0.key.hasPrefix(letter) }.map { $0.value == expected } == true, "\(story.lines)")
                here = isForward ? subject : object
            }
            #expect(here == asked.last)
            answers.insert(question.answer)
        }
        #expect(answers.count > 6)
    }

    @Test func storiesAreAFunctionOfSeedKindStreamAndPlace() {
        let other = StoryGenerator(seed: 4)
        for kind in StoryGenerator.Kind.allCases {
            let story = generator.story(kind, 2, stream: 1)
            #expect(story == generator.story(kind, 2, stream: 1))
            for different in [generator.story(kind, 3, stream: 1), generator.story(kind, 2, stream: 2), other.story(kind, 2, stream: 1)] {
                #expect(story != different)
            }
        }
    }

    @Test func aTaskHasSoManyQuestions() {
        #expect(generator.task(.objects, questions: 12, stream: 1).questionCount == 12)
        #expect(generator.task(.paths, questions: 3, stream: 1).stories.count == 3)
        #expect(generator.task(.places, questions: 0, stream: 1).stories.isEmpty)
    }
}
