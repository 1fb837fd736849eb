import ArgumentParser
import Foundation
import Unroll

/// `unroll train`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model by a recipe.",
        usage: "unroll train <recipe> --out <folder> [<options>]",
        discussion: """
            The folder gets best.safetensors (the model that did best on the validation set), last.safetensors, metrics.jsonl (one JSON \
            object a line), recipe.yaml, and state.safetensors, from which --resume goes on to the byte-identical result. Ctrl-C saves and \
            stops; a second one stops at once.

              unroll train recipes/multi30k-de-en.yaml --out runs/de-en
              unroll train recipes/multi30k-de-en.yaml --out runs/de-en --resume
              unroll train recipes/multi30k-de-en.yaml --out runs/small \\
                --set model.hidden=128 --set training.steps=500
            """)

    @Argument(help: "The recipe, a YAML file.")
    var recipe: String

    @Option(help: ArgumentHelp("The folder to write into.", valueName: "folder"))
    var out: String

    @Option(name: .customLong("set"), help: ArgumentHelp("Replace a value of the recipe; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "The seed, in place of the recipe's.")
    var seed: UInt64?

    @Flag(help: "Go on with the training in the folder.")
    var resume = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let seedOverride = seed.map { ["training.seed=\($0)"] } ?? []
        let recipe = try RecipeDecoder().decode(Recipe.self, fromFile: URL(fileURLWithPath: recipe), overrides: overrides + seedOverride)
        let folder = try TrainingFolder(out, resuming: resume)
        let prepared = try recipe.prepared()
        Terminal.note(prepared.summary.joined(separator: "\n"))
        let interruption = Interruption()
        if !resume { try folder.write(recipe: prepared.recipe) }
        let outcome = try prepared.train(in: folder.url, resuming: resume, report: TrainingReport.show) { interruption.isRequested }
        // Only now is it certain that the recipe fits what was resumed.
        if resume { try folder.write(recipe: prepared.recipe) }
        switch outcome {
        case .finished: try Output.line("finished; the best model is \(folder.path(of: "best.safetensors"))")
        case .stoppedEarly(let step):
            try Output.line("stopped at step \(step), no longer improving; the best model is \(folder.path(of: "best.safetensors"))")
        case .interrupted(let step):
            try Output.line("stopped at step \(step); go on with --resume")
            throw ExitCode(interruption.exitCode)
        }
    }
}
