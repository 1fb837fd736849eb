import ArgumentParser
import Foundation
import Unroll

/// `unroll generate`
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write text with a trained language model.",
        usage: "unroll generate <model> [<options>]",
        discussion: """
            Writes the prompt and what the model goes on with, token by token as it is made. The same seed gives the same text, on any number \
            of threads and whatever other samples are drawn.

              unroll generate runs/shakespeare/best.safetensors --prompt "ROMEO:" --length 500
              unroll generate runs/ptb/best.safetensors --temperature 0.7 --top-p 0.9
              unroll generate runs/ptb/best.safetensors --samples 3 --json

            A temperature below 1 makes likely tokens likelier; 0 always takes the likeliest. --top-k and --top-p leave out unlikely tokens.

            --json writes one object for each sample:
              prompt, text       what was given, and what came after it
              tokens             the tokens of the text
              log_probabilities  of each token, in nats, at temperature 1
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: ArgumentHelp("What the text begins with.", valueName: "text"))
    var prompt = ""

    @Option(help: ArgumentHelp("Tokens to make: characters or words, whatever the model reads.", valueName: "n"))
    var length = 200

    @OptionGroup var sampling: SamplingFlags

    @Option(help: ArgumentHelp("Let no n tokens stand twice, in prompt and text, in the same order.", valueName: "n"))
    var noRepeat: Int?

    @Option(help: ArgumentHelp("Texts to make. Several are written one after the other, when all are done.", valueName: "n"))
    var samples = 1

    @Flag(help: "Write one JSON object a sample.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check("--length", length, in: 0...100_000_000)
        if let noRepeat { try check("--no-repeat", noRepeat, in: 1...1_000_000) }
        try check("--samples", samples, in: 1...10_000)
    }

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let model = try TextModel(contentsOf: URL(fileURLWithPath: model))
        let unknown = model.unknownTokens(in: prompt)
        if !unknown.isEmpty {
            Terminal.note(
                "the model does not know \(unknown.map { "'\($0)'" }.joined(separator: ", ")) of the prompt, and takes it as unknown")
        }
        let generation = TextGeneration(model, prompt: prompt, options: sampling.options, samples: samples, noRepeat: noRepeat)
        if samples == 1, !json {
            try Output.write(prompt)
            var last = prompt
            for drawn in generation.prefix(length) {
                try Output.write(drawn[0].text)
                if !drawn[0].text.isEmpty { last = drawn[0].text }
            }
            if !last.hasSuffix("\n") { try Output.write("\n") }
            return
        }
        var results = [[TextGeneration.Token]](repeating: [], count: samples)
        for drawn in generation.prefix(length) {
            for (sample, token) in drawn.enumerated() { results[sample].append(token) }
        }
        for (sample, tokens) in results.enumerated() { try write(tokens, sample: sample) }
    }

    private func write(_ tokens: [TextGeneration.Token], sample: Int) throws {
        let text = tokens.map(\.text).joined()
        guard json else {
            let whole = prompt + text
            try Output.write((sample > 0 ? "\n" : "") + whole + (whole.hasSuffix("\n") ? "" : "\n"))
            return
        }
        struct Result: Encodable {
            let prompt, text: String
            let tokens: [String]
            let logProbabilities: [Double]
        }
        try Output.line(
            ResultWriter.json(
                Result(prompt: prompt, text: text, tokens: tokens.map(\.token), logProbabilities: tokens.map(\.logProbability))))
    }
}
