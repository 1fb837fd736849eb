import ArgumentParser
import Foundation
import Unroll

/// `unroll train`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model by a recipe.",
        discussion: """
            The output folder gets best.safetensors (the model that did best on the validation set), last.safetensors, metrics.jsonl (one JSON
            object a line), recipe.yaml, and state.safetensors, from which --resume goes on to the byte-identical result.

              unroll train recipes/multi30k-de-en.yaml --out runs/de-en
              unroll train recipes/multi30k-de-en.yaml --out runs/small --set model.hidden=128 --set training.steps=500
              unroll train recipes/multi30k-de-en.yaml --out runs/de-en --resume
            """)

    @Argument(help: "The recipe, a YAML file.")
    var recipe: String

    @Option(help: "The folder to write into.")
    var out: String

    @Option(name: .customLong("set"), help: ArgumentHelp("Replace a value of the recipe; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "The seed, in place of the recipe's.")
    var seed: UInt64?

    @Flag(help: "Go on with the training in the folder.")
    var resume = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        threads.apply()
        let seedOverride = seed.map { ["training.seed=\($0)"] } ?? []
        let recipe = try RecipeDecoder().decode(Recipe.self, fromFile: URL(fileURLWithPath: recipe), overrides: overrides + seedOverride)
        let directory = URL(fileURLWithPath: out, isDirectory: true)
        let prepared = try PreparedTraining(recipe)
        Terminal.note(prepared.summary)
        let trainer = try prepared.trainer(directory: directory, report: TrainingReport.show)
        let interruption = Interruption()
        let outcome = try trainer.run(resuming: resume) { interruption.isRequested }
        try Data(prepared.model.recipe.utf8).write(to: directory.appendingPathComponent("recipe.yaml"), options: .atomic)
        switch outcome {
        case .finished: print("finished; the best model is \(out)/best.safetensors")
        case .stoppedEarly(let step): print("stopped at step \(step), no longer improving; the best model is \(out)/best.safetensors")
        case .interrupted(let step):
            print("stopped at step \(step); go on with --resume")
            throw ExitCode(130)
        }
    }
}

extension PreparedTraining {
    /// What was read and drawn, in a few lines.
    var summary: String {
        let statistics = training.statistics
        var lines = [
            "data: \(statistics.exampleCount) examples, \(statistics.sourceTokenCount) source and \(statistics.targetTokenCount) target tokens, "
                + "\(validation.count) for validation"
        ]
        if statistics.tooLongCount + statistics.emptyCount > 0 {
            lines.append("left out: \(statistics.tooLongCount) too long, \(statistics.emptyCount) with an empty side")
        }
        lines.append(
            "vocabulary: \(model.sourceCodec.vocabulary.count) source, \(model.targetCodec.vocabulary.count) target; "
                + "model: \(model.network.parameterCount) parameters")
        return lines.joined(separator: "\n")
    }
}
