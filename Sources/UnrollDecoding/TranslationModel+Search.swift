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

/// A model cannot be searched as the options ask.
public struct SearchError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What is missing, and what to do.
    public let description: String
}

extension TranslationModel {
    /// The search that fits this model's vocabulary.
    public func search(_ options: SearchOptions) -> BeamSearch {
        BeamSearch(
            options, start: Vocabulary.start, end: Vocabulary.end,
            forbidden: [Vocabulary.padding, Vocabulary.start] + (options.replacesUnknown ? [] : [Vocabulary.unknown]))
    }

    /// Throws if this model lacks what the options need.
    public func checkSearch(_ options: SearchOptions) throws(SearchError) {
        guard !options.replacesUnknown || network.configuration.hasAttention else {
            throw SearchError(
                description: "the model has no attention, which would say what source word an unknown word stands for; do not replace them")
        }
    }

    /// The translations of texts, in their order, best first for each, or its samples in their order.
    ///
    /// - Parameters:
    ///   - texts: the sources.
    ///   - prefixes: for each text how its translations begin; nothing is forced where nil.
    ///   - options: how they are searched for; what this model lacks must not be among it.
    ///   - rows: the most texts in a batch; it changes the time taken, never a result.
    public func translations(
        of texts: [String], prefixes: [String]? = nil, _ options: SearchOptions, rows: Int = 32
    ) -> [[TranslationHypothesis]] {
        precondition(!options.replacesUnknown || network.configuration.hasAttention, "unknown words are replaced by attention")
        // Tokens by name are for unknown words alone, which no search makes without being asked to.
        let sources = options.replacesUnknown ? texts.map { sourceCodec.tokens(in: $0) } : [[String]](repeating: [], count: texts.count)
        let beginnings = prefixes?.map { targetCodec.tokenizer.tokens(in: $0) }
        let found = search(options).batches(
            texts.map { sourceCodec.encode($0) }, prefixes: beginnings?.map { targetCodec.vocabulary.ids(for: $0) }, network,
            rows: rows)
        return found.enumerated().map { place, hypotheses in
            hypotheses.map {
                TranslationHypothesis(text: text(of: $0, prefix: beginnings?[place] ?? [], source: sources[place]), hypothesis: $0)
            }
        }
    }

    /// What a hypothesis spells: its prefix as it was given, and for an unknown token the source's that the decoder looked at most.
    private func text(of hypothesis: Hypothesis, prefix: [String], source: [String]) -> String {
        let tokens = hypothesis.tokens.enumerated().map { place, token in
            if place < prefix.count { return prefix[place] }
            guard token == Vocabulary.unknown else { return targetCodec.vocabulary.token(for: token) }
            let weights = hypothesis.attention[place]
            // Of equal weights the first.
            return source[weights.indices.max { (weights[$0], $1) < (weights[$1], $0) } ?? 0]
        }
        return targetCodec.text(from: tokens)
    }
}
