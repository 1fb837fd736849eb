import ArgumentParser
import Foundation
import Unroll

/// `unroll demo`
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn to read dates in 56 locales, in about a minute.",
        usage: "unroll demo [<options>]",
        discussion: """
            Makes dates as people write them around the world, trains a network with attention to write them as ISO 8601, measures it on \
            days it has never seen, and writes the model and a page that shows where it looked.
            """)

    @Option(help: ArgumentHelp("The folder to write into.", valueName: "folder"))
    var out = "unroll-demo"

    @Option(help: "The seed; the same seed gives the same model, byte for byte.")
    var seed: UInt64 = 1

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let clock = ContinuousClock.now
        let folder = try TrainingFolder(out, resuming: false)
        let recipe = try RecipeDecoder().decode(
            TranslationRecipe.self, fromText: Self.recipe, name: "the demo's recipe",
            overrides: ["training.seed=\(seed)", "data.dates.seed=\(seed)"])
        Terminal.note("making dates …")
        let prepared = try PreparedTranslation(recipe)
        Terminal.note(prepared.summary.joined(separator: "\n"))
        try Output.line("to learn, for example:")
        for pair in prepared.validation.prefix(6) { try Output.line("  \(pair.source)  →  \(pair.target)") }
        try train(prepared, in: folder)

        let model = prepared.model
        try model.write(to: folder.url.appendingPathComponent("model.safetensors"))
        let section = recipe.data.dates ?? DateSection()
        let dates = try DateGenerator(seed: section.seed).examples(count: section.validation, split: .heldOut)
        try OutputFile(folder.path(of: "held-out.tsv")).write(dates.lazy.map(\.row))
        let translator = Translator(model, options: Self.greedy)
        let score = DateScore(dates, translations: try translator.translate(dates.map(\.source)).map(\.text))
        try show(model, dates, in: folder)
        try Output.line(next(folder))
        if let worst = score.worst {
            try Output.line("worst locale: \(worst.locale), \(worst.share.asPercentage) of \(worst.total)")
        }
        try Output.line("time: \(((ContinuousClock.now - clock) / .seconds(1)).asDuration)")
        try Output.line("exact match: \(score.overall.share.asPercentage) of \(score.overall.total) held-out dates")
    }

    private func train(_ prepared: PreparedTranslation, in folder: TrainingFolder) throws {
        // A demo that was stopped starts afresh: in a folder of its own, so that nothing else in the folder is ever removed.
        let working = folder.url.appendingPathComponent(".demo-training", isDirectory: true)
        let metrics = working.appendingPathComponent("metrics.jsonl")
        for name in ["state", "last", "best"] {
            try? FileManager.default.removeItem(at: working.appendingPathComponent("\(name).safetensors"))
        }
        try folder.write(recipe: prepared.recipe)
        let interruption = Interruption()
        let outcome = try prepared.train(in: working, report: TrainingReport.show) { interruption.isRequested }
        if case .interrupted = outcome { throw ExitCode(interruption.exitCode) }
        try OutputFile(folder.path(of: "metrics.jsonl")).write(String(decoding: try Data(contentsOf: metrics), as: UTF8.self))
        try FileManager.default.removeItem(at: working)
    }

    /// Translates one date of each of several scripts, and writes the page of where the model looked.
    private func show(_ model: TranslationModel, _ dates: [DateExample], in folder: TrainingFolder) throws {
        let wanted = ["en", "de", "ru", "fa", "ar", "hi", "zh", "ja", "ko", "th", "el", "he"]
        let chosen = wanted.compactMap { language in
            dates.first {
                $0.locale.prefix { $0.isLetter } == language && $0.source.contains { $0.isLetter } && !$0.source.hasPrefix(language)
            }
        }
        var options = Self.greedy
        options.wantsAlignments = true
        let translations = try Translator(model, options: options).translate(chosen.map(\.source))
        try Output.line("\nread from days it has never seen:")
        for (date, translation) in zip(chosen, translations) {
            try Output.line("  \(translation.text == date.target ? "✓" : "✗") \(date.source)  →  \(translation.text)")
        }
        let alignments = translations.compactMap(\.alignment)
        if let first = alignments.first { try Output.line("\nwhere it looked:\n\(first.terminalText())") }
        let page = AlignmentPage(title: "How the network reads dates", alignments: alignments)
        try OutputFile(folder.path(of: "alignment.html")).write(page.html)
    }

    /// What to try, in lines that can be pasted into the shell that the demo was started from.
    private func next(_ folder: TrainingFolder) -> String {
        let unroll = Shell.quoted(Shell.invocation(CommandLine.arguments[0], in: FileManager.default.currentDirectoryPath))
        let model = Shell.quoted(folder.path(of: "model.safetensors"))
        return """

            the model:             \(folder.path(of: "model.safetensors"))
            where it looked:       \(folder.path(of: "alignment.html"))  (open it in a browser)
            try it:                echo "3. März 1987" | \(unroll) translate \(model)
            see its scores:        echo "3. März 1987" | \(unroll) translate \(model) --json --best 3
            what the file holds:   \(unroll) info \(model)
            train your own:        \(unroll) train \(Shell.quoted(folder.path(of: "recipe.yaml"))) --out runs/dates --set training.steps=3000
            """
    }

    private static var greedy: SearchOptions {
        var options = SearchOptions()
        options.beam = 1
        return options
    }

    static let recipe = """
        data:
          dates: {train: 60000, validation: 2000}
        text: {tokenizer: character}
        model:
          cell: gru
          embedding: 64
          hidden: 128
          attention: additive
        training:
          steps: 1200
          batch_sentences: 64
          optimizer: {kind: adam, learning_rate: 0.003}
          schedule: {kind: cosine, warmup: 100, minimum: 0.02}
          clip_norm: 1
          validate_every: 400
          validation_sentences: 200
          save_every: 1200
          log_every: 20
        """
}
