import ArgumentParser
import Foundation
import Unroll

/// `unroll translate`
struct Translate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Translate lines of text with a trained model.",
        discussion: """
            Reads lines from a file or from standard input and writes one line for each, in order, as soon as a batch is done. A sentence comes
            out the same, to the bit of its score, whatever stands beside it.

              unroll translate runs/de-en/best.safetensors < input.de > output.en
              echo "Ein Hund läuft." | unroll translate runs/de-en/best.safetensors --json
              unroll translate runs/de-en/best.safetensors input.de --html attention.html
            """)

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "The file to translate, plain or gzip; standard input if left out.")
    var input: String?

    @OptionGroup var search: SearchFlags

    @Option(help: "Translations to return for each line; each is then written as score, tab, text.")
    var best = 1

    @Option(help: "Lines translated together.")
    var batch = 32

    @Option(help: "The longest line, in tokens. A longer one gives an empty line, a warning, and the exit code 65 at the end.")
    var maximumTokens = 1_000

    @Flag(help: "Write one JSON object a line: source, tokens, scores, alignment.")
    var json = false

    @Option(help: ArgumentHelp("Also write a page with the attention of each line (the first 100) as a heat map.", valueName: "file"))
    var html: String?

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if best < 1 || batch < 1 || maximumTokens < 1 { throw ValidationError("--best, --batch and --maximum-tokens must be at least 1") }
    }

    func run() throws {
        threads.apply()
        let translator = try Translator(
            contentsOf: URL(fileURLWithPath: model), options: search.options(best: best), maximumSourceTokens: maximumTokens)
        let lines = try LineReader(path: input ?? "/dev/stdin")
        let output = ResultWriter(json: json, best: best)
        var alignments: [Alignment] = []
        var refused = 0
        var isAtEnd = false
        while !isAtEnd {
            var texts: [String] = []
            var tooLong: Set<Int> = []
            while texts.count < batch {
                guard let line = try lines.next() else {
                    isAtEnd = true
                    break
                }
                do {
                    try translator.checkLength(line, place: lines.lineNumber - 1)
                    texts.append(line)
                } catch let error as TranslationError {
                    Terminal.note(
                        "unroll: line \(lines.lineNumber): \(error.tokenCount) tokens, at most \(maximumTokens) are translated; left empty")
                    tooLong.insert(texts.count)
                    texts.append("")
                }
                // Someone who types wants each line answered, not each batch.
                if input == nil, isatty(STDIN_FILENO) == 1 { break }
            }
            refused += tooLong.count
            for translation in try translator.translate(texts) {
                try output.write(translation)
                if html != nil, alignments.count < 100, let alignment = translation.alignment { alignments.append(alignment) }
            }
        }
        if let html { try write(alignments, to: html) }
        if refused > 0 {
            throw Failure.Thrown(code: EX_DATAERR, message: "\(refused) of \(lines.lineNumber) lines were too long and left empty")
        }
    }

    private func write(_ alignments: [Alignment], to path: String) throws {
        guard !alignments.isEmpty else {
            throw Failure.Thrown(code: EX_DATAERR, message: "\(path) was not written: this model has no attention, or there was no text")
        }
        let page = AlignmentPage(title: "Attention", alignments: alignments)
        try Data(page.html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}

/// Writes translations to standard output, as lines or as JSON.
struct ResultWriter {
    private let json: Bool
    private let best: Int
    private let encoder: JSONEncoder

    init(json: Bool, best: Int) {
        self.json = json
        self.best = best
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
    }

    func write(_ translation: Translation) throws {
        var text = ""
        if json {
            text = String(decoding: try encoder.encode(translation), as: UTF8.self) + "\n"
        } else if best == 1 {
            text = translation.text + "\n"
        } else {
            for hypothesis in translation.hypotheses { text += "\(hypothesis.score.fixed(4))\t\(hypothesis.text)\n" }
        }
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
