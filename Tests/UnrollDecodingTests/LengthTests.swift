import Foundation
import Testing
import UnrollTensors

@testable import UnrollDecoding

@Suite("The length of what is found") struct LengthTests {
    /// Beam search as the books have it: all continuations sorted, nothing dropped, and on to the last step.
    private func plainSearch(
        _ decoder: MarkovDecoder, _ options: SearchOptions, longest: Int, score: (Double, Int) -> Double
    ) -> [(tokens: [Int32], score: Double, isComplete: Bool)] {
        var growing: [(tokens: [Int32], total: Double)] = [([], 0)]
        var ended: [(tokens: [Int32], score: Double, isComplete: Bool)] = []
        for length in 1...longest {
            var all: [(beam: Int, token: Int32, total: Double)] = []
            for (beam, hypothesis) in growing.enumerated() {
                for token in 3..<Int32(decoder.vocabulary) where token != MarkovDecoder.end || length > options.minimumLength {
                    let total = hypothesis.total + decoder.logProbability(hypothesis.tokens.last ?? MarkovDecoder.start, token)
                    all.append((beam, token, total))
                }
            }
            all.sort { ($1.total, $0.beam, $0.token) < ($0.total, $1.beam, $1.token) }
            var next: [(tokens: [Int32], total: Double)] = []
            for (rank, candidate) in all.prefix(2 * options.beam).enumerated() {
                let tokens = growing[candidate.beam].tokens
                if candidate.token == MarkovDecoder.end {
                    if rank < options.beam { ended.append((tokens, score(candidate.total, length), true)) }
                } else if next.count < options.beam {
                    next.append((tokens + [candidate.token], candidate.total))
                }
            }
            growing = next
        }
        if ended.count < options.best { ended += growing.map { ($0.tokens, score($0.total, longest), false) } }
        let ordered = ended.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
        return ordered.prefix(options.best).map(\.element)
    }

    /// A table over the end and 36 tokens, of which some are far likelier than others.
    private func decoder(_ seed: Int) -> MarkovDecoder {
        var table: [Int32: [Int32: Double]] = [:]
        for from in [2] + Array(Int32(4)..<40) {
            let draws = Tensor.normal([37], deviation: 1.5, key: RandomKey(seed: 5).split(seed).split(Int(from))).doubles.map(exp)
            let sum = draws.reduce(0, +)
            table[from] = Dictionary(uniqueKeysWithValues: zip(Int32(3)..<40, draws.map { $0 / sum }))
        }
        return MarkovDecoder(table: table, vocabulary: 40)
    }

    private static let scores: [(LengthNormalisation, Double, @Sendable (Double, Int) -> Double)] = [
        (.gnmt, 1, { $0 / ((5 + Double($1)) / 6) }), (.gnmt, 0.6, { $0 / pow((5 + Double($1)) / 6, 0.6) }),
        (.plain, 1, { $0 / Double($1) }), (.plain, 2.5, { $0 / pow(Double($1), 2.5) }), (.plain, 0, { score, _ in score }),
        (.none, 1, { score, _ in score }),
    ]

    /// Hypotheses that can win no more are dropped, and searches end early; nothing of what is found may change.
    @Test(arguments: scores.indices, [(2, 1, 0), (3, 2, 4), (5, 5, 0)])
    func endingEarlyChangesNothing(_ place: Int, _ limits: (beam: Int, best: Int, minimum: Int)) {
        let (normalisation, strength, score) = Self.scores[place]
        var options = SearchOptions()
        (options.beam, options.best, options.minimumLength, options.maximumLength) = (limits.beam, limits.best, limits.minimum, 12)
        (options.lengthNormalisation, options.lengthPenalty) = (normalisation, strength)
        let search = BeamSearch(options, start: MarkovDecoder.start, end: MarkovDecoder.end, forbidden: [0, 1, 2])
        for seed in 0..<6 {
            let decoder = decoder(seed)
            let found = search([[9, 9, 9]], decoder, .inference())[0]
            let expected = plainSearch(decoder, options, longest: 12, score: score)
            #expect(found.map(\.tokens) == expected.map(\.tokens))
            #expect(found.map(\.isComplete) == expected.map(\.isComplete))
            for (found, expected) in zip(found, expected) { #expect(abs(found.score - expected.score) < 1e-12) }
        }
    }

    private static let (end, a, b) = (MarkovDecoder.end, Int32(4), Int32(5))

    private func found(_ change: (inout SearchOptions) -> Void) -> [Hypothesis] {
        let decoder = MarkovDecoder(
            table: [
                2: [Self.end: 0.9, Self.a: 0.1], Self.a: [Self.end: 0.8, Self.b: 0.2], Self.b: [Self.end: 0.6, Self.a: 0.3, Self.b: 0.1],
            ], vocabulary: 7)
        var options = SearchOptions()
        change(&options)
        return BeamSearch(options, start: MarkovDecoder.start, end: Self.end, forbidden: [0, 1, 2])([[9]], decoder, .inference())[0]
    }

    @Test(arguments: [1, 4]) func nothingEndsBeforeTheMinimum(_ beam: Int) {
        #expect(found { $0.beam = beam }.map(\.tokens) == [[]])
        #expect(found { ($0.beam, $0.minimumLength) = (beam, 1) }.map(\.tokens) == [[Self.a]])
        let three = found { ($0.beam, $0.minimumLength, $0.lengthPenalty) = (beam, 3, 0) }
        #expect(three.map(\.tokens) == [[Self.a, Self.b, Self.a]] && three[0].isComplete)
    }

    @Test(arguments: [1, 4], [1, 20]) func aFixedLengthIsReachedAndNotExceeded(_ beam: Int, _ length: Int) {
        let found = found { ($0.beam, $0.best, $0.minimumLength, $0.maximumLength) = (beam, beam, length, length) }
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.tokens.count == length && !$0.isComplete })
    }

    /// The factor says what the maximum is only where no number of tokens does, and no maximum is below the minimum.
    @Test func theMaximumInTokens() {
        var options = SearchOptions()
        #expect(options.maximumLength(source: 3) == 16)
        options.minimumLength = 30
        #expect(options.maximumLength(source: 3) == 30)
        options.maximumLength = 40
        #expect(options.maximumLength(source: 3) == 40 && options.maximumLength(source: 300) == 40)
    }

    /// Where nothing can follow the beginning, no length divides anything.
    @Test func plainNormalisationOfNothingIsANumber() {
        var options = SearchOptions()
        options.lengthNormalisation = .plain
        let search = BeamSearch(options, start: MarkovDecoder.start, end: Self.end, forbidden: [])
        #expect(search([[9]], MarkovDecoder(table: [:], vocabulary: 7), .inference())[0][0].score == 0)
    }
}
