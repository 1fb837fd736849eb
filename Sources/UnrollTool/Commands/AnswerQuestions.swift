import ArgumentParser
import Foundation
import Unroll

/// `unroll answer`
struct AnswerQuestions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer questions about a story, and show which sentences were read.",
        usage: "unroll answer <model> [<input>] [<options>]",
        discussion: """
            Reads a story from a file or from standard input, line by line. A line that ends with a question mark is a question about the \
            sentences before it, and is answered at once; every other line is a sentence. An empty line begins a new story. Lines of the bAbI \
            tasks are understood too: the numbers before them, and what stands behind a tab after a question, which is shown beside the answer.

              unroll answer runs/babi/best.safetensors story.txt
              unroll answer runs/stories/best.safetensors --json < story.txt

            For each question: the answer, a tab, its probability; then a line for each hop with the sentence that was read most and its \
            weight. A word that the model does not know is named, and says nothing to it.

            --json writes one object for each question:
              question             the question
              candidates           answers with their probability, likeliest first
              hops                 for each the sentence read most, its place from
                                   0, its weight, and the weights of all
              unknown_words        words that the model does not know
              forgotten_sentences  how many of the oldest no longer fitted into the memory
            """)

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "The file with story and questions, plain or gzip; standard input if left out.")
    var input: String?

    @Option(help: ArgumentHelp("Answers for each question, likeliest first, each with its probability after a tab.", valueName: "n"))
    var top = 1

    @Flag(help: "Write one JSON object for each question.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws { try check("--top", top, in: 1...1_000_000) }

    func run() throws {
        threads.apply()
        let answerer = try Answerer(contentsOf: URL(fileURLWithPath: model))
        let lines = try input.map(LineReader.init(path:)) ?? LineReader.standardInput()
        if input == nil, Descriptor.standardInput.isTerminal {
            Terminal.note("tell a story, a sentence on each line, and ask: a question ends with '?'; an empty line begins a new story")
        }
        var story: [String] = []
        var (hasForgotten, refused) = (false, 0)
        while let text = try lines.next() {
            let line = StoryLine(text)
            if line.text.isEmpty || line.number == 1 { story = [] }
            guard !line.text.isEmpty else { continue }
            guard line.isQuestion else {
                story.append(line.text)
                continue
            }
            do {
                let answer = try answerer.answer(line.text, about: story, best: top)
                if answer.forgottenSentences > 0, !hasForgotten {
                    hasForgotten = true
                    let size = answerer.model.network.configuration.memorySize
                    Terminal.note("the memory holds \(size.counted("sentence")); the oldest of longer stories are forgotten")
                }
                try Output.write(json ? try ResultWriter.json(answer) + "\n" : Self.text(answer, expected: line.answer, top: top))
            } catch let error as StoryError {
                refused += 1
                let advice =
                    error.kind == .emptyStory ? "there is no sentence before the question; tell one first" : "the question has no word"
                Terminal.note("unroll: \(input ?? "standard input"):\(lines.lineNumber): \(advice)")
                if json { try Output.line("{}") } else { try Output.line("") }
            }
        }
        guard refused == 0 else {
            throw Failure.Thrown(code: EX_DATAERR, message: "\(refused.counted("question")) could not be answered")
        }
    }

    private static func text(_ answer: Answer, expected: String?, top: Int) -> String {
        var text = answer.candidates.prefix(top).map { "\($0.answer)\t\($0.probability.fixed(4))" }.joined(separator: "\t")
        if let expected { text += "\t" + (expected.lowercased() == answer.answer ? "right" : "wrong, it is \(expected)") }
        text += "\n"
        for (place, hop) in answer.hops.enumerated() {
            text += "  hop \(place + 1)  \(hop.weight.asShare)  \(hop.sentence ?? "nothing")\n"
        }
        if !answer.unknownWords.isEmpty { text += "  unknown: \(answer.unknownWords.joined(separator: ", "))\n" }
        return text
    }
}

extension Float {
    /// A weight with two decimals.
    fileprivate var asShare: String { Double(self).fixed(2) }
}
