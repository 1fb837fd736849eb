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
        let pairs = try TestSet(source: source, reference: reference).pairs
        for pair in pairs {
            do { try translator.checkLength(pair.source) } catch {
                throw Failure.Thrown(
                    code: EX_DATAERR,
                    message: "\(source):\(pair.lineNumber): \(error.tokenCount) tokens, at most \(error.maximum) are translated; "
                        + "split the line")
            }
        }
        let outputFile = try output.map { try OutputFile($0) }
        let clock = ContinuousClock.now
        let outputs = try translate(pairs, with: translator)
        try outputFile?.write(outputs.map { $0 + "\n" }.joined())
        let evaluation = try Evaluation(translator.model, pairs, outputs)
        Terminal.note("\(pairs.count.counted("sentence")) in \(((ContinuousClock.now - clock) / .seconds(1)).asDuration)")
        try Output.line(json ? try evaluation.json() : evaluation.text)
    }

    private func translate(_ pairs: [SentencePair], with translator: Translator) throws -> [String] {
        var outputs: [String] = []
        let portion = 256
        for start in stride(from: 0, to: pairs.count, by: portion) {
            outputs += try translator.translate(pairs[start..<min(start + portion, pairs.count)].map(\.source)).map(\.text)
            Terminal.progress(["translated \(outputs.count) of \(pairs.count)"])
        }
        return outputs
    }
}

/// A test set, all of its lines: one left out would move those of the written translations.
private struct TestSet {
    let pairs: [SentencePair]

    init(source: String, reference: String) throws {
        let sources = try Self.lines(source)
        let references = try Self.lines(reference)
        let path = "\(source), \(reference)"
        guard sources.count == references.count else {
            throw CorpusError(
                .unequalLineCounts(source: sources.count, target: references.count), path: path,
                "the files have \(sources.count) and \(references.count) lines; line n of one must translate line n of the other.")
        }
        pairs = zip(sources, references).enumerated().map { SentencePair(source: $1.0, target: $1.1, lineNumber: $0 + 1) }
        guard pairs.contains(where: \.hasText) else { throw CorpusError(.empty, path: path, "there is no pair with text on both sides.") }
    }

    private static func lines(_ path: String) throws -> [String] {
        let reader = try LineReader(path: path)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }
}

extension SentencePair {
    fileprivate var hasText: Bool { !source.allSatisfy(\.isWhitespace) && !target.allSatisfy(\.isWhitespace) }
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
