import ArgumentParser
import Foundation
import Unroll

/// `unroll evaluate`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model on a test set: BLEU, chrF, exact match, perplexity.",
        usage: "unroll evaluate <model> --source <file> --reference <file> [<options>]",
        discussion: """
            BLEU and chrF are those of sacreBLEU's defaults and print their signatures. Every line counts: an empty source is translated by \
            nothing. Perplexity is over the lines that have text on both sides.

              unroll evaluate runs/de-en/best.safetensors \\
                --source test.de.gz --reference test.en.gz --output hypotheses.en

            --json writes one object:
              bleu, chrf                 from 0 to 100
              exact_match                from 0 to 1
              perplexity                 per token of the reference
              sentences                  their number
              signature, chrf_signature  how BLEU and chrF were computed
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: ArgumentHelp("The sentences to translate, plain or gzip.", valueName: "file"))
    var source: String

    @Option(help: ArgumentHelp("Their right translations, line by line.", valueName: "file"))
    var reference: String

    @OptionGroup var search: SearchFlags

    @Option(help: ArgumentHelp("Also write the model's translations.", valueName: "file"))
    var output: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let translator = Translator(try TranslationModel(contentsOf: URL(fileURLWithPath: model)), options: search.options())
        let test = try TestSet(source: source, reference: reference)
        try test.checkLengths(for: translator)
        let outputFile = try output.map { try OutputFile($0) }
        let outputs = try test.translations(by: translator)
        try outputFile?.write(outputs.map { $0 + "\n" }.joined())
        let evaluation = try Evaluation(translator.model, test.pairs, outputs)
        try Output.line(json ? try evaluation.json() : evaluation.text)
    }
}

/// What a model reached on a test set.
private struct Evaluation {
    private let bleu: BLEU.Score
    private let chrf: ChrF.Score
    private let exact: ExactMatch
    private let perplexity: Double

    init(_ model: TranslationModel, _ pairs: [SentencePair], _ outputs: [String]) throws {
        let references = pairs.map(\.target)
        bleu = try BLEU().score(of: outputs, against: [references])
        chrf = try ChrF().score(of: outputs, against: [references])
        exact = try ExactMatch(of: outputs, against: references)
        perplexity = exp(try model.meanLoss(on: pairs.filter(\.hasText)))
    }

    var text: String {
        "\(bleu)\n\(chrf)\nexact match = \(exact)\nperplexity = \(perplexity.fixed(3))"
    }

    func json() throws -> String {
        struct Result: Encodable {
            let bleu, chrf, exactMatch, perplexity: Double
            let signature, chrfSignature: String
            let sentences: Int
        }
        return try ResultWriter.json(
            Result(
                bleu: bleu.score, chrf: chrf.score, exactMatch: exact.share, perplexity: perplexity, signature: bleu.signature,
                chrfSignature: chrf.signature, sentences: exact.total))
    }
}
