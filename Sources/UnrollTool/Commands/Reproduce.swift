import ArgumentParser
import Foundation
import Unroll

/// `unroll reproduce`
struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a published experiment again, and set its numbers beside the paper's.",
        usage: "unroll reproduce <experiment> [--quick] [--out <folder>] [--json]",
        discussion: """
            Trains by recipes of the project, from several seeds where the paper does, measures the models, and prints a table: ours, what was \
            measured before with the same recipes and seeds, the paper's, and the difference to that. A row that is not what was measured before is \
            marked with ✗, and the exit code is 70.

              unroll reproduce babi --quick
              unroll reproduce babi --out runs/babi

            Experiments:
            \(Experiment.all.map { "  \($0.name.padding(toLength: 6, withPad: " ", startingAt: 0)) \($0.title)" }.joined(separator: "\n"))

            The folder gets one of each run's own, as 'unroll train' writes it, with result.json. Runs that are there are not made again, and one \
            that was stopped goes on where it was.

            --json writes one object: experiment, and parts with name, recipe, runs (seed, training_loss, measures), chosen_seed (of the run with \
            the lowest loss in training) and rows (title, measure, summary, ours, expected, published, difference, as_expected).
            """)

    @Argument(help: "The experiment's name.")
    var experiment: String

    @Flag(help: "Make only what takes a few minutes.")
    var quick = false

    @Option(help: ArgumentHelp("The folder for the runs; runs/<experiment> if left out.", valueName: "folder"))
    var out: String?

    @Option(
        help: ArgumentHelp("The folder of recipes; if left out, 'recipes' here or above the tool's own place.", valueName: "folder"))
    var recipes: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        guard let found = Experiment.all.first(where: { $0.name == experiment }) else {
            let names = Experiment.all.map(\.name).joined(separator: ", ")
            throw Failure.Thrown(code: EX_USAGE, message: "there is no experiment '\(experiment)'; there are: \(names)")
        }
        let folder = ExperimentFolder(path: out ?? "runs/\(found.name)", recipes: try Self.recipeFolder(recipes))
        let parts = quick ? found.quickParts : found.parts
        var (listings, different) = ([ExperimentTable.Listing](), 0)
        for part in parts {
            let table = ExperimentTable(part, try folder.runs(of: part))
            different += table.differences
            if json { listings.append(table.listing) } else { try Output.write((part.name == parts[0].name ? "" : "\n") + table.text) }
        }
        if json { try Output.line(try ResultWriter.json(ExperimentTable.Listings(experiment: found.name, parts: listings))) }
        guard different == 0 else {
            throw Failure.Thrown(code: EX_SOFTWARE, message: "\(different.counted("number")) differ from what was measured before")
        }
    }

    /// The folder that was named, or the nearest called `recipes`: here, or beside the tool's own folder or one that this is in.
    private static func recipeFolder(_ named: String?) throws -> URL {
        if let named { return URL(fileURLWithPath: named, isDirectory: true) }
        var places = [URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)]
        var above = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        while let place = above, place.path != "/" {
            places.append(place)
            above = place.deletingLastPathComponent()
        }
        let folders = places.map { $0.appendingPathComponent("recipes", isDirectory: true) }
        guard let found = folders.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw Failure.Thrown(code: EX_NOINPUT, message: "there is no folder 'recipes' here; name that of the project with --recipes")
        }
        return found
    }
}
