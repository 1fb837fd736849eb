/// Makes stories of people, places and objects, and asks about them: what a memory network learns from without a download.
///
/// They are in the style of the bAbI tasks (Weston 2015), each question with the sentences that its answer follows from. A story is a function of seed, kind,
/// stream and place alone.
public struct StoryGenerator: Sendable {
    /// What is asked.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Where someone is; one sentence tells.
        case places
        /// Where something is, which someone may be carrying; two sentences tell.
        case objects
        /// How many things someone is carrying.
        case counting
        /// Whether someone is at a place.
        case yesNo = "yes_no"
        /// Which two steps lead from a place to another; two sentences tell.
        case paths
    }

    /// The seed of the draws.
    public let seed: UInt64

    /// A generator.
    public init(seed: UInt64) { self.seed = seed }

    /// The story at a place of a stream.
    ///
    /// - Parameters:
    ///   - kind: what it asks.
    ///   - place: counted from 0.
    ///   - stream: which of the seed's independent streams, for example 1 to train and 2 to measure.
    public func story(_ kind: Kind, _ place: Int, stream: UInt64) -> Story {
        let number = Kind.allCases.firstIndex(of: kind) ?? 0
        var generator = SplitMix64(seed, UInt64(number), stream, UInt64(place))
        return kind == .paths ? StoryMap(&generator).story : events(kind, &generator)
    }

    /// Stories of a kind, enough of them for so many questions; the last one is cut where it asks more.
    public func task(_ kind: Kind, questions count: Int, stream: UInt64) -> StoryTask {
        var stories: [Story] = []
        var missing = count
        while missing > 0 {
            var story = story(kind, stories.count, stream: stream)
            story.questions = Array(story.questions.prefix(missing))
            missing -= story.questions.count
            stories.append(story)
        }
        return StoryTask(name: kind.rawValue, stories: stories)
    }

    /// Five questions, a few sentences before each.
    private func events(_ kind: Kind, _ generator: inout SplitMix64) -> Story {
        var world = StoryWorld(carriesObjects: kind == .objects || kind == .counting, &generator)
        var story = Story()
        var line = 0
        for _ in 0..<5 {
            let before = story.questions.count
            var told = 0
            while told < 2 || story.questions.count == before {
                story.sentences.append(world.event(&generator))
                told += 1
                line += 1
                guard told >= 2, let asked = world.question(kind, &generator) else { continue }
                line += 1
                story.questions.append(
                    Story.Question(
                        text: asked.text, answer: asked.answer, facts: asked.facts, sentenceCount: story.sentences.count, lineNumber: line))
            }
        }
        return story
    }
}
