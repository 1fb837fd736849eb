import ArgumentParser
import Foundation
import Unroll

/// `unroll evaluate`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model on a test set, by what fits its kind.",
        usage: """
            unroll evaluate <model> --source <file> --reference <file> [<options>]
            unroll evaluate <model> [--data <file>] [--json]
            unroll evaluate <model> [--length <n>] [--repeats <n>] [--items <n>]
            """,
        discussion: """
            A translation model is measured by BLEU, chrF, exact match and perplexity. BLEU and chrF are those of sacreBLEU's defaults and print \
            their signatures. Every line counts: an empty source is translated by nothing. Perplexity is over the lines that have text on both \
            sides.

              unroll evaluate runs/de-en/best.safetensors \\
                --source test.de.gz --reference test.en.gz --output hypotheses.en

            A model of any other kind is measured on one file, which is read as its recipe reads the training data; without --data, on the \
            recipe's own test data, or where it has none, on its validation data. Language models: loss, perplexity, and for characters bits \
            per character; the state is carried over from the first token to the last. Classifiers: loss and accuracy. Taggers: loss, \
            accuracy, and for B-, I- and O tags precision, recall and F1 of the spans, as CoNLL counts them. Regression: mean squared and \
            mean absolute error. Question answering: loss, accuracy, the errors of each kind of question, their mean, and how \
            many kinds have more than 5%; --data may name a folder with the bAbI tasks, of which the test files are read.

              unroll evaluate runs/ptb/best.safetensors --data ptb.test.txt.gz

            A model of an algorithm is measured on examples that are made, by default as large as those that it learnt from: the bits of a \
            sequence that come out wrong, what a sequence costs in bits, and of n-grams the best that this could be. --length, --repeats and \
            --items ask for other sizes.

              unroll evaluate runs/copy/best.safetensors --length 120

            --json writes one object. Of a translation model:
              bleu, chrf                 from 0 to 100
              exact_match                from 0 to 1
              perplexity                 per token of the reference
              sentences                  their number
              signature, chrf_signature  how BLEU and chrF were computed
            Of the others: loss, the metrics by their names (shares from 0 to 1), and how many tokens or examples they are over; of \
            question answering also tasks, with name, questions and wrong.
            """)

    @Argument(help: "The model file.")
    var model: String

    @OptionGroup var test: TestSetOptions

    @OptionGroup var sizes: AlgorithmSizes

    @OptionGroup var search: SearchFlags

    @Option(help: ArgumentHelp("Also write the model's translations.", valueName: "file"))
    var output: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if test.source == nil, output != nil { throw ValidationError("--output is for translations; it needs --source and --reference") }
    }

    func run() throws {
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        let opened = try ModelKind.model(contentsOf: URL(fileURLWithPath: model))
        if let translation = opened as? TranslationModel {
            try sizes.refuse(unless: false, model)
            guard let test = try test.translations(path: model) else { throw TestSetOptions.translationFailure(model) }
            try evaluate(translation, on: test)
            return
        }
        let data = try test.data(for: opened, path: model)
        let quality = try ModelQuality(opened, path: model, data: data, sizes: sizes)
        try Output.line(json ? try quality.json() : quality.text)
    }

    private func evaluate(_ model: TranslationModel, on test: TestSet) throws {
        let translator = Translator(model, options: search.options())
        try test.checkLengths(for: translator)
        let outputFile = try output.map { try OutputFile($0) }
        let outputs = try test.translations(by: translator)
        try outputFile?.write(outputs.map { $0 + "\n" }.joined())
        let quality = try TranslationQuality(translator.model, test.pairs, outputs)
        try Output.line(json ? try quality.json() : quality.text)
    }
}
