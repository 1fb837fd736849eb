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

            The best translation is searched for by a beam. --best 5 gives the five best ones; --samples 5 draws five, each token with the \
            probability that the model gives it, which --temperature, --top-k and --top-p sharpen. A line's samples follow from its text and \
            --seed alone.

              unroll translate runs/de-en/best.safetensors input.de --samples 5 --top-p 0.9
              echo "Ein Hund läuft." | unroll translate runs/de-en/best.safetensors --prefix "The dog"

            With --prefix or --prefixes each translation begins with the text given, and the model goes on from there. Scores are those of the \
            whole translation. Leave no blank at a prefix's end, unless the model reads characters.

            --json writes one object a line:
              source, source_tokens  the line and its tokens
              hypotheses             a list, best first, or samples in their
                                     order, of objects with
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

    @Option(help: ArgumentHelp("Draw so many translations of each line instead, written as those of --best are.", valueName: "n"))
    var samples: Int?

    @OptionGroup var sampling: SamplingFlags

    @Option(help: ArgumentHelp("What every translation begins with.", valueName: "text"))
    var prefix: String?

    @Option(
        help: ArgumentHelp(
            "What the translations begin with, line by line, plain or gzip; an empty line leaves it open.", valueName: "file"))
    var prefixes: String?

    @Option(help: "The most lines translated at a time. Where some are done, the next ones take their places.")
    var batch = 32

    @Option(help: "The longest line, in tokens. A longer one gives an empty line, a warning, and the exit code 65 at the end.")
    var maximumTokens = 1_000

    @Flag(help: "Write one JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("Also write a page with the attention of each line (the first 100) as a heat map.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp(
            "Also write a JSON object with how long it took: opening_seconds, seconds, lines, tokens, tokens_per_second.",
            valueName: "file"))
    var statistics: String?

    @Flag(help: "With --statistics, translate the file once before the time is taken, as a service has that has run for a while.")
    var warmUp = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check("--best", best, in: 1...1_000)
        if let samples {
            try check("--samples", samples, in: 1...10_000)
            guard best == 1 else { throw ValidationError("--samples draws, and --best searches; leave out one of them") }
        } else if sampling.options != SamplingOptions() {
            throw ValidationError("--temperature, --top-k, --top-p and --seed say how to draw; add --samples")
        }
        if prefix != nil, prefixes != nil {
            throw ValidationError("--prefix is for all lines, and --prefixes for each; leave out one of them")
        }
        guard !warmUp || (statistics != nil && input != nil) else {
            throw ValidationError("--warm-up is for measuring; add --statistics and a file to translate")
        }
        try check("--batch", batch, in: 1...100_000)
        try check("--maximum-tokens", maximumTokens, in: 1...10_000_000)
    }

    func run() throws {
        threads.apply()
        var measured = try statistics.map { TranslationStatistics(try OutputFile($0)) }
        let translator = try Translator(
            contentsOf: URL(fileURLWithPath: model), options: options, maximumSourceTokens: maximumTokens)
        let beginnings = try prefixes.map { try LinePrefixes($0) }
        let page = try html.map { path in
            guard translator.model.network.configuration.hasAttention else {
                throw Failure.Thrown(code: EX_DATAERR, message: "\(model): has no attention to show; leave out --html")
            }
            return try OutputFile(path)
        }
        if measured != nil { translator.prepare() }
        measured?.begin()
        if warmUp, let input {
            var batches = InputBatches(try LineReader(path: input), size: 8 * batch)
            while let lines = try batches.next() {
                _ = try translator.translate(lines.map { (try? translator.checkLength($0.text)) == nil ? "" : $0.text }, rows: batch)
            }
            measured?.restart()
        }
        var batches = InputBatches(try input.map(LineReader.init(path:)) ?? LineReader.standardInput(), size: 8 * batch)
        let results = ResultWriter(json: json, best: samples ?? best)
        var alignments: [Alignment] = []
        var refusedCount = 0
        while let lines = try batches.next() {
            let texts = lines.map { text(of: $0, translator) }
            refusedCount += texts.count { $0 == nil }
            let given = try beginnings?.next(lines.count, translator) ?? prefix.map { [String](repeating: $0, count: lines.count) }
            let translations = try translator.translate(texts.map { $0 ?? "" }, prefixes: given, rows: batch)
            measured?.add(translations)
            for (line, translation) in zip(lines, translations) {
                try results.write(translation, line: line.number)
                if page != nil, alignments.count < 100, let alignment = translation.alignment { alignments.append(alignment) }
            }
        }
        try beginnings?.checkEnd()
        try measured?.write()
        try page?.write(AlignmentPage(title: "Attention", alignments: alignments).html)
        if refusedCount > 0 {
            throw Failure.Thrown(code: EX_DATAERR, message: "\(refusedCount.counted("line")) too long to be translated; left empty")
        }
    }

    private var options: SearchOptions {
        var options = search.options(best: samples == nil ? best : 1)
        if let samples { (options.best, options.sampling) = (samples, sampling.options) }
        options.wantsAlignments = json || html != nil
        return options
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
