import UnrollCheckpoints
import UnrollModels
import UnrollText

/// One translation of a text.
public struct TranslationHypothesis: Sendable {
    /// The text.
    public let text: String
    /// What the search found.
    public let hypothesis: Hypothesis
}

extension TranslationModel {
    /// The search that fits this model's vocabulary.
    public func search(_ options: SearchOptions) -> BeamSearch {
        BeamSearch(
            options, start: Vocabulary.start, end: Vocabulary.end, forbidden: [Vocabulary.padding, Vocabulary.start, Vocabulary.unknown])
    }

    /// The translations of texts, in their order, best first for each.
    public func translations(of texts: [String], _ options: SearchOptions, rows: Int = 32) -> [[TranslationHypothesis]] {
        search(options).batches(texts.map { sourceCodec.encode($0) }, network, rows: rows).map { hypotheses in
            hypotheses.map { TranslationHypothesis(text: targetCodec.decode($0.tokens), hypothesis: $0) }
        }
    }
}
