import ArgumentParser

/// The command-line tool.
@main
struct UnrollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unroll",
        abstract: "Neural sequence models without Python: train them, measure them, use them, see inside them.",
        discussion: """
            Start here:
              unroll demo                                  learn to read dates in 56 locales, in about two minutes
              echo "3 mars 1987" | unroll translate unroll-demo/model.safetensors

            Then train on your own text:
              unroll train recipes/multi30k-de-en.yaml --out runs/de-en
              unroll translate runs/de-en/best.safetensors < input.de > output.en
            """,
        version: "0.1.0",
        subcommands: [Demo.self, Train.self, Translate.self, Evaluate.self, Compare.self, MakeData.self, Info.self])

    static func main() {
        warnOfDebugBuild()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            if let failure = Failure(error) { failure.exit() }
            exit(withError: error)
        }
    }

    private static func warnOfDebugBuild() {
        #if DEBUG
            Terminal.note("this is a debug build, many times slower than 'swift run -c release unroll'")
        #endif
    }
}
