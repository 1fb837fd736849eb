import ArgumentParser
import Foundation
import Unroll

/// `unroll translate`
struct Translate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Translate lines of text with a trained model.",
        usage: "unroll translate <model> [<input>] [<options>]",
        discussion: """
            Reads lines from a file or from standard input and writes one line for each, in order; a blank line gives an empty one. Lines \
            that come slowly through a pipe are answered as they come, others in batches. A sentence comes out the same, to the bit of its \
            score, whatever stands beside it.

              unroll translate runs/de-en/best.safetensors < input.de > output.en
              echo "Ein Hund läuft." | unroll translate runs/de-en/best.safetensors --json
              unroll translate runs/de-en/best.safetensors input.de --html attention.html

            --json writes one object a line:
              source, source_tokens  the line and its tokens
              hypotheses             a list, best first, of objects with
                text, tokens         the translation and its tokens
                score                after length normalisation
                log_probability      in nats
                is_complete          false where the longest output was reached
                alignment            for each token its weights over the source
                                     tokens; empty without attention
            """)

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "The file to translate, plain or gzip; standard input if left out.")
    var input: String?

    @OptionGroup var search: SearchFlags

    @Option(help: "Translations for each line. More than one are written as the line's number, score and text, with tabs between.")
    var best = 1

    @Option(help: "The most lines translated together.")
    var batch = 32

    @Option(help: "The longest line, in tokens. A longer one gives an empty line, a warning, and the exit code 65 at the end.")
    var maximumTokens = 1_000

    @Flag(help: "Write one JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("Also write a page with the attention of each line (the first 100) as a heat map.", valueName: "file"))
    var html: String?

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check("--best", best, in: 1...1_000)
        try check("--batch", batch, in: 1...100_000)
        try check("--maximum-tokens", maximumTokens, in: 1...10_000_000)
    }

    func run() throws {
        threads.apply()
        var options = search.options(best: best)
        options.wantsAlignments = json || html != nil
        let translator = try Translator(
            contentsOf: URL(fileURLWithPath: model), options: options, maximumSourceTokens: maximumTokens)
        let page = try html.map { path in
            guard translator.model.network.configuration.hasAttention else {
                throw Failure.Thrown(code: EX_DATAERR, message: "\(model): has no attention to show; leave out --html")
            }
            return try OutputFile(path)
        }
        var batches = InputBatches(try input.map(LineReader.init(path:)) ?? LineReader.standardInput(), size: batch)
        let results = ResultWriter(json: json, best: best)
        var alignments: [Alignment] = []
        var refusedCount = 0
        while let lines = try batches.next() {
            let texts = lines.map { text(of: $0, translator) }
            refusedCount += texts.count { $0 == nil }
            for (line, translation) in zip(lines, try translator.translate(texts.map { $0 ?? "" })) {
                try results.write(translation, line: line.number)
                if page != nil, alignments.count < 100, let alignment = translation.alignment { alignments.append(alignment) }
            }
        }
        try page?.write(AlignmentPage(title: "Attention", alignments: alignments).html)
        if refusedCount > 0 {
            throw Failure.Thrown(code: EX_DATAERR, message: "\(refusedCount.counted("line")) too long to be translated; left empty")
        }
    }

    /// The text to translate; nil, and a warning, where it is too long.
    private func text(of line: InputBatches.Line, _ translator: Translator) -> String? {
        do {
            try translator.checkLength(line.text)
            return line.text
        } catch {
            let advice = error.maximum == maximumTokens ? ", or raise --maximum-tokens" : "; the model has positions for no more"
            Terminal.note(
                "unroll: \(input ?? "standard input"):\(line.number): \(error.tokenCount) tokens, at most \(error.maximum) are translated; "
                    + "split the line into sentences\(advice)")
            return nil
        }
    }
}
