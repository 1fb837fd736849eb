import Foundation
import Testing
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollDecoding

@Suite("Beam search") struct BeamSearchTests {
    private static let (end, a, b, c) = (MarkovDecoder.end, Int32(4), Int32(5), Int32(6))

    /// Greedy search is lured by a (0.6), after which everything is unlikely; b leads to the best sequence.
    private let lure = MarkovDecoder(
        table: [
            2: [a: 0.6, b: 0.4], a: [a: 0.3, b: 0.3, c: 0.2, end: 0.2], b: [c: 0.9, end: 0.1], c: [end: 0.8, a: 0.2],
        ], vocabulary: 7)

    private func found(_ search: BeamSearch, _ decoder: MarkovDecoder, source: [Int32] = [9, 9, 9]) -> [Hypothesis] {
        search([source], decoder, .inference())[0]
    }

    @Test func aWiderBeamFindsWhatGreedySearchMisses() {
        let greedy = found(lure.search(beam: 1), lure)
        let wide = found(lure.search(beam: 2), lure)
        #expect(greedy.map(\.tokens) == [Array(repeating: Self.a, count: 16)])
        #expect(!greedy[0].isComplete, "it circles until the maximum length of 16")
        #expect(wide[0].tokens == [Self.b, Self.c])
        #expect(wide[0].isComplete)
        let expected = lure.logProbability(2, Self.b) + lure.logProbability(Self.b, Self.c) + lure.logProbability(Self.c, Self.end)
        #expect(wide[0].logProbability == expected)
        #expect(abs(wide[0].logProbability - log(0.4 * 0.9 * 0.8)) < 1e-7)
    }

    /// Greedy search step by step, without a beam.
    @Test(arguments: 0..<20)
    func aBeamOfOneIsGreedySearch(_ seed: Int) {
        let decoder = Self.random(seed)
        var tokens: [Int32] = []
        var total = 0.0
        var isComplete = false
        while tokens.count < 16, !isComplete {
            let last = tokens.last ?? MarkovDecoder.start
            let next = (Int32(3)..<8).max { decoder.logProbability(last, $0) < decoder.logProbability(last, $1) }!
            total += decoder.logProbability(last, next)
            isComplete = next == Self.end
            if !isComplete { tokens.append(next) }
        }
        let result = found(decoder.search(beam: 1), decoder)
        #expect(result.count == 1)
        #expect(result[0].tokens == tokens)
        #expect(result[0].logProbability == total)
        #expect(result[0].isComplete == isComplete)
    }

