import ArgumentParser
import Foundation
import Unroll

/// `unroll quantize`
struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Store a model's matrices in fewer bits, and say what that costs.",
        usage: """
            unroll quantize <model> --out <file> [--precision int8]
            unroll quantize <model> --out <file> --source <file> --reference <file>
            unroll quantize <model> --out <file> --data <file>
            """,
        discussion: """
            int8 stores whole numbers from -127 to 127 with one factor for each output, in a quarter of the bytes; bfloat16 rounds to 8 bits of \
            precision, in half of them. Sums are made in single precision. int8_dynamic stores the same as int8, and rounds what meets the \
            weights as well while it computes: it is the fastest, and costs a little more accuracy.

              unroll quantize runs/de-en/best.safetensors --out de-en-int8.safetensors \\
                --source test.de --reference test.en

            With a test set it measures the model before and after, as 'unroll evaluate' does. The new file is used like the old one. To train \
            on, keep the old one.

            --json prints one object: precision, bytes_before, bytes_after, error (the size of the change as a share of that of the weights), \
            matrices (name, count, error), and with a test set before and after.
            """)

    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case int8, bfloat16
        case int8Dynamic = "int8_dynamic"

        var weights: WeightPrecision {
            switch self {
            case .int8: .int8
            case .bfloat16: .bfloat16
            case .int8Dynamic: .int8Dynamic
            }
        }
    }

    @Argument(help: "The model file.")
    var model: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    @Option(help: "What the matrices are stored in.")
    var precision = Precision.int8

    @OptionGroup var test: TestSetOptions

    @OptionGroup var search: SearchFlags

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let opened = try ModelKind.model(contentsOf: URL(fileURLWithPath: model))
        let measure = try measurement(of: opened)
        let before = try measure?()
        let rounded = try opened.roundWeights(to: precision.weights, path: model)
        let after = try measure?()
        try opened.write(to: URL(fileURLWithPath: out))
        try Output.line(json ? try report(rounded, before, after) : text(rounded, before, after))
        Terminal.note("wrote \(out)")
    }

    private enum Quality {
        case translation(TranslationQuality)
        case model(ModelQuality)

        var text: String {
            switch self {
            case .translation(let quality): quality.text
            case .model(let quality): quality.text
            }
        }

        var listing: any Encodable {
            switch self {
            case .translation(let quality): quality.listing
            case .model(let quality): quality.listing
            }
        }
    }

    /// What measures the model as it is at the time; nil without a test set.
    private func measurement(of opened: any StoredModel) throws -> (() throws -> Quality)? {
        if let translation = opened as? TranslationModel {
            guard let test = try test.translations(path: model) else { return nil }
            let translator = Translator(translation, options: search.options())
            try test.checkLengths(for: translator)
            return { .translation(try TranslationQuality(translation, test.pairs, try test.translations(by: translator))) }
        }
        guard let data = try test.data(for: opened, path: model) else { return nil }
        return { .model(try ModelQuality(opened, path: model, data: data)) }
    }

    private func text(_ rounded: RoundedWeights, _ before: Quality?, _ after: Quality?) -> String {
        let megabytes = [rounded.bytes.before, rounded.bytes.after].map { (Double($0) / 1e6).fixed(2) }
        var lines = [
            "\(precision.rawValue): \(rounded.matrices.count) matrices, "
                + "\(megabytes[0]) MB of weights become \(megabytes[1]) MB",
            "they change by \(rounded.error.asPercentage) of their size",
        ]
        if let worst = rounded.matrices.max(by: { $0.error < $1.error }) {
            lines[1] += ", \(worst.name) most, by \(worst.error.asPercentage)"
        }
        if let before, let after { lines += ["", "before:", before.text, "", "after:", after.text] }
        return lines.joined(separator: "\n")
    }

    private func report(_ rounded: RoundedWeights, _ before: Quality?, _ after: Quality?) throws -> String {
        struct Listing: Encodable {
            struct Matrix: Encodable {
                let name: String
                let count: Int
                let error: Double
            }
            let precision: String
            let bytesBefore, bytesAfter: Int
            let error: Double
            let matrices: [Matrix]
            let before, after: Measured?
        }
        struct Measured: Encodable {
            let listing: any Encodable

            func encode(to encoder: any Encoder) throws { try listing.encode(to: encoder) }
        }
        return try ResultWriter.json(
            Listing(
                precision: precision.rawValue, bytesBefore: rounded.bytes.before, bytesAfter: rounded.bytes.after, error: rounded.error,
                matrices: rounded.matrices.map { .init(name: $0.name, count: $0.count, error: $0.error) },
                before: before.map { Measured(listing: $0.listing) },
                after: after.map { Measured(listing: $0.listing) }))
    }
}
