import ArgumentParser
import Foundation
import Unroll
import UnrollKernels
import UnrollVerification

/// `unroll check`
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove that every operation, cell and module computes what its equation says.",
        usage: "unroll check [<name> ...] [<options>]",
        discussion: """
            Runs the catalogue that the tests run, on this machine's processor and kernels: all of it, or the entries that a name or a part \
            of one fits. Of a name with several words, each must fit.

              unroll check
              unroll check lstm attention
              unroll check "fused reversed" gru --list

            Each row is one variant, with the largest error of each check:
              gradient     the derivative against differences of fourth order, in
                           double precision, element by element
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

    @Argument(help: ArgumentHelp("Parts of names, such as lstm; all entries if left out.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Print one JSON object for each check.")
    var json = false

    @Flag(help: "Print the entries with their equations, and check nothing.")
    var list = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        let entries = try Self.selected(names, from: Catalogue.all)
        if list { return try Output.write(entries.map { "\($0.group.rawValue): \($0.name)\n  \($0.equation)\n" }.joined()) }
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        if !json { try Output.line("\(Processor.instructionSet), \(Processor.threads.counted("thread"))\n") }
        try CheckReport.run(entries, json: json)
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
