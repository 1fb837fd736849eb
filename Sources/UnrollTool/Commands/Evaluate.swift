import ArgumentParser
import Foundation
import Unroll

/// `unroll evaluate`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model on a test set: BLEU, chrF, exact match, perplexity.",
        discussion: """
            BLEU and chrF are those of sacreBLEU's defaults and print their signatures.

              unroll evaluate runs/de-en/best.safetensors --source test.de.gz --reference test.en.gz --beam 5
              unroll evaluate runs/de-en/best.safetensors --source test.de --reference test.en --json --output hypotheses.en
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "The sentences to translate, plain or gzip.")
    var source: String

    @Option(help: "Their right translations, line by line.")
    var reference: String

    @OptionGroup var search: SearchFlags

    @Option(help: ArgumentHelp("Also write the model's translations.", valueName: "file"))
    var output: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        threads.apply()
        let model = try TranslationModel(contentsOf: URL(fileURLWithPath: model))
        let reader = try ParallelCorpus(source: source, target: reference).reader()
        var pairs: [SentencePair] = []
        while let pair = try reader.next() { pairs.append(pair) }
        let clock = ContinuousClock.now
        let evaluation = try Evaluation(model, pairs, search.options()) { done in
            Terminal.progress("translated \(done) of \(pairs.count)")
        }
        Terminal.note("\(pairs.count) sentences in \(((ContinuousClock.now - clock) / .seconds(1)).asDuration)")
        if reader.skippedCount > 0 { Terminal.note("left out: \(reader.skippedCount) pairs with an empty side") }
        if let output {
            try Data(evaluation.outputs.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        }
        print(json ? try evaluation.json() : evaluation.text)
    }
}

/// What a model reached on a test set.
private struct Evaluation {
    let outputs: [String]
    private let bleu: BLEU.Score
    private let chrf: ChrF.Score
    private let exact: ExactMatch
    private let perplexity: Double

    init(_ model: TranslationModel, _ pairs: [SentencePair], _ options: SearchOptions, progress: (Int) -> Void) throws {
        var outputs: [String] = []
        for start in stride(from: 0, to: pairs.count, by: 256) {
            let part = pairs[start..<min(start + 256, pairs.count)]
            outputs += model.translations(of: part.map(\.source), options).map { $0[0].text }
            progress(outputs.count)
        }
        let references = pairs.map(\.target)
        bleu = try BLEU().score(of: outputs, against: [references])
        chrf = try ChrF().score(of: outputs, against: [references])
        exact = try ExactMatch(of: outputs, against: references)
        perplexity = exp(try model.meanLoss(on: pairs))
        self.outputs = outputs
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let result = Result(
            bleu: bleu.score, chrf: chrf.score, exactMatch: exact.share, perplexity: perplexity, signature: bleu.signature,
            chrfSignature: chrf.signature, sentences: outputs.count)
        return String(decoding: try encoder.encode(result), as: UTF8.self)
    }
}
