import ArgumentParser
import Foundation
import Unroll
import UnrollKernels
import UnrollVerification

/// `unroll check`
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove that every operation, cell and module computes what its equation says.",
        usage: "unroll check [<model>] [<name> ...] [<options>]",
        discussion: """
            Runs the catalogue that the tests run, on this machine's processor and kernels: all of it, or the entries that a name or a part \
            of one fits. Of a name with several words, each must fit. With a model file before the names, its own layers are checked in \
            place of the catalogue, at their own sizes and with their own weights. What ends in .safetensors, or is the path of a file, is \
            a model.

              unroll check
              unroll check lstm attention
              unroll check "fused reversed" gru --list
              unroll check runs/plays/best.safetensors

            Each row is one variant, with the largest error of each check:
              gradient     the derivative against differences of fourth order, in
                           double precision, element by element; of a model's
                           layers at 12 elements of each tensor, spread evenly
                           (4 where a layer has over 4 million numbers)
              reference    values and gradients of the kernel against the plain
                           composition of the equation, in double precision;
                           – where there is none
              precision    values and gradients in single precision against double
              composition  the derivative against itself: each output and operand
                           alone, every variable used twice

            An error at or above its bound, which stands at the top, fails, and the place is named. The exit code is then 70.

            With --json, each line is one check of one entry, an object with 'group', 'subject', 'variant', 'equation', 'check', 'error' \
            (left out where something is not a number), 'bound', 'compared', 'worst' and 'passed'.
            """)

    @Argument(
        help: ArgumentHelp("A model file first, if its layers are meant; then parts of names, such as lstm.", valueName: "model or name"))
    var names: [String] = []

    @Flag(help: "Print one JSON object for each check.")
    var json = false

    @Flag(help: "Print the entries with their equations, and check nothing.")
    var list = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        let model = try names.first.flatMap { name in try Self.isModel(name) ? CheckedModel(path: name) : nil }
        let entries = try Self.selected(Array(names.dropFirst(model == nil ? 0 : 1)), from: model?.entries ?? Catalogue.all)
        if list { return try Output.write(entries.map { "\($0.group.rawValue): \($0.name)\n  \($0.equation)\n" }.joined()) }
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        if !json {
            for line in model?.summary ?? [] { try Output.line(line) }
            try Output.line("\(Processor.instructionSet), \(Processor.threads.counted("thread"))\n")
        }
        try CheckReport.run(entries, json: json)
    }

    /// Whether an argument is the path of a model rather than a name in the catalogue.
    static func isModel(_ argument: String) -> Bool {
        argument.hasSuffix(".safetensors") || FileManager.default.fileExists(atPath: argument)
    }

    /// The entries that one of the names fits, in their own order; all of them where there is no name.
    ///
    /// - Throws: `Failure.Thrown` for a name that fits none, with what was probably meant.
    static func selected(_ names: [String], from entries: [CatalogueEntry]) throws -> [CatalogueEntry] {
        for name in names where !entries.contains(where: { $0.matches(name) }) {
            let meant = Spelling.nearest(to: name, among: entries.flatMap(\.searchWords)).map { "; did you mean '\($0)'?" } ?? "."
            throw Failure.Thrown(
                code: EX_USAGE, message: "nothing that can be checked is called '\(name)'\(meant) 'unroll check --list' prints all names")
        }
        return names.isEmpty ? entries : entries.filter { entry in names.contains { entry.matches($0) } }
    }
}

/// A model whose layers are checked.
private struct CheckedModel {
    /// An entry for each layer.
    let entries: [CatalogueEntry]
    /// The file and what it holds.
    let summary: [String]

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds no model; `Failure.Thrown` for a model of a kind whose layers
    ///   cannot be checked.
    init(path: String) throws {
        let model = try ModelKind.model(contentsOf: URL(fileURLWithPath: path))
        entries = try Self.entries(of: model, path: path)
        summary = ["\(path): \(type(of: model).kind.title)"] + model.summary
    }

    private static func entries(of model: some StoredModel, path: String) throws -> [CatalogueEntry] {
        guard let network = model.network as? any CheckableNetwork else {
            throw Failure.Thrown(
                code: EX_USAGE,
                message:
                    "\(path): the layers of a \(type(of: model).kind.title) cannot be checked one by one; "
                    + "'unroll check' checks its equations")
        }
        return network.layerEntries
    }
}
