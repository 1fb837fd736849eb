import ArgumentParser
import Foundation
import Unroll

/// `unroll demo`
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn to read dates in 56 locales and show what was learnt, in about two minutes.",
        discussion: """
            Makes dates as people write them around the world, trains a network with attention to write them as ISO 8601, measures it on days it
            has never seen, and writes the model and a page that shows where it looked.
            """)

    @Option(help: "The folder to write into.")
    var out = "unroll-demo"

    @Option(help: "The seed; the same seed gives the same model, byte for byte.")
    var seed: UInt64 = 1

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        threads.apply()
        let clock = ContinuousClock.now
        let directory = URL(fileURLWithPath: out, isDirectory: true)
        let recipe = try RecipeDecoder().decode(
            Recipe.self, fromText: Self.recipe, name: "the demo's recipe", overrides: ["training.seed=\(seed)", "data.dates.seed=\(seed)"])
        Terminal.note("making dates …")
        let prepared = try PreparedTraining(recipe)
        Terminal.note(prepared.summary)
        for pair in prepared.validation.prefix(6) { print("  \(pair.source)  →  \(pair.target)") }
        try train(prepared, in: directory)

        let model = prepared.model
        let modelFile = directory.appendingPathComponent("model.safetensors")
        try model.write(to: modelFile)
        let section = recipe.data.dates ?? DateSection()
        let dates = try DateGenerator(seed: section.seed).examples(count: section.validation, split: .heldOut)
        try TableWriter.write(dates, to: directory.appendingPathComponent("held-out.tsv").path)
        let translator = Translator(model, options: Self.greedy)
        let score = DateScore(dates, translations: try translator.translate(dates.map(\.source)).map(\.text))
        try show(translator, dates, in: directory)
        print("exact match: \((100 * score.overall.share).fixed(1))% of \(score.overall.total) held-out dates")
        if let worst = score.worst {
            print("worst locale: \(worst.locale), \((100 * worst.share).fixed(1))% of \(worst.total)")
        }
        print("time: \(((ContinuousClock.now - clock) / .seconds(1)).asDuration)")
        print(next(modelFile.relativePath))
    }

    private func train(_ prepared: PreparedTraining, in directory: URL) throws {
        // The demo starts afresh each time; its folder is its own.
        removeTraining(directory)
        let interruption = Interruption()
        let outcome = try prepared.trainer(directory: directory, report: TrainingReport.show).run { interruption.isRequested }
        if case .interrupted = outcome { throw ExitCode(130) }
        removeTraining(directory)
        try Data(prepared.model.recipe.utf8).write(to: directory.appendingPathComponent("recipe.yaml"), options: .atomic)
    }

    private func removeTraining(_ directory: URL) {
        for name in ["state.safetensors", "last.safetensors", "best.safetensors"] {
            try? FileManager.default.removeItem(at: directory.appendingPathComponent(name))
        }
    }

    /// Translates one date of each of several scripts, and writes the page of where the model looked.
    private func show(_ translator: Translator, _ dates: [DateExample], in directory: URL) throws {
        let wanted = ["en", "de", "ru", "fa", "ar", "hi", "zh", "ja", "ko", "th", "el", "he"]
        let chosen = wanted.compactMap { language in
            dates.first {
                $0.locale.prefix { $0.isLetter } == language && $0.source.contains { $0.isLetter } && !$0.source.hasPrefix(language)
            }
        }
        let translations = try translator.translate(chosen.map(\.source))
        print("\nread from days it has never seen:")
        for (date, translation) in zip(chosen, translations) {
            print("  \(translation.text == date.target ? "✓" : "✗") \(date.source)  →  \(translation.text)")
        }
        let alignments = translations.compactMap(\.alignment)
        if let first = alignments.first { print("\nwhere it looked:\n\(first.terminalText())") }
        let page = AlignmentPage(title: "How the network reads dates", alignments: alignments)
        try Data(page.html.utf8).write(to: directory.appendingPathComponent("alignment.html"), options: .atomic)
    }

    private func next(_ model: String) -> String {
        """

        the model:             \(model)
        where it looked:       \(out)/alignment.html  (open it in a browser)
        try it:                echo "3. März 1987" | unroll translate \(model)
        see its scores:        echo "3. März 1987" | unroll translate \(model) --json --best 3
        what the file holds:   unroll info \(model)
        train your own:        unroll train \(out)/recipe.yaml --out runs/dates --set training.steps=3000
        """
    }

    private static var greedy: SearchOptions {
        var options = SearchOptions()
        options.beam = 1
        return options
    }

    static let recipe = """
        task: translation
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
