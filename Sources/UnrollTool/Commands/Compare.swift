import ArgumentParser
import Foundation
import Unroll

/// `unroll compare`
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare models on a test set, by the length of the source: which is better, and on which lengths.",
        discussion: """
            Prints, for each measure, a row for each range of lengths and a column for each model; * marks the best.

              unroll compare runs/gru/best.safetensors runs/lstm/best.safetensors --source test.de --reference test.en
              unroll compare small.safetensors large.safetensors --source test.de --reference test.en --by-length 5 --svg lengths.svg
            """)

    @Argument(help: "The model files.")
    var models: [String]

    @Option(help: "The sentences to translate, plain or gzip.")
    var source: String

    @Option(help: "Their right translations, line by line.")
    var reference: String

    @Option(help: ArgumentHelp("Names for the models, with commas between them.", valueName: "a,b,…"))
    var labels: String?

    @Option(help: "Put the sources of so many lengths together: with 10, those of 1 to 10, of 11 to 20, ….")
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
        if byLength < 1 { throw ValidationError("--by-length must be at least 1, not \(byLength)") }
        if labels != nil, names.count != models.count {
            throw ValidationError("--labels has \(names.count) names for \(models.count) models")
        }
    }

    func run() throws {
        threads.apply()
        let opened = try models.map { try TranslationModel(contentsOf: URL(fileURLWithPath: $0)) }
        let reader = try ParallelCorpus(source: source, target: reference).reader()
        var pairs: [SentencePair] = []
        while let pair = try reader.next() { pairs.append(pair) }
        if reader.skippedCount > 0 { Terminal.note("left out: \(reader.skippedCount) pairs with an empty side") }
        let (sources, references) = (pairs.map(\.source), pairs.map(\.target))
        let entries = try zip(names, opened).map { name, model in
            let clock = ContinuousClock.now
            var outputs: [String] = []
            for start in stride(from: 0, to: sources.count, by: 256) {
                let part = sources[start..<min(start + 256, sources.count)]
                outputs += model.translations(of: Array(part), search.options()).map { $0[0].text }
                Terminal.progress("\(name): translated \(outputs.count) of \(sources.count)")
            }
            Terminal.note("\(name): \(sources.count) sentences in \(((ContinuousClock.now - clock) / .seconds(1)).asDuration)")
            return ModelComparison.Entry(
                name, try QualityByLength(sources: sources, outputs: outputs, references: references, width: byLength, unit: unit))
        }
        let comparison = ModelComparison(entries)
        // The numbers took minutes and come first, so that a drawing that cannot be written does not lose them.
        print(json ? try Self.json(comparison) : comparison.table, terminator: json ? "\n" : "")
        if let svg {
            do {
                try Data(comparison.chart(measure, title: title).svg.utf8).write(to: URL(fileURLWithPath: svg), options: .atomic)
            } catch {
                throw Failure.Thrown(code: EX_CANTCREAT, message: "\(svg) cannot be written: \(error.localizedDescription)")
            }
        }
    }

    private var names: [String] {
        labels.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            ?? ModelComparison.labels(forPaths: models)
    }

    private static func json(_ comparison: ModelComparison) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(comparison), as: UTF8.self)
    }
}

extension QualityByLength.Unit: ExpressibleByArgument {}
extension QualityByLength.Measure: ExpressibleByArgument {}
