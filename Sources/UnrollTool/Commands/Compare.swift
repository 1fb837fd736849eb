import ArgumentParser
import Foundation
import Unroll

/// `unroll compare`
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare models on a test set, by the length of the source: which is better, and on which lengths.",
        usage: "unroll compare <model> ... --source <file> --reference <file> [<options>]",
        discussion: """
            Prints, for each measure, a row for each range of lengths and a column for each model; * marks the best.

              unroll compare runs/gru/best.safetensors runs/lstm/best.safetensors \\
                --source test.de.gz --reference test.en.gz --by-length 5 --svg lengths.svg
            """)

    @Argument(help: ArgumentHelp("The model files.", valueName: "model"))
    var models: [String]

    @Option(help: ArgumentHelp("The sentences to translate, plain or gzip.", valueName: "file"))
    var source: String

    @Option(help: ArgumentHelp("Their right translations, line by line.", valueName: "file"))
    var reference: String

    @Option(help: ArgumentHelp("Names for the models, with commas between them.", valueName: "a,b,…"))
    var labels: String?

    @Option(help: ArgumentHelp("Put the sources of so many lengths together: with 10, those of 1 to 10, of 11 to 20, ….", valueName: "n"))
    var byLength = 10

    @Option(help: "What lengths are counted in: what stands between white space, or characters.")
    var unit = QualityByLength.Unit.word

    @Option(help: ArgumentHelp("Also draw the quality against the length.", valueName: "file"))
    var svg: String?

    @Option(help: "What to draw: BLEU, the share of places with the right word, or of outputs that are right as a whole.")
    var measure = QualityByLength.Measure.bleu

    @Option(help: "The drawing's headline.")
    var title = "Quality by source length"

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var search: SearchFlags

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if models.isEmpty { throw ValidationError("give at least one model file") }
        try check("--by-length", byLength, in: 1...1_000_000)
        if labels != nil, names.count != models.count {
            throw ValidationError("--labels has \(names.count) names for \(models.count) models")
        }
    }

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let translators = try models.map {
            Translator(try TranslationModel(contentsOf: URL(fileURLWithPath: $0)), options: search.options())
        }
        let test = try TestSet(source: source, reference: reference)
        for translator in translators { try test.checkLengths(for: translator) }
        let drawing = try svg.map { try OutputFile($0) }
        let comparison = ModelComparison(
            try zip(names, translators).map { name, translator in
                ModelComparison.Entry(
                    name,
                    try QualityByLength(
                        sources: test.pairs.map(\.source), outputs: test.translations(by: translator, name: name),
                        references: test.pairs.map(\.target), width: byLength, unit: unit))
            })
        // The numbers took minutes and come first, so that a drawing that cannot be written does not lose them.
        try Output.write(json ? ResultWriter.json(comparison) + "\n" : comparison.table)
        try drawing?.write(comparison.chart(measure, title: title).svg)
    }

    private var names: [String] {
        labels.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            ?? ModelComparison.labels(forPaths: models)
    }
}

extension QualityByLength.Unit: ExpressibleByArgument {}
extension QualityByLength.Measure: ExpressibleByArgument {}
