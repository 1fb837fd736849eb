import ArgumentParser
import Foundation
import Unroll

/// The command-line tool.
@main
struct UnrollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unroll",
        abstract: "Train, measure, use and see inside neural sequence models.",
        discussion: """
            Start here:
              unroll demo
              echo "3 mars 1987" | unroll translate unroll-demo/model.safetensors

            Then train on your own data, by a recipe:
              unroll train recipes/multi30k-de-en.yaml --out runs/de-en
              unroll translate runs/de-en/best.safetensors < input.de > output.en
              unroll train recipes/tinyshakespeare.yaml --out runs/plays
              unroll generate runs/plays/best.safetensors --prompt "ROMEO:"

            Results go to standard output, all else to standard error. Exit codes:
              0   all went well              73  a file or folder cannot be made
              64  wrong usage                74  reading or writing failed
              65  wrong data or model file   78  wrong recipe
              66  no such input              130 stopped by Ctrl-C
              70  a training diverged, or a check failed
            """,
        version: "0.1.0",
        subcommands: [
            Demo.self, Train.self, Translate.self, Generate.self, Classify.self, Tag.self, AnswerQuestions.self, Solve.self, Evaluate.self,
            Compare.self, MakeData.self, Inspect.self, Gradients.self, Info.self, Export.self, Import.self, Quantize.self, Average.self,
            Check.self, Bench.self, Reproduce.self,
        ])

    static func main() {
        Descriptor.reserveStandardOnes()
        do {
            try Environment.check()
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Terminal.clear()
            if let failure = Failure(error) { failure.exit() }
            exit(withError: error)
        }
    }

    /// For the commands that compute long.
    static func warnOfDebugBuild() {
        #if DEBUG
            Terminal.note("this is a debug build, many times slower than 'swift run -c release unroll'")
        #endif
    }
}