    /// A beam as wide as there are sequences is a search through all of them.
    @Test(arguments: 0..<12, [0.0, 0.6, 1, 2.5])
    func aBeamWithoutEdgesFindsTheTruth(_ seed: Int, _ penalty: Double) {
        let decoder = Self.random(seed)
        let search = decoder.search(beam: 2_000, best: 50, penalty: penalty, factor: 0, extra: 4)
        let every = decoder.everySequence(longest: 4) { $0 / pow((5 + Double($1)) / 6, penalty) }
        #expect(every.count == 1 + 4 + 16 + 64)
        let result = found(search, decoder)
        #expect(result.map(\.tokens) == every.prefix(50).map(\.tokens))
        for (hypothesis, truth) in zip(result, every) { #expect(abs(hypothesis.score - truth.score) < 1e-12) }
        #expect(result.allSatisfy { $0.isComplete })
    }

    /// p(end) = 0.4 at once, or 0.6 · 0.9 · 0.7 = 0.378 with two tokens before it.
    @Test func theLengthPenaltyChangesTheChoice() {
        let decoder = MarkovDecoder(
            table: [2: [Self.end: 0.4, Self.a: 0.6], Self.a: [Self.b: 0.9, Self.end: 0.1], Self.b: [Self.end: 0.7]], vocabulary: 7)
        let plain = found(decoder.search(beam: 3, best: 3), decoder)
        #expect(plain.map(\.tokens) == [[], [Self.a, Self.b], [Self.a]])
        for (hypothesis, p) in zip(plain, [0.4, 0.378, 0.06]) {
            #expect(abs(hypothesis.logProbability - log(p)) < 1e-6)
            #expect(hypothesis.score == hypothesis.logProbability)
        }
        let normalised = found(decoder.search(beam: 3, best: 3, penalty: 1), decoder)
        #expect(normalised.map(\.tokens) == [[Self.a, Self.b], [], [Self.a]])
        // (5 + 3)/6, (5 + 1)/6 and (5 + 2)/6
        for (hypothesis, score) in zip(normalised, [log(0.378) * 6 / 8, log(0.4), log(0.06) * 6 / 7]) {
            #expect(abs(hypothesis.score - score) < 1e-6)
        }
    }

    /// Two hypotheses end early; a third one, which grows behind them, has a far better score for its length in the end.
    @Test func aSearchGoesOnWhileSomethingBetterMayCome() {
        let decoder = MarkovDecoder(
            table: [
                2: [Self.a: 0.5, Self.b: 0.4, Self.end: 0.1], Self.a: [Self.end: 0.3, Self.b: 0.7], Self.b: [Self.c: 1],
                Self.c: [Self.c: 0.9, Self.end: 0.1],
            ], vocabulary: 7)
        for beam in 3...5 {
            let result = found(decoder.search(beam: beam, best: 2, penalty: 1, factor: 0, extra: 24), decoder)
            let every = decoder.everySequence(longest: 24) { $0 / ((5 + Double($1)) / 6) }
            #expect(result[0].tokens.count > 10, "the longer, the better for its length")
            #expect(result[0].score >= every[0].score - 1e-9 && result[0].tokens == every[0].tokens)
        }
    }

    /// A decoder that counts its steps: nothing that grows is followed once it cannot win.
    @Test func aSearchEndsWhereNothingBetterCanCome() {
        final class Counter: @unchecked Sendable { var steps = 0 }
        struct Counting: StepwiseDecoder {
            let decoder: MarkovDecoder
            let counter: Counter
            func start(_ sources: [[Int32]], _ context: Context) -> MarkovDecoder.State { decoder.start(sources, context) }
            func step(
                _ tokens: [Int32], _ state: MarkovDecoder.State, wantsWeights: Bool, _ context: Context
            ) -> (logProbabilities: Tensor, state: MarkovDecoder.State, weights: Tensor?) {
                counter.steps += 1
                return decoder.step(tokens, state, context)
            }
            func gathered(_ state: MarkovDecoder.State, rows: [Int32]) -> MarkovDecoder.State { decoder.gathered(state, rows: rows) }
            func joined(_ first: MarkovDecoder.State, _ second: MarkovDecoder.State) -> MarkovDecoder.State {
                decoder.joined(first, second)
            }
        }
        let decoder = MarkovDecoder(
            table: [2: [Self.a: 0.99, Self.b: 0.01], Self.a: [Self.end: 0.99, Self.a: 0.01], Self.b: [Self.b: 0.9, Self.end: 0.1]],
            vocabulary: 7)
        let counter = Counter()
        let result = decoder.search(beam: 4, penalty: 1)([[9, 9, 9]], Counting(decoder: decoder, counter: counter), .inference())
        #expect(result[0].map(\.tokens) == [[Self.a]])
        #expect(counter.steps == 2)
    }

    /// No target is longer than the decoder has places for.
    @Test func theDecodersOwnLimitHolds() {
        struct Limited: StepwiseDecoder {
            let decoder: MarkovDecoder
            var longestSequence: Int? { 5 }
            func start(_ sources: [[Int32]], _ context: Context) -> MarkovDecoder.State { decoder.start(sources, context) }
            func step(
                _ tokens: [Int32], _ state: MarkovDecoder.State, wantsWeights: Bool, _ context: Context
            ) -> (logProbabilities: Tensor, state: MarkovDecoder.State, weights: Tensor?) { decoder.step(tokens, state, context) }
            func gathered(_ state: MarkovDecoder.State, rows: [Int32]) -> MarkovDecoder.State { decoder.gathered(state, rows: rows) }
            func joined(_ first: MarkovDecoder.State, _ second: MarkovDecoder.State) -> MarkovDecoder.State {
                decoder.joined(first, second)
            }
        }
        let result = lure.search(beam: 1)([[9, 9, 9]], Limited(decoder: lure), .inference())[0]
        #expect(result.map(\.tokens) == [Array(repeating: Self.a, count: 5)])
        #expect(!result[0].isComplete)
    }

    @Test func equalScoresAreOrderedByWhatWasFoundFirst() {
        let half = MarkovDecoder(
            table: [
                2: [Self.c: 0.25, Self.b: 0.25, Self.a: 0.25, Self.end: 0.25], Self.a: [Self.end: 1], Self.b: [Self.end: 1],
                Self.c: [Self.end: 1],
            ], vocabulary: 7)
        let result = found(half.search(beam: 4, best: 4), half)
        #expect(result.map(\.tokens) == [[], [Self.a], [Self.b], [Self.c]])
        #expect(Set(result.map(\.score)).count == 1)
        let narrow = found(half.search(beam: 2, best: 2), half)
        #expect(narrow.map(\.tokens) == [[], [Self.a]])
    }

    @Test func bestSaysHowManyAreReturned() {
        for best in 1...4 {
            let result = found(lure.search(beam: 4, best: best), lure)
            #expect(result.count == best)
            #expect(zip(result, result.dropFirst()).allSatisfy { $0.score >= $1.score })
            #expect(Set(result.map(\.tokens)).count == best)
        }
    }

    @Test func aBeamWiderThanAnythingIsNoTrap() {
        let decoder = MarkovDecoder(table: [2: [Self.a: 0.6, Self.end: 0.4], Self.a: [Self.b: 1], Self.b: [Self.end: 1]], vocabulary: 7)
        #expect(found(decoder.search(beam: .max, best: 3), decoder).map(\.tokens) == [[Self.a, Self.b], []])
    }

    @Test func forbiddenTokensNeverAppear() {
        let decoder = MarkovDecoder(
            table: [2: [0: 0.9, Self.a: 0.06, Self.b: 0.04], Self.a: [1: 0.5, 2: 0.3, Self.end: 0.2], Self.b: [Self.end: 1]], vocabulary: 7)
        let result = found(decoder.search(beam: 5, best: 5), decoder)
        #expect(result.map(\.tokens) == [[Self.b], [Self.a]])
        let other = found(decoder.search(beam: 5, best: 5, forbidden: [0, 1, 2, Self.b]), decoder)
        #expect(other.map(\.tokens) == [[Self.a]])
    }

    @Test(arguments: [(1, 0.0, 1), (1, 1.0, 3), (2, 0.5, 5), (3, 0.0, 0)])
    func theMaximumLengthCutsOff(_ beam: Int, _ factor: Double, _ extra: Int) {
        let decoder = MarkovDecoder(table: [2: [Self.a: 1], Self.a: [Self.a: 0.9, Self.b: 0.1], Self.b: [Self.b: 1]], vocabulary: 7)
        let search = decoder.search(beam: beam, factor: factor, extra: extra)
        let result = found(search, decoder, source: [9, 9, 9])
        let length = max(1, Int(factor * 3) + extra)
        #expect(result.map(\.tokens) == [Array(repeating: Self.a, count: length)])
        #expect(!result[0].isComplete)
        var expected = 0.0
        for _ in 1..<length { expected += decoder.logProbability(Self.a, Self.a) }
        #expect(result[0].logProbability == expected)
    }

    @Test func anEndlessMaximumIsNoTrap() {
        var options = SearchOptions()
        for factor in [Double.infinity, .nan, 1e300] {
            options.maximumFactor = factor
            #expect(options.maximumLength(source: 3) == 1_000_000_000)
        }
        options.maximumFactor = 0
        options.maximumExtra = 0
        #expect(options.maximumLength(source: 3) == 1)
    }

    @Test func anEmptySourceGivesAnEmptyHypothesis() {
        let search = lure.search(beam: 2)
        let results = search([[], [9], []], lure, .inference())
        #expect(results.map { $0.map(\.tokens) } == [[[]], [[Self.b, Self.c]], [[]]])
        #expect(results[0][0].isComplete && results[0][0].score == 0 && results[0][0].attention.isEmpty)
        #expect(search([[]], lure, .inference()).count == 1)
        #expect(search([], lure, .inference()).isEmpty)
    }

    /// After a nothing may follow, after b nothing is a number.
    @Test func aDeadEndGivesWhatThereIs() {
        let decoder = MarkovDecoder(
            table: [2: [Self.a: 0.6, Self.b: 0.4], Self.b: [Self.a: .nan, Self.b: .nan, Self.end: .nan]], vocabulary: 7)
        let result = found(decoder.search(beam: 2, best: 2), decoder)
        #expect(result.map(\.tokens) == [[Self.a], [Self.b]])
        #expect(result.allSatisfy { !$0.isComplete && $0.logProbability.isFinite })
        let nothing = found(MarkovDecoder(table: [:], vocabulary: 7).search(), MarkovDecoder(table: [:], vocabulary: 7))
        #expect(nothing.map(\.tokens) == [[]])
        #expect(!nothing[0].isComplete && nothing[0].score == 0)
    }

    /// Sources that end at different steps, in one batch and alone.
    @Test(arguments: 0..<6)
    func aBatchOfTableWalksIsEachAlone(_ seed: Int) {
        let decoder = Self.random(seed)
        let search = decoder.search(beam: 3, best: 3, factor: 1, extra: 0)
        let sources = (0..<7).map { [Int32](repeating: 9, count: $0) }
        let together = search(sources, decoder, .inference())
        let chunks = search.batches(Array(sources.reversed()), decoder, rows: 2)
        for (source, result) in zip(sources, together) {
            let alone = search([source], decoder, .inference())[0]
            #expect(result.map(\.tokens) == alone.map(\.tokens))
            #expect(result.map(\.score.bitPattern) == alone.map(\.score.bitPattern))
        }
        #expect(chunks.reversed().map { $0.map(\.tokens) } == together.map { $0.map(\.tokens) })
    }

    /// Sentences that wait take the places of those that have ended, and never are there more at a time than may be.
    @Test(arguments: [1, 2, 3, 5, 8, 100]) func placesThatBecomeFreeAreTaken(_ rows: Int) {
        final class Record: @unchecked Sendable {
            var joins = 0
            var most = 0
        }
        struct Recording: StepwiseDecoder {
            let decoder: MarkovDecoder
            let record: Record
            func start(_ sources: [[Int32]], _ context: Context) -> MarkovDecoder.State {
                precondition(!sources.isEmpty)
                return decoder.start(sources, context)
            }
            func step(
                _ tokens: [Int32], _ state: MarkovDecoder.State, wantsWeights: Bool, _ context: Context
            ) -> (logProbabilities: Tensor, state: MarkovDecoder.State, weights: Tensor?) {
                record.most = max(record.most, Set(state.sources).count)
                return decoder.step(tokens, state, context)
            }
            func gathered(_ state: MarkovDecoder.State, rows: [Int32]) -> MarkovDecoder.State { decoder.gathered(state, rows: rows) }
            func joined(_ first: MarkovDecoder.State, _ second: MarkovDecoder.State) -> MarkovDecoder.State {
                record.joins += 1
                return decoder.joined(first, second)
            }
        }
        // Sources of one length whose outputs are drawn, and so of many lengths.
        let sources: [[Int32]] = (0..<24).map { [9, Int32($0)] } + [[]]
        var options = SearchOptions()
        (options.best, options.sampling, options.maximumLength) = (2, SamplingOptions(), 30)
        let search = BeamSearch(options, start: MarkovDecoder.start, end: Self.end, forbidden: [0, 1, 2])
        let (decoder, record) = (Self.random(3), Record())
        let found = search.batches(sources, Recording(decoder: decoder, record: record), rows: rows)
        for (source, found) in zip(sources, found) {
            let alone = search([source], decoder, .inference())[0]
            #expect(found.map(\.tokens) == alone.map(\.tokens))
            #expect(found.map(\.score.bitPattern) == alone.map(\.score.bitPattern))
        }
        #expect(record.most == min(rows, 24))
        #expect((record.joins > 0) == (rows > 1 && rows < 24))
        let lengths = found.flatMap { $0.map(\.tokens.count) }
        #expect(Set(lengths).count > 4)
    }

    /// A table over the end and four tokens, drawn anew for each seed.
    private static func random(_ seed: Int) -> MarkovDecoder {
        var table: [Int32: [Int32: Double]] = [:]
        for from in [Int32(2), 4, 5, 6, 7] {
            let draws = Tensor.uniform([5], in: 0.05..<1, key: RandomKey(seed: 17).split(seed).split(Int(from))).doubles
            let sum = draws.reduce(0, +)
            table[from] = Dictionary(uniqueKeysWithValues: zip(Int32(3)..<8, draws.map { $0 / sum }))
        }
        return MarkovDecoder(table: table, vocabulary: 8)
    }
}
