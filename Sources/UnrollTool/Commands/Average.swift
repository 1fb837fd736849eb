import ArgumentParser
import Foundation
import Unroll

/// `unroll average`
struct Average: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the mean of several models' weights.",
        discussion: "The models must be of one kind, configuration and vocabulary, as the checkpoints of one training are. "
            + "The new file has the recipe of the first.")

    @Argument(help: ArgumentHelp("The model files.", valueName: "model"))
    var models: [String]

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    func run() throws {
        let average = try ModelKind.average(of: models.map { URL(fileURLWithPath: $0) })
        try average.write(to: URL(fileURLWithPath: out))
        Terminal.note("\(out): the mean of \(models.count.counted("model"))")
    }
}
