/// Sentences, and questions about those that stand before each.
public struct Story: Sendable, Equatable {
    /// A question about a story.
    public struct Question: Sendable, Equatable {
        /// The question.
        public let text: String
        /// The right answer; several words are joined by commas.
        public let answer: String
        /// The places of the sentences that the answer follows from, in the order in which they are needed, counted from 0.
        public let facts: [Int]
        /// How many of the story's sentences stand before it.
        public let sentenceCount: Int
        /// The line of the file that it stands in, counted from 1.
        public let lineNumber: Int

        /// A question from line `lineNumber`.
        public init(text: String, answer: String, facts: [Int], sentenceCount: Int, lineNumber: Int) {
            self.text = text
            self.answer = answer
            self.facts = facts
            self.sentenceCount = sentenceCount
            self.lineNumber = lineNumber
        }
    }

    /// The sentences in their order.
    public var sentences: [String]
    /// The questions in their order.
    public var questions: [Question]

    /// A story.
    public init(sentences: [String] = [], questions: [Question] = []) {
        self.sentences = sentences
        self.questions = questions
    }

    /// Reads a file in the format of the bAbI tasks (Weston 2015), plain or gzip.
    ///
    /// Each line is `ID sentence`, or `ID question`, a tab, the answer, a tab, and the IDs of the lines that it follows from, with blanks between them. IDs
    /// count from 1 in each story. Blanks before a tab, and empty lines, are passed over.
    ///
    /// - Throws: `CorpusError`, with the line: what `LineReader` throws; a line without an ID, or whose ID does not follow; a question without an answer or
    ///   with a sentence before it missing; an ID that is no earlier sentence's; a file without any question.
    public static func read(_ path: String) throws -> [Story] {
        let lines = try LineReader(path: path)
        var stories: [Story] = []
        var places: [Int: Int] = [:]
        var previous = 0
        func failure(_ message: String) -> CorpusError { CorpusError(.malformed, path: path, line: lines.lineNumber, message) }
        while let text = try lines.next() {
            guard !text.isBlank else { continue }
            let line = StoryLine(text)
            guard let number = line.number else {
                throw failure(
                    "the line does not begin with its number in the story and a blank, as '1 Mary got the milk.' does; number it.")
            }
            if number == 1 {
                stories.append(Story())
                places = [:]
            } else if number != previous + 1 || stories.isEmpty {
                throw failure("the line has the number \(number) after \(previous); the lines of a story count from 1, so mend the number.")
            }
            previous = number
            let last = stories.count - 1
            guard line.isQuestion else {
                guard !line.text.isEmpty else {
                    throw failure("there is nothing after the line's number; write a sentence or leave the line out.")
                }
                places[number] = stories[last].sentences.count
                stories[last].sentences.append(line.text)
                continue
            }
            let question = try question(line, of: stories[last], places, lineNumber: lines.lineNumber, failure)
            stories[last].questions.append(question)
        }
        guard stories.contains(where: { !$0.questions.isEmpty }) else { throw CorpusError(.empty, path: path, "the file has no question.") }
        return stories
    }

    private static func question(
        _ line: StoryLine, of story: Story, _ places: [Int: Int], lineNumber: Int, _ failure: (String) -> CorpusError
    ) throws -> Question {
        guard let answer = line.answer, !answer.isEmpty, !line.text.isEmpty else {
            throw failure("a question is its text, a tab, its answer, a tab, and the numbers of the lines that it follows from; mend it.")
        }
        guard !story.sentences.isEmpty else { throw failure("there is no sentence before the question; a story must be told first.") }
        let facts = try line.facts.map { fact in
            guard let place = Int(fact).flatMap({ places[$0] }) else {
                throw failure(
                    "the answer should follow from line '\(fact)', which is no sentence of the story before the question; mend the number.")
            }
            return place
        }
        return Question(text: line.text, answer: answer, facts: facts, sentenceCount: story.sentences.count, lineNumber: lineNumber)
    }

    /// The story in the format that `read` reads, each line with its end. IDs count sentences and questions alike.
    public var lines: String {
        var text = ""
        var (number, told) = (0, 0)
        var numbers: [Int] = []
        func tell(upTo count: Int) {
            while told < count {
                number += 1
                numbers.append(number)
                text += "\(number) \(sentences[told])\n"
                told += 1
            }
        }
        for question in questions {
            tell(upTo: question.sentenceCount)
            number += 1
            text += "\(number) \(question.text)\t\(question.answer)\t\(question.facts.map { String(numbers[$0]) }.joined(separator: " "))\n"
        }
        tell(upTo: sentences.count)
        return text
    }
}

/// A line of a story: a sentence, or a question with or without its answer.
public struct StoryLine: Sendable, Equatable {
    /// Its number in the story, where it begins with one.
    public let number: Int?
    /// The sentence or question.
    public let text: String
    /// The answer, where one stands behind a tab.
    public let answer: String?
    /// What stands behind a second tab, parted at blanks: the numbers of supporting lines.
    public let facts: [String]
    /// Whether it asks: something stands behind a tab, or it ends with a question mark.
    public let isQuestion: Bool

    /// Takes a line apart.
    public init(_ line: String) {
        let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(\.trimmed)
        let first = fields.first ?? ""
        let digits = first.prefix { $0.isASCII && $0.isNumber }
        let rest = first.dropFirst(digits.count)
        if let parsed = Int(digits), rest.first?.isWhitespace ?? true {
            number = parsed
            text = rest.trimmed
        } else {
            number = nil
            text = first
        }
        answer = fields.count > 1 ? fields[1] : nil
        facts = fields.count > 2 ? fields[2].split(separator: " ").map(String.init) : []
        isQuestion = fields.count > 1 || text.hasSuffix("?")
    }
}

extension Substring {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        var rest = self
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
