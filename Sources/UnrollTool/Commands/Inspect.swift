import ArgumentParser
import Foundation
import Unroll

/// `unroll inspect`
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look inside a model while it reads one example.",
        usage: "unroll inspect <model> [--text <text>] [--target <text>] [<options>]",
        discussion: """
            Writes a page that needs nothing else: the model's graph, rolled and unrolled over the example; the norm of the loss's gradient with \
            respect to the state at each step; gates and states as heat maps, and how many gates are saturated; attention, of a Transformer that of \
            each layer and head; of a Turing machine its memory, and where its heads wrote and read; the parameters' gradients. Without --text, the example is one of the recipe's \
            validation data; of an algorithm it is made, in the size that --length and its like ask for.

              unroll inspect runs/snips/best.safetensors
              unroll inspect runs/snips/best.safetensors --text "play some jazz"
              unroll inspect runs/de-en/best.safetensors --text "Ein Hund läuft." \\
                --target "A dog runs." --html dog.html
              unroll inspect runs/plays/best.safetensors --loss-step 100 --json
              unroll inspect runs/copy/best.safetensors --length 10
              unroll inspect runs/fsdd/best.safetensors --text seven.wav

            A text is a sentence to be translated, a language model's text, a text to be classified, words with blanks between them to be \
            tagged, a line as 'unroll data adding' writes it, the lines of a story with a question at the end, or the path of a sound. A target is a translation, a class, \
            a tag for each word, the numbers to be said, or an answer; without one, the model's own answer is taken for it.

            Where the recipe's training section has 'gradient_norms: true', the page also shows how each parameter's gradient went over \
            training, from metrics.jsonl in the model's folder.

            --json prints one object, and writes no page unless --html names it:
              kind, equations, input, target, target_is_own, loss, loss_step
              sequences    what was read and written: name and tokens
              answers      what was to be said: target, predicted, loss
              first_answer the step of the first answer, from 0, where not each
                           step has one
              signals      vectors shown and said: name, rows, values by step
              memory       of a Turing machine: slots, width, values by step and
                           slot, gradient_norms by step, and heads, each with name,
                           writes, weights by step and slot, vectors (added or
                           read) and erased by step
              candidates   likely answers to a question with their probability
              recurrences  each layer and direction, an object with
                name, sequence, is_reversed
                gates      name, lowest, highest, values by step and unit,
                           low_share, high_share, saturation by step
                states     name, values, gradient_norms by step
              attention    name, alignment, reads_downwards, and heads: the
                           weights by head, target and source, where there are
                           several, whose mean is the alignment
              parameters   name, shape, norm, gradient_norm
              training     steps, names, norms; absent where not recorded
              graph        the walks over time and their parts
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "The example to look at.")
    var text: String?

    @Option(help: ArgumentHelp("What should come out of it.", valueName: "text"))
    var target: String?

    @Option(
        help: ArgumentHelp("A file to take the example from, read as the recipe reads its training data; plain or gzip.", valueName: "file")
    )
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Which example of the data, counted from 1; of one long text, which stretch of 100 characters, or of a context if that is shorter.",
            valueName: "n"))
    var example = 1

    @OptionGroup var sizes: AlgorithmSizes

    @Option(help: ArgumentHelp("Take the loss of this step alone, counted from 1, in place of the mean over all.", valueName: "n"))
    var lossStep: Int?

    @Option(help: ArgumentHelp("The metrics.jsonl of the model's training, if it is elsewhere.", valueName: "file"))
    var metrics: String?

    @Option(help: ArgumentHelp("The page to write; inspection.html if left out.", valueName: "file"))
    var html: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if text == nil, target != nil { throw ValidationError("--target belongs to --text; give both") }
        if text != nil, data != nil { throw ValidationError("--text and --data both give the example; leave one out") }
        try check("--example", example, in: 1...1_000_000_000)
        if let lossStep { try check("--loss-step", lossStep, in: 1...1_000_000_000) }
    }

    func run() throws {
        threads.apply()
        let path = html ?? (json ? nil : "inspection.html")
        let page = try path.map { try OutputFile($0) }
        let opened = try ModelKind.model(contentsOf: URL(fileURLWithPath: model))
        let choice = ExampleChoice(text: text, target: target, data: data, number: example, sizes: sizes)
        var inspection = try Inspector(opened).inspect(try choice.example(for: opened, path: model), lossStep: lossStep)
        inspection.training = try history()
        if json { try Output.line(try ResultWriter.json(inspection)) } else { try Output.write(Self.summary(inspection)) }
        try page?.write(InspectionPage(title: "A look inside \(URL(fileURLWithPath: model).lastPathComponent)", inspection).html)
        if let path { Terminal.note("wrote \(path)") }
    }

    /// What the training recorded: of the file that was named, or of the one beside the model.
    private func history() throws -> GradientHistory? {
        if let metrics {
            guard let history = try GradientHistory(metricsFile: URL(fileURLWithPath: metrics)) else {
                throw Failure.Thrown(
                    code: EX_DATAERR, message: "\(metrics): has no gradient norms; train with --set training.gradient_norms=true")
            }
            return history
        }
        let beside = URL(fileURLWithPath: model).deletingLastPathComponent().appendingPathComponent("metrics.jsonl")
        return FileManager.default.fileExists(atPath: beside.path) ? try GradientHistory(metricsFile: beside) : nil
    }

    /// The loss, and for each state where the gradient is.
    private static func summary(_ inspection: Inspection) -> String {
        let shown = [
            "input   \(inspection.input)", "target  \(inspection.target)\(inspection.targetIsOwn ? " (the model's own answer)" : "")",
        ]
        var lines = ["\(inspection.kind): \(inspection.equations)"] + shown.map { $0.replacing("\n", with: "⏎") }
        lines.append("loss    \(String(format: "%.4g", inspection.loss))")
        var rows = [["gradient norm at", "first step", "middle", "last step", "gates saturated"]]
        for recurrence in inspection.recurrences {
            let shares = recurrence.gates.map { $0.lowShare + $0.highShare }
            let saturated = shares.isEmpty ? "–" : (shares.reduce(0, +) / Double(shares.count)).asPercentage
            for state in recurrence.states {
                let norms = state.gradientNorms
                let steps = [0, norms.count / 2, norms.count - 1].map { String(format: "%.3g", norms[$0]) }
                rows.append(["\(recurrence.name): \(state.name)"] + steps + [saturated])
            }
        }
        return lines.map { $0 + "\n" }.joined()
            + table(rows)
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}
