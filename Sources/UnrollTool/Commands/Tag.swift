import ArgumentParser
import Foundation
import Unroll

/// `unroll tag`
struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give each word of lines of text a tag, with a trained tagger.",
        usage: "unroll tag <model> [<input>] [<options>]",
        discussion: """
            Reads lines from a file or from standard input, in order. Words are what stands between white space, so punctuation must stand \
            apart as it does in the training data. For each line it writes a line of tags with blanks between them; on a terminal the words \
            with their tags aligned below. A line comes out the same whatever stands beside it.

              echo "book a table for two in Paris" | unroll tag runs/slots/best.safetensors
              unroll tag runs/ewt/best.safetensors sentences.txt > tags.txt
              unroll tag runs/slots/best.safetensors requests.txt --json

            --json writes one object a line:
              words  a list of objects with text, tag and probability
              spans  the runs that B- and I- tags mark: kind, text, and the
                     places start and end (after the last word) from 0
            """)

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "The file to tag, plain or gzip; standard input if left out.")
    var input: String?

    @Option(help: "The most lines tagged together.")
    var batch = 32

    @Option(help: "The longest line, in words. A longer one gives an empty line, a warning, and the exit code 65 at the end.")
    var maximumWords = 10_000

    @Flag(help: "Write words and tags aligned, whether or not it is a terminal.")
    var aligned = false

    @Flag(help: "Write one JSON object a line.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check("--batch", batch, in: 1...100_000)
        try check("--maximum-words", maximumWords, in: 1...10_000_000)
        if aligned, json { throw ValidationError("--aligned and --json are two forms of the same; leave one out") }
    }

    func run() throws {
        threads.apply()
        let tagger = try Tagger(contentsOf: URL(fileURLWithPath: model), maximumWords: maximumWords)
        let columns = aligned || Descriptor.standardOutput.isTerminal ? Descriptor.standardOutput.columns ?? 80 : nil
        var batches = InputBatches(try input.map(LineReader.init(path:)) ?? LineReader.standardInput(), size: batch)
        var refused = RefusedLines(
            input: input, unit: "words",
            advice: tagger.maximumWords < maximumWords
                ? "split the line; the model has positions for no more" : "split the line, or raise --maximum-words")
        while let lines = try batches.next() {
            let words = lines.map { WhitespaceTokenizer().tokens(in: $0.text) }
            let kept = zip(lines, words).filter { refused.keeps($0, length: $1.count, maximum: tagger.maximumWords) }
            var results = try tagger.tag(kept.map(\.1))[...]
            for line in lines {
                guard !refused.has(line) else {
                    try Output.line("")
                    continue
                }
                let result = results.removeFirst()
                if json {
                    try Output.line(ResultWriter.json(Listing(result)))
                } else if let columns {
                    try Output.write(result.aligned(columns: columns))
                } else {
                    try Output.line(result.words.map(\.tag).joined(separator: " "))
                }
            }
        }
        try refused.finish("tagged")
    }

    private struct Listing: Encodable {
        struct Span: Encodable {
            let kind, text: String
            let start, end: Int
        }
        let words: [TaggedText.Word]
        let spans: [Span]

        init(_ tagged: TaggedText) {
            words = tagged.words
            spans = tagged.spans.map { span in
                let text = tagged.words[span.words].map(\.text).joined(separator: " ")
                return Span(kind: span.kind, text: text, start: span.words.lowerBound, end: span.words.upperBound)
            }
        }
    }
}

extension TaggedText {
    /// Rows of words with a row of tags under each, in so many columns of a terminal, and an empty line at the end.
    func aligned(columns: Int) -> String {
        var text = ""
        var (upper, lower, used) = ("", "", 0)
        func flush() {
            guard used > 0 else { return }
            text += upper.trimmed + "\n" + lower.trimmed + "\n"
            (upper, lower, used) = ("", "", 0)
        }
        for word in words {
            let width = max(DisplayWidth.columns(of: word.text), DisplayWidth.columns(of: word.tag))
            if used > 0, used + width > columns { flush() }
            upper += word.text + String(repeating: " ", count: width - DisplayWidth.columns(of: word.text) + 2)
            lower += word.tag + String(repeating: " ", count: width - DisplayWidth.columns(of: word.tag) + 2)
            used += width + 2
        }
        flush()
        return text + "\n"
    }
}

extension String {
    /// Without blanks at the end.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
