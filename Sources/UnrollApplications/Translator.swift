import Foundation
import UnrollCheckpoints
import UnrollDecoding
import UnrollInsight
import UnrollModels
import UnrollText

/// Translates text with a model file.
///
///     let translator = try Translator(contentsOf: url)
///     let result = try translator.translate("le 3 mars 1987")
///     print(result.text)
///
/// A translator never changes: any number of tasks may call it at once, and each gets the bits that it would get alone. A sentence comes out the
/// same whether it is translated alone or among others.
public struct Translator: Sendable {
    /// The model.
    public let model: TranslationModel
    /// How translations are searched for.
    public let options: SearchOptions
    /// The longest source, in tokens; longer ones are refused, since time grows with the square of the length. No more than the model has positions for.
    public let maximumSourceTokens: Int

    /// Opens a model file.
    ///
    /// - Parameters:
    ///   - url: the file, as `unroll train` writes it.
    ///   - options: beam, length normalisation, number of results.
    ///   - maximumSourceTokens: the longest source that is taken.
    /// - Throws: `CheckpointError` for a file that cannot be read or is no translation model, `SearchError` where the model lacks what the options need.
    public init(contentsOf url: URL, options: SearchOptions = .init(), maximumSourceTokens: Int = 1_000) throws {
        self.init(try TranslationModel(contentsOf: url), options: options, maximumSourceTokens: maximumSourceTokens)
        try model.checkSearch(options)
    }

    /// A translator of an open model.
    public init(_ model: TranslationModel, options: SearchOptions = .init(), maximumSourceTokens: Int = 1_000) {
        self.model = model
        self.options = options
        self.maximumSourceTokens = min(maximumSourceTokens, model.network.longestSequence ?? .max)
    }

    /// Arranges the weights for their products now, so that the first translation takes no longer than others.
    public func prepare() {
        var options = SearchOptions()
        options.beam = 1
        options.maximumLength = 1
        _ = model.translations(of: ["."], options)
    }

    /// The translation of one text. A text of nothing but white space gives an empty one.
    ///
    /// - Parameters:
    ///   - text: what is translated.
    ///   - prefix: what the translation begins with; it counts in log p and score.
    /// - Throws: `TranslationError` if the text or the prefix is too long, `SearchError` where the model lacks what the options need.
    public func translate(_ text: String, prefix: String = "") throws -> Translation {
        try translate([text], prefixes: [prefix])[0]
    }

    /// The translations of several texts, in their order, computed together.
    ///
    /// - Parameters:
    ///   - texts: what is translated.
    ///   - prefixes: what the translation of each begins with; nothing where nil.
    ///   - rows: the most texts at a time; where some are done, the next ones take their places. It changes the time taken, never a result.
    /// - Throws: `TranslationError`, with the place of the text, if one is too long, `SearchError` where the model lacks what the options need. Nothing is
    ///   translated then.
    public func translate(_ texts: [String], prefixes: [String]? = nil, rows: Int = 32) throws -> [Translation] {
        precondition(prefixes == nil || prefixes?.count == texts.count, "\(texts.count) texts with \(prefixes?.count ?? 0) prefixes")
        try model.checkSearch(options)
        for (place, text) in texts.enumerated() { try checkLength(text, place: place) }
        for (place, prefix) in (prefixes ?? []).enumerated() { try checkPrefix(prefix, place: place) }
        // Training leaves blank texts out, so that a model could only make something up.
        let sources = texts.map { $0.allSatisfy(\.isWhitespace) ? "" : $0 }
        return zip(texts, zip(sources, model.translations(of: sources, prefixes: prefixes, options, rows: rows))).map { text, result in
            Translation(source: text, sourceTokens: model.sourceCodec.tokens(in: result.0), found: result.1, model: model)
        }
    }

    /// Throws if a text is longer than this translator takes.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - place: its number for the message, counted from 0.
    public func checkLength(_ text: String, place: Int = 0) throws(TranslationError) {
        guard !model.sourceCodec.fits(text, tokens: maximumSourceTokens) else { return }
        throw TranslationError(place: place, tokenCount: model.sourceCodec.encode(text).count, maximum: maximumSourceTokens)
    }

    /// Throws if what a translation shall begin with is too long.
    ///
    /// - Parameters:
    ///   - prefix: the beginning.
    ///   - place: its text's number for the message, counted from 0.
    public func checkPrefix(_ prefix: String, place: Int = 0) throws(TranslationError) {
        // The decoder is fed the start of the sequence too.
        let maximum = min(maximumSourceTokens, (model.network.longestSequence ?? .max) - 1)
        guard !model.targetCodec.fits(prefix, tokens: maximum) else { return }
        throw TranslationError(place: place, tokenCount: model.targetCodec.encode(prefix).count, maximum: maximum, isPrefix: true)
    }
}

/// A text, or what its translation shall begin with, is too long.
public struct TranslationError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The text's place among those given, counted from 0.
    public let place: Int
    /// Its tokens.
    public let tokenCount: Int
    /// The most that are taken.
    public let maximum: Int
    /// Whether it is what the translation shall begin with, and not the text itself.
    public var isPrefix = false

    /// What to do.
    public var description: String {
        isPrefix
            ? "the prefix of text \(place + 1) has \(tokenCount) tokens, and a translation can begin with at most \(maximum)"
            : "text \(place + 1) has \(tokenCount) tokens, and at most \(maximum) are translated at once; split it into sentences"
    }
}

/// A text's translation, and the other ones if several were asked for.
public struct Translation: Sendable, Codable, Equatable {
    /// One of the hypotheses found.
    public struct Hypothesis: Sendable, Codable, Equatable {
        /// The text.
        public let text: String
        /// Its tokens as the vocabulary has them: `<unk>` too, where the text has the source's word.
        public let tokens: [String]
        /// log p after length normalisation.
        public let score: Double
        /// log p, in nats.
        public let logProbability: Double
        /// Whether it ended by itself, and not at the maximum length.
        public let isComplete: Bool
        /// For each token the weights over the source's tokens; empty for a model without attention, or where the options ask for no alignments.
        public let alignment: [[Float]]
    }

    /// What was translated.
    public let source: String
    /// Its tokens, as the alignment counts them.
    public let sourceTokens: [String]
    /// The hypotheses, best first, or the samples in their order; at least one.
    public let hypotheses: [Hypothesis]

    init(source: String, sourceTokens: [String], found: [TranslationHypothesis], model: TranslationModel) {
        self.source = source
        self.sourceTokens = sourceTokens
        hypotheses = found.map {
            Hypothesis(
                text: $0.text, tokens: model.targetCodec.vocabulary.tokens(for: $0.hypothesis.tokens), score: $0.hypothesis.score,
                logProbability: $0.hypothesis.logProbability, isComplete: $0.hypothesis.isComplete, alignment: $0.hypothesis.attention)
        }
    }

    /// The best translation, or the first sample.
    public var text: String { hypotheses[0].text }

    /// Which source tokens each token of the best translation was made from; nil where it has no tokens, or the model no attention, or
    /// where the options ask for no alignments.
    public var alignment: Alignment? {
        let best = hypotheses[0]
        guard !best.alignment.isEmpty else { return nil }
        return Alignment(
            source: sourceTokens, target: best.tokens, weights: best.alignment, sourceText: source, targetText: best.text)
    }
}
