import ArgumentParser
import Foundation
import Unroll

/// `unroll gradients`
struct Gradients: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how gradients vanish and explode in RNN, IRNN, GRU and LSTM.",
        usage: "unroll gradients [<options>]",
        discussion: """
            Makes new networks of each kind, with Gaussian and with orthogonal recurrent weights, and measures how the gradient of a loss at the \
            end of a sequence shrinks or grows on its way back. Then trains one network that explodes: without clipping, with clipping, and \
            with a tiny learning rate. Writes a page that needs nothing else; the same settings give the same page.

              unroll gradients
              unroll gradients --task recalling --length 200 --html recall.html
              unroll gradients --json

            --json prints one object, and writes no page unless --html names it:
              task, length, units, sequences, draws, seed
              flows     network, initialization, and norms: the gradient's norm so
                        many steps before the end, as a multiple of that at the end
              trained   the network that is trained
              runs      name, learning_rate, clip_norm, and losses, gradient_norms
                        and weight_norms before each update; null where infinite
                        or not a number, which ends the run
            """)

    enum Task: String, ExpressibleByArgument, CaseIterable {
        case adding, recalling, brackets

        func made(seed: UInt64) -> GradientTask {
            switch self {
            case .adding: .adding(seed: seed)
            case .recalling: .recalling(seed: seed)
            case .brackets: .brackets(seed: seed)
            }
        }
    }

    @Option(
        help: """
            What the networks read: numbers of which two are to be added, a first symbol to be recalled at the end, or brackets that are well \
            nested or not.
            """)
    var task = Task.adding

    @Option(help: "Steps of a sequence.")
    var length = 100

    @Option(help: "Units of each network.")
    var units = 64

    @Option(help: "Sequences that a gradient is the mean of.")
    var sequences = 32

    @Option(help: "Updates of each training.")
    var updates = 100

    @Option(help: "The seed of weights and sequences.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The page to write; gradients.html if left out.", valueName: "file"))
    var html: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check("--length", length, in: 2...10_000)
        try check("--units", units, in: 1...4_096)
        try check("--sequences", sequences, in: 1...4_096)
        try check("--updates", updates, in: 1...100_000)
    }

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let path = html ?? (json ? nil : "gradients.html")
        let page = try path.map { try OutputFile($0) }
        var experiment = GradientExperiment(task: task.made(seed: seed), seed: seed)
        (experiment.length, experiment.units, experiment.sequences, experiment.updates) = (length, units, sequences, updates)
        let study = try experiment.run { Terminal.progress([$0]) }
        if json {
            try Output.line(try ResultWriter.json(study))
        } else {
            let rows = study.flows.map { flow in
                "\(String(format: "%9.3g", flow.norms[flow.norms.count - 1]))  \(flow.network), \(flow.initialization)\n"
            }
            try Output.write("the gradient \(study.length - 1) steps before the end, as a multiple of that at the end:\n" + rows.joined())
        }
        try page?.write(GradientPage(study).html)
        Terminal.clear()
        if let path { Terminal.note("wrote \(path)") }
    }
}
