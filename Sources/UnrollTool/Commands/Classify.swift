import ArgumentParser
import Foundation
import Unroll

/// `unroll classify`
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which class lines of text, or a sound, belong to, with a trained classifier.",
        usage: "unroll classify <model> [<input>] [<options>]",
        discussion: """
            Reads lines from a file or from standard input and writes one line for each, in order: the class, a tab, its probability. Lines \
            that come slowly through a pipe are answered as they come, others in batches. A line comes out the same whatever stands beside it.

              echo "play some jazz" | unroll classify runs/snips/best.safetensors
              unroll classify runs/snips/best.safetensors requests.txt --top 3
              unroll classify runs/snips/best.safetensors requests.txt --json

            --json writes one object a line:
              text        the line
              candidates  the classes with label and probability, likeliest first
              tokens      the line's tokens
              attention   how much each got; empty unless the network pools by it

            A classifier of sounds takes one sound and writes one line. The sound is WAV with 16-bit PCM, or 16-bit samples of one channel \
            without a header, at the rate that the model was trained on. --batch and --maximum-tokens are for text.

              unroll classify runs/fsdd/best.safetensors seven.wav
              arecord -d 1 -r 8000 -f S16_LE | unroll classify runs/fsdd/best.safetensors

            With --json the object has the length in seconds and the candidates.
            """)

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "The text or the sound to classify, plain or gzip; standard input if left out.")
    var input: String?

    @Option(help: ArgumentHelp("Classes for each line, likeliest first, each with its probability after a tab.", valueName: "n"))
    var top = 1

    @Option(help: "The most lines classified together.")
    var batch = 32

    @Option(help: "The longest line, in tokens. A longer one gives an empty line, a warning, and the exit code 65 at the end.")
    var maximumTokens = 100_000

    @Flag(help: "Write one JSON object a line.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check("--top", top, in: 1...1_000_000)
        try check("--batch", batch, in: 1...100_000)
        try check("--maximum-tokens", maximumTokens, in: 1...100_000_000)
    }

    func run() throws {
        threads.apply()
        let url = URL(fileURLWithPath: model)
        // Whatever is wrong with the file is said below.
        if (try? ModelKind(ofFile: url)) == .audio {
            let result = try Listener(contentsOf: url).classify(input.map(Sound.init(contentsOf:)) ?? Sound.standardInput())
            try Output.line(json ? ResultWriter.json(result) : text(result.candidates))
            return
        }
        let classifier = try Classifier(contentsOf: url, maximumTokens: maximumTokens)
        var batches = InputBatches(try input.map(LineReader.init(path:)) ?? LineReader.standardInput(), size: batch)
        var refused = RefusedLines(
            input: input, unit: "tokens",
            advice: classifier.maximumTokens < maximumTokens
                ? "shorten the line; the model has positions for no more" : "shorten the line, or raise --maximum-tokens")
        while let lines = try batches.next() {
            let kept = lines.filter { line in
                refused.keeps(line, length: classifier.model.codec.encode(line.text).count, maximum: classifier.maximumTokens)
            }
            var results = try classifier.classify(kept.map(\.text))[...]
            for line in lines {
                try Output.line(refused.has(line) ? "" : text(results.removeFirst()))
            }
        }
        try refused.finish("classified")
    }

    private func text(_ result: Classification) throws -> String {
        if json { return try ResultWriter.json(result) }
        return text(result.candidates)
    }

    private func text(_ candidates: [Classification.Candidate]) -> String {
        candidates.prefix(top).map { "\($0.label)\t\($0.probability.fixed(4))" }.joined(separator: "\t")
    }
}
