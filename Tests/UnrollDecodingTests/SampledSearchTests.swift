import Foundation
import Testing
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollDecoding

@Suite("Drawing sequences") struct SampledSearchTests {
    private static let (end, a, b) = (MarkovDecoder.end, Int32(4), Int32(5))

    private let decoder = MarkovDecoder(
        table: [2: [a: 0.6, b: 0.3, end: 0.1], a: [b: 0.5, end: 0.5], b: [end: 0.75, a: 0.25]], vocabulary: 7)

    private func search(_ count: Int, _ change: (inout SearchOptions) -> Void = { _ in }) -> BeamSearch {
        var options = SearchOptions()
        (options.best, options.sampling, options.lengthPenalty) = (count, SamplingOptions(), 0)
        change(&options)
        return BeamSearch(options, start: MarkovDecoder.start, end: Self.end, forbidden: [0, 1, 2])
    }

    @Test func followsTheProbabilities() {
        let found = search(4_000)([[9, 9]], decoder, .inference())[0]
        #expect(found.count == 4_000)
        let share = { (tokens: [Int32]) in Double(found.count { $0.tokens == tokens }) / 4_000 }
        for (tokens, expected) in [
            ([], 0.1), ([Self.a], 0.3), ([Self.b], 0.225), ([Self.a, Self.b], 0.225), ([Self.b, Self.a], 0.0375),
        ] as [([Int32], Double)] {
            // Four deviations of the mean of 4,000 draws; the seed is fixed.
            #expect(abs(share(tokens) - expected) < 4 * (expected * (1 - expected) / 4_000).squareRoot())
        }
        for hypothesis in found {
            let said = hypothesis.tokens + (hypothesis.isComplete ? [Self.end] : [])
            let total = zip([2] + said, said).reduce(0.0) { $0 + decoder.logProbability($1.0, $1.1) }
            #expect(hypothesis.logProbability == total && hypothesis.score == total)
        }
    }

    /// A sample is a function of seed, number and source: not of how many are drawn, nor of what stands beside it.
    @Test func aSampleIsAFunctionOfSeedNumberAndSource() {
        let tokens = { (count: Int, sources: [[Int32]], seed: UInt64) in
            search(count) { $0.sampling?.seed = seed }(sources, decoder, .inference()).map { $0.map(\.tokens) }
        }
        let many = tokens(60, [[9, 9], [9, 8], [9, 9]], 1)
        #expect(many[0] == many[2])
        #expect(many[0] != many[1], "another source draws other numbers")
        #expect(tokens(7, [[9, 8]], 1)[0] == Array(many[1].prefix(7)))
        #expect(tokens(60, [[9, 9]], 2)[0] != many[0])
    }

    @Test(arguments: [1, 5]) func withANetworkItIsTheSameAloneAndInABatch(_ count: Int) {
        let search = SearchExample.search(beam: 1, best: count) { $0.sampling = SamplingOptions() }
        for network in [TranslationNetwork.recurrent(SearchExample.recurrent()), .transformer(SearchExample.transformer())] {
            let together = search(SearchExample.sources, network, .inference())
            let inBatches = search.batches(SearchExample.sources, network, rows: 4)
            for (place, source) in SearchExample.sources.enumerated() {
                let alone = search([source], network, .inference())[0]
                #expect(source.isEmpty || alone.count == count)
                SearchExample.expectSame(together[place], alone)
                SearchExample.expectSame(inBatches[place], alone)
            }
        }
    }

    @Test func withoutTemperatureItIsGreedySearch() {
        let network = SearchExample.recurrent()
        let drawn = SearchExample.search(beam: 1, best: 2) {
            $0.sampling = SamplingOptions()
            $0.sampling?.temperature = 0
        }(SearchExample.sources, network, .inference())
        let greedy = SearchExample.search(beam: 1)(SearchExample.sources, network, .inference())
        for (drawn, greedy) in zip(drawn, greedy) {
            for sample in drawn { SearchExample.expectSame([sample], greedy) }
        }
    }

    /// Samples whose next token is no number stay as they are; the others go on.
    @Test func aDeadEndEndsItsSampleAlone() {
        let decoder = MarkovDecoder(
            table: [2: [Self.a: 0.5, Self.b: 0.5], Self.a: [Self.a: .nan], Self.b: [Self.end: 1]], vocabulary: 7)
        let found = search(20)([[9]], decoder, .inference())[0]
        #expect(found.count == 20)
        #expect(Set(found.map(\.tokens)) == [[Self.a], [Self.b]])
        #expect(found.allSatisfy { $0.isComplete == ($0.tokens == [Self.b]) })
        let nothing = search(3)([[9]], MarkovDecoder(table: [:], vocabulary: 7), .inference())[0]
        #expect(nothing.map(\.tokens) == [[], [], []])
    }

    @Test func theLimitsHold() {
        let found = search(50) { ($0.minimumLength, $0.maximumLength) = (2, 3) }([[9]], decoder, .inference())[0]
        #expect(Set(found.map(\.tokens.count)) == [2, 3])
        #expect(found.contains { !$0.isComplete } && found.contains(where: \.isComplete))
    }
}
